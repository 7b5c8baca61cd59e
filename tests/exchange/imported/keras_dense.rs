network! {
    /// From an ONNX file of tf2onnx: its input `keras_tensor` is [N, 8] there, its output is `Identity:0`.
    pub struct KerasDense: 8
        => Dense<6, Relu>
        => FrozenBatchNorm
        => Dense<3, Softmax>
        -> 3
}
