//! A metric's values over the epochs.

use std::fmt;

use typednet_tensor::Better;

/// The values of a [`Metric`](crate::Metric) in each epoch of a [`History`](crate::History).
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub(crate) name: String,
    pub(crate) better: Better,
    pub(crate) values: Vec<Values>,
}

/// What a metric was in one epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Values {
    /// Over the training data, each batch measured just before its step; `None` where the metric was not measured, or is not
    /// defined for them.
    pub training: Option<f64>,
    /// Over the validation data, after the last step.
    pub validation: Option<f64>,
}

impl Column {
    /// The metric's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of two values is the better one.
    pub fn better(&self) -> Better {
        self.better
    }

    /// One for each record of the history, in order.
    pub fn values(&self) -> &[Values] {
        &self.values
    }
}

/// The name and value of a metric in a line about an epoch, as in `  top-5 0.9931`; nothing where there is no value.
pub(crate) struct Named<'a>(pub(crate) &'a str, pub(crate) Option<f64>);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.map_or(Ok(()), |value| write!(f, "  {} {value:.4}", self.0))
    }
}
