network! {
    /// From an ONNX file of tf2onnx: its input `keras_tensor_11` is [N, 6, 3] there, its output is `Identity:0`.
    pub struct KerasLstm: [6, 3]
        => Lstm<5>
        => Last
        => Dense<2>
        -> 2
}
