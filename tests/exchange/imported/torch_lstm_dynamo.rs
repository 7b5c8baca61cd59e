network! {
    /// From an ONNX file of pytorch: its input `x` is [N, 5, 3] there, its output is `linear`.
    pub struct TorchLstmDynamo: [5, 3]
        => Lstm<6>
        => Lstm<6>
        => Last
        => LayerNorm
        => Dense<2>
        -> 2
}
