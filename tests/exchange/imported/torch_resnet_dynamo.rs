network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 3, 8, 8] there, its output is `linear`.
    /// What it reads has its channels last here, as [8, 8, 3], and first there, as [3, 8, 8].
    pub struct TorchResnetDynamo: [8, 8, 3]
        => BatchNorm2d
        => Conv2d<6, 3, Relu, stride = 2, pad = 1>
        => Residual<Conv2d<6, 3, Relu, pad = 1> => Conv2d<6, 3, pad = 1, groups = 2>>
        => Relu
        => GlobalAvgPool
        => Dense<4>
        -> 4
}
