network! {
    /// From an ONNX file of skl2onnx: its input `X` is [N, 4] there, its output is `out_activations_result`.
    /// Its output `output_label` is left out.
    pub struct SklearnClassifier: 4
        => FrozenBatchNorm
        => Dense<8, Relu>
        => Dense<3, Softmax>
        -> 3
}
