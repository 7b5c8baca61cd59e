//! Names that other libraries have, and that a reader may try here.

/// Layers of the field that are not built yet.
const NOT_BUILT: &[&str] = &[
    "Attention",
    "AdaptiveAvgPool2d",
    "AvgPool",
    "AvgPool1d",
    "AvgPool2d",
    "Bidirectional",
    "BatchNorm2d",
    "Conv",
    "Conv1D",
    "Conv1d",
    "Conv2D",
    "Conv2d",
    "Conv3D",
    "Conv3d",
    "ConvTranspose2d",
    "Each",
    "Embedding",
    "Flatten",
    "GRU",
    "GlobalAvgPool",
    "GroupNorm",
    "Gru",
    "InstanceNorm",
    "LSTM",
    "Last",
    "Lstm",
    "MaxPool",
    "MaxPool1d",
    "MaxPool2D",
    "MaxPool2d",
    "MultiHeadAttention",
    "MultiheadAttention",
    "PReLU",
    "RMSNorm",
    "RNN",
    "Repeat",
    "Reshape",
    "RmsNorm",
    "Rnn",
    "Transformer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "Upsample",
];

/// What is called otherwise elsewhere, and here.
const OTHERWISE: &[(&str, &str)] = &[
    ("BatchNorm1d", "BatchNorm"),
    ("BatchNormalization", "BatchNorm"),
    ("Concatenate", "Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>"),
    ("ELU", "Elu"),
    ("FullyConnected", "Dense<128>"),
    ("GELU", "Gelu"),
    ("GaussianNoise", "Noise<0.1>"),
    ("Identity", "Linear"),
    ("LayerNormalization", "LayerNorm"),
    ("LeakyReLU", "LeakyRelu"),
    ("LogSoftMax", "LogSoftmax"),
    ("Logistic", "Sigmoid"),
    ("ReLU", "Relu"),
    ("Sequential", "Residual<…>` around several layers, or nothing but `=>"),
    ("SiLU", "Silu"),
    ("SkipConnection", "Residual<Dense<64, Relu> => Dense<64>>"),
    ("SoftMax", "Softmax"),
    ("SoftPlus", "Softplus"),
    ("Swish", "Silu"),
    ("TanH", "Tanh"),
];

/// What to write for a plain name that is no layer and no activation of `known`; nothing where it may well be the user's own.
pub(crate) fn of<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let own = || format!("a type of yours with this name is written with its path, such as `self::{name}`");
    if NOT_BUILT.contains(&name) {
        return Some(format!("`{name}` is not built yet; {}", own()));
    }
    if let Some((_, here)) = OTHERWISE.iter().find(|(other, _)| *other == name) {
        return Some(format!("write `{here}`; {}", own()));
    }
    let mut known = known.filter(|known| known.eq_ignore_ascii_case(name));
    known.next().map(|known| format!("write `{known}`; {}", own()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_hint() {
        let mut names: Vec<_> = NOT_BUILT.iter().chain(OTHERWISE.iter().map(|(name, _)| name)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
