network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 5, 8] there, its output is `linear_4`.
    pub struct TorchEncoderDynamo: [5, 8]
        => Residual<LayerNorm => Attention<heads = 2>>
        => Residual<LayerNorm => Each<Dense<12, Gelu>> => Each<Dense<8>>>
        => Each<Dense<3>>
        -> [5, 3]
}
