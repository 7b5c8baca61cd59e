network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 4, 3, 3] there, its output is `output`.
    pub struct TorchDecoderScript: [3, 3, 4]
        => ConvTranspose2d<3, 3, Elu<1.0>, stride = 2, pad = 1, output_pad = 1>
        => Upsample<2>
        => HardSwish
        => Conv2d<1, 3, Sigmoid, pad = 1>
        -> [12, 12, 1]
}
