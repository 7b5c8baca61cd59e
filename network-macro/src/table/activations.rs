//! The activations.

use super::ActivationRow;

/// All of them.
pub(crate) const ACTIVATIONS: &[ActivationRow] = &[
    plain("Linear"),
    plain("Step"),
    plain("Sigmoid"),
    plain("Tanh"),
    plain("Relu"),
    with_number("LeakyRelu", 0.01),
    with_number("Elu", 1.0),
    plain("Gelu"),
    plain("GeluTanh"),
    plain("Silu"),
    plain("HardSwish"),
    plain("Softplus"),
    plain("Softmax"),
    plain("LogSoftmax"),
];

const fn plain(name: &'static str) -> ActivationRow {
    ActivationRow { name, number: None }
}

const fn with_number(name: &'static str, default: f64) -> ActivationRow {
    ActivationRow { name, number: Some(default) }
}
