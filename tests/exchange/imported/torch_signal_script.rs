network! {
    /// From an ONNX file of pytorch: its input `input` is [N, 2, 12] there, its output is `output`.
    /// What it reads has its channels last here, as [12, 2], and first there, as [2, 12].
    pub struct TorchSignalScript: [12, 2]
        => Conv1d<4, 3, Tanh, pad = 1>
        => BatchNorm1d
        => Flatten
        => Dense<3, Softplus>
        -> 3
}
