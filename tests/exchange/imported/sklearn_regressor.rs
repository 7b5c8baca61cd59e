network! {
    /// From an ONNX file of skl2onnx: its input `X` is [N, 4] there, its output is `variable`.
    pub struct SklearnRegressor: 4
        => FrozenBatchNorm
        => Dense<6, Sigmoid>
        => Dense<4, Sigmoid>
        => Dense<1>
        -> 1
}
