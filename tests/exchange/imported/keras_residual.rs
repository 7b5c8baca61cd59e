network! {
    /// From an ONNX file of tf2onnx: its input `keras_tensor_14` is [N, 8, 8, 2] there, its output is `Identity:0`.
    pub struct KerasResidual: [8, 8, 2]
        => Conv2d<4, 4, Relu, stride = 2, pad = 1, bias = false>
        => Residual<Conv2d<4, 3, pad = 1, groups = 4, bias = false> => FrozenBatchNorm2d>
        => Relu
        => GlobalAvgPool
        => Dense<3, Softmax>
        -> 3
}
