network! {
    /// From an ONNX file of pytorch: its input `x` is [N, 2, 8, 8] there, its output is `linear`.
    /// What it reads has its channels last here, as [8, 8, 2], and first there, as [2, 8, 8].
    pub struct TorchBranchesDynamo: [8, 8, 2]
        => Concat<left: Conv2d<3, 3, pad = 1>, right: Conv2d<2, 1>>
        => GroupNorm<1>
        => Silu
        => MaxPool<2>
        => Flatten
        => Dense<3>
        -> 3
}
