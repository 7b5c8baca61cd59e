network! {
    /// From an ONNX file of tf2onnx: its input `keras_tensor_5` is [N, 12, 12, 1] there, its output is `Identity:0`.
    pub struct KerasConv: [12, 12, 1]
        => Conv2d<4, 3, Relu, bias = false>
        => MaxPool<2>
        => Conv2d<4, 3, Relu, pad = 1, bias = false>
        => Flatten
        => Dense<5, Softmax>
        -> 5
}
