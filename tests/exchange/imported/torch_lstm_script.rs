network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 5, 3] there, its output is `output`.
    pub struct TorchLstmScript: [5, 3]
        => Lstm<6>
        => Lstm<6>
        => Last
        => LayerNorm
        => Dense<2>
        -> 2
}
