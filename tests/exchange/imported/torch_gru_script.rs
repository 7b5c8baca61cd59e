network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 6] there, its output is `output`.
    pub struct TorchGruScript: [Token<11>; 6]
        => Embedding<4>
        => Concat<left: Gru<5>, right: Reverse<Gru<5>>>
        => MeanOverSteps
        => Dense<3, Softmax>
        -> 3
}
