network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 1, 8, 8] there, its output is `output`.
    pub struct TorchMlpScript: [1, 8, 8]
        => Flatten
        => Dense<16, Gelu>
        => Dense<12, GeluTanh>
        => Dense<10, LogSoftmax>
        -> 10
}
