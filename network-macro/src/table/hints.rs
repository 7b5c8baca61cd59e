//! Names that other libraries have, and that a reader may try here.

/// Layers of the field that are not built yet.
const NOT_BUILT: &[&str] = &[
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool3d",
    "Conv3D",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose3d",
    "Dropout2d",
    "GlobalMaxPool",
    "GlobalMaxPooling2D",
    "InstanceNorm",
    "InstanceNorm2d",
    "MaxPool1d",
    "MaxPool3d",
    "PReLU",
    "PixelShuffle",
];

/// What is called otherwise elsewhere, and here.
const OTHERWISE: &[(&str, &str)] = &[
    ("AdaptiveAvgPool2d", "GlobalAvgPool"),
    ("AveragePooling2D", "AvgPool<2>"),
    ("AvgPool2d", "AvgPool<2>"),
    ("BatchNormalization", "BatchNorm` (of rows) or `BatchNorm2d"),
    ("Bidirectional", "Concat<Lstm<64>, Reverse<Lstm<64>>>"),
    ("CenterCrop", "Crop<1>"),
    ("Concatenate", "Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>"),
    ("Conv", "Conv2d<16, 3, Relu>"),
    ("Conv1D", "Conv1d<16, 3>"),
    ("Conv2D", "Conv2d<16, 3, Relu>"),
    ("Conv2DTranspose", "ConvTranspose2d<16, 3, stride = 2>"),
    ("ConvTranspose", "ConvTranspose2d<16, 3, stride = 2>"),
    ("Convolution2D", "Conv2d<16, 3, Relu>"),
    ("Cropping2D", "Crop<1>"),
    ("Deconv2d", "ConvTranspose2d<16, 3, stride = 2>"),
    ("DepthwiseConv2D", "Conv2d<16, 3, groups = 16>"),
    ("DepthwiseConv2d", "Conv2d<16, 3, groups = 16>"),
    ("ELU", "Elu"),
    ("FullyConnected", "Dense<128>"),
    ("GELU", "Gelu"),
    ("GRU", "Gru<128>"),
    ("GaussianNoise", "Noise<0.1>"),
    ("GlobalAveragePool", "GlobalAvgPool"),
    ("GlobalAveragePooling2D", "GlobalAvgPool"),
    ("GroupNormalization", "GroupNorm<4>"),
    ("Identity", "Linear"),
    ("LSTM", "Lstm<128>"),
    ("LayerNormalization", "LayerNorm"),
    ("LeakyReLU", "LeakyRelu"),
    ("LogSoftMax", "LogSoftmax"),
    ("Logistic", "Sigmoid"),
    ("MaxPool2D", "MaxPool<2>"),
    ("MaxPool2d", "MaxPool<2>"),
    ("MaxPooling2D", "MaxPool<2>"),
    ("MultiHeadAttention", "Attention<4>"),
    ("MultiheadAttention", "Attention<4>"),
    ("PositionEmbedding", "Positions"),
    ("PositionalEncoding", "Positions<Sinusoidal>"),
    ("RNN", "Rnn<128>"),
    ("ReLU", "Relu"),
    ("SeparableConv2D", "Conv2d<16, 3, groups = 16> => Conv2d<32, 1>"),
    ("Sequential", "Residual<…>` around several layers, or nothing but `=>"),
    ("SiLU", "Silu"),
    ("SimpleRNN", "Rnn<128>"),
    ("SkipConnection", "Residual<Dense<64, Relu> => Dense<64>>"),
    ("SelfAttention", "Attention<4>"),
    ("SinusoidalPositions", "Positions<Sinusoidal>"),
    ("SoftMax", "Softmax"),
    ("SoftPlus", "Softplus"),
    ("SwiGLU", "SwiGlu<341>"),
    ("Stateful", "WithState<Lstm<64>>"),
    ("Swish", "Silu"),
    ("TanH", "Tanh"),
    ("TransformerEncoder", "Repeat<4, TransformerBlock<4, 512>>"),
    ("TransformerEncoderLayer", "TransformerBlock<4, 512>"),
    ("TimeDistributed", "Each<Dense<10>>"),
    ("Unflatten", "Reshape<[7, 7, 16]>"),
    ("UpSampling2D", "Upsample<2>"),
    ("UpsamplingBilinear2d", "Upsample<2, Bilinear>"),
    ("UpsamplingNearest2d", "Upsample<2>"),
    ("View", "Reshape<[7, 7, 16]>"),
    ("ZeroPad2d", "Pad<1>"),
    ("ZeroPadding2D", "Pad<1>"),
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

    #[test]
    fn no_hint_is_needed_for_what_is_built() {
        let built: Vec<_> = crate::table::LayerRow::all().map(|row| row.name).collect();
        for name in NOT_BUILT.iter().chain(OTHERWISE.iter().map(|(name, _)| name)) {
            assert!(!built.contains(name), "{name}");
        }
        for (_, here) in OTHERWISE {
            let first = here.split(['<', '`']).next().unwrap_or_default();
            let is_activation = crate::table::ACTIVATIONS.iter().any(|row| row.name == first);
            assert!(is_activation || built.contains(&first), "{here}");
        }
    }
}
