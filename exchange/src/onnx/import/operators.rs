//! Which operators there are, and why others are not.

use typednet_layers::Function;

use super::file::{Attribute, Node};

/// Operators that are known where they read what the network computes.
const LAYERS: &[&str] = &[
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Div",
    "Erf",
    "Erfc",
    "Gemm",
    "GlobalAveragePool",
    "GreaterOrEqual",
    "GroupNormalization",
    "GRU",
    "HardSigmoid",
    "InstanceNormalization",
    "LayerNormalization",
    "Log",
    "LogSoftmax",
    "LSTM",
    "MatMul",
    "MaxPool",
    "Mul",
    "Neg",
    "Pad",
    "Pow",
    "RMSNormalization",
    "Reciprocal",
    "ReduceMean",
    "Resize",
    "RNN",
    "Softmax",
    "Split",
    "Sqrt",
    "Sub",
    "Sum",
    "Upsample",
    "Elu",
    "Gelu",
    "HardSwish",
    "LeakyRelu",
    "Relu",
    "Sigmoid",
    "Softplus",
    "Swish",
    "Tanh",
];

/// Operators that move no number, and those of constants.
const OTHERS: &[&str] = &[
    "Abs",
    "And",
    "Cast",
    "CastLike",
    "Ceil",
    "Constant",
    "ConstantOfShape",
    "Cos",
    "Dropout",
    "Equal",
    "Exp",
    "Expand",
    "Flatten",
    "Floor",
    "Gather",
    "Greater",
    "Identity",
    "Less",
    "LessOrEqual",
    "Max",
    "Min",
    "Mod",
    "Not",
    "Or",
    "Range",
    "Reshape",
    "Shape",
    "Sin",
    "Size",
    "Slice",
    "Squeeze",
    "Transpose",
    "Trilu",
    "Unsqueeze",
    "Where",
];

pub(super) fn is_known(node: &Node<'_>) -> bool {
    if !node.is_standard() {
        return node.domain == "ai.onnx.ml" && node.operator == "Scaler";
    }
    LAYERS.contains(&node.operator) || OTHERS.contains(&node.operator)
}

/// Why an operator is not known.
pub(super) fn refusal(node: &Node<'_>) -> String {
    let reason = match node.operator {
        "QuantizeLinear"
        | "DequantizeLinear"
        | "DynamicQuantizeLinear"
        | "QLinearConv"
        | "QLinearMatMul"
        | "ConvInteger"
        | "MatMulInteger" => {
            "the file is a quantised one; export the network of floating-point numbers, which `to_int8` makes small here"
        }
        "Loop" | "Scan" | "If" => {
            "it runs other graphs; a recurrent layer has to be one operator, as LSTM from Keras with the backend tensorflow and \
             recurrent layers from PyTorch are"
        }
        "ArgMax" | "ZipMap" | "ArrayFeatureExtractor" => "it makes labels; take the output of probabilities",
        _ => "no layer here does what it does",
    };
    if node.is_standard() { reason.to_owned() } else { format!("it is of the domain `{}`: {reason}", node.domain) }
}

/// An attribute that is read here and is of another kind than ONNX says.
pub(super) fn misread<'a>(node: &Node<'a>) -> Option<&'a str> {
    let is_right = |name: &str, attribute: &Attribute<'_>| match name {
        "axis"
        | "keepdims"
        | "transA"
        | "transB"
        | "group"
        | "ceil_mode"
        | "count_include_pad"
        | "allowzero"
        | "to"
        | "training_mode"
        | "linear_before_reset"
        | "layout"
        | "input_forget"
        | "num_groups"
        | "upper"
        | "fmod"
        | "spatial"
        | "start"
        | "end"
        | "num_outputs" => matches!(attribute, Attribute::Integer(_)),
        "alpha" | "beta" | "epsilon" | "clip" => matches!(attribute, Attribute::Number(_)),
        "value" if node.operator == "Pad" => matches!(attribute, Attribute::Number(_)),
        "value" => matches!(attribute, Attribute::Tensor(_)),
        "auto_pad"
        | "mode"
        | "approximate"
        | "direction"
        | "keep_aspect_ratio_policy"
        | "coordinate_transformation_mode"
        | "nearest_mode" => {
            matches!(attribute, Attribute::Text(_))
        }
        "axes" | "perm" | "pads" | "strides" | "dilations" | "kernel_shape" | "output_padding" | "output_shape"
        | "split" | "starts" | "ends" => matches!(attribute, Attribute::Integers(_)),
        "activation_alpha" | "activation_beta" | "offset" | "scale" | "scales" => {
            matches!(attribute, Attribute::Numbers(_))
        }
        "activations" => matches!(attribute, Attribute::Texts(_)),
        _ => true,
    };
    node.attributes.iter().find(|(name, attribute)| !is_right(name, attribute)).map(|(name, _)| *name)
}

/// The number as it was written before it had 32 bits.
pub(super) fn decimal(x: f64) -> f64 {
    format!("{}", x as f32).parse().unwrap_or(x)
}

/// The activation that an operator of one input is.
pub(super) fn activation(node: &Node<'_>) -> Option<Function> {
    Some(match node.operator {
        "Relu" => Function::OfRelu,
        "LeakyRelu" => Function::OfLeakyRelu(decimal(node.number("alpha", 0.01))),
        "Elu" => Function::OfElu(decimal(node.number("alpha", 1.0))),
        "HardSwish" => Function::OfHardSwish,
        "Sigmoid" => Function::OfSigmoid,
        "Softplus" => Function::OfSoftplus,
        "Tanh" => Function::OfTanh,
        "Gelu" if node.text("approximate") == "tanh" => Function::OfGeluTanh,
        "Gelu" if ["", "none"].contains(&node.text("approximate")) => Function::OfGelu,
        "Swish" if node.number("alpha", 1.0) == 1.0 => Function::OfSilu,
        _ => return None,
    })
}
