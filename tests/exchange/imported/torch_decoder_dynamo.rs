network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 4, 3, 3] there, its output is `sigmoid`.
    /// What it reads has its channels last here, as [3, 3, 4], and first there, as [4, 3, 3].
    /// What it gives has its channels last here, as [12, 12, 1], and first there, as [1, 12, 12].
    pub struct TorchDecoderDynamo: [3, 3, 4]
        => ConvTranspose2d<3, 3, Elu<1.0>, stride = 2, pad = 1, output_pad = 1>
        => Upsample<2>
        => HardSwish
        => Conv2d<1, 3, Sigmoid, pad = 1>
        -> [12, 12, 1]
}
