network! {
    /// From an ONNX file of skl2onnx: its input `X` is [N, 4] there, its output is `probabilities`.
    /// Its output `output_label` is left out.
    pub struct SklearnBinary: 4
        => Dense<6, Tanh>
        => Dense<4, Tanh>
        => Dense<2, Softmax>
        -> 2
}
