network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 1, 14, 14] there, its output is `linear`.
    /// What it reads has its channels last here, as [14, 14, 1], and first there, as [1, 14, 14].
    pub struct TorchCnnDynamo: [14, 14, 1]
        => Conv2d<4, 3, Relu>
        => MaxPool<2>
        => Conv2d<6, 3, LeakyRelu<0.1>, pad = 1>
        => AvgPool<2>
        => Flatten
        => Dense<10>
        -> 10
}
