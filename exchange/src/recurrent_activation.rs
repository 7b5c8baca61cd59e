//! The activations that ONNX has for simple recurrent layers.

use typednet_layers::Function;

/// An activation as recurrent operators call it, with its number.
pub(crate) fn activation(function: Function) -> Option<(&'static str, Option<f64>)> {
    match function {
        // alpha·z, and no beta.
        Function::OfLinear => Some(("Affine", Some(1.0))),
        Function::OfRelu => Some(("Relu", None)),
        Function::OfTanh => Some(("Tanh", None)),
        Function::OfSigmoid => Some(("Sigmoid", None)),
        Function::OfSoftplus => Some(("Softplus", None)),
        Function::OfLeakyRelu(slope) => Some(("LeakyRelu", Some(slope))),
        Function::OfElu(scale) => Some(("Elu", Some(scale))),
        _ => None,
    }
}

/// Whether the operator takes the activation of a simple recurrent layer.
pub(crate) fn is_known(function: Function) -> bool {
    activation(function).is_some()
}
