//! Findings: what is wrong with a training, in words.

use std::fmt;

use serde::Serialize;

/// Something that is wrong with a training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub problem: Problem,
    /// How bad it is.
    pub severity: Severity,
    /// The layer, where it is about one.
    pub layer: Option<String>,
    /// The epoch, from 1.
    pub epoch: usize,
    /// The step, from 1.
    pub step: u64,
    /// The number that was found.
    pub found: f64,
    /// The number that it was compared with.
    pub threshold: f64,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// The gradient of a layer is next to nothing.
    VanishingGradient,
    /// The gradient shrinks from layer to layer.
    ShrinkingGradient,
    /// The gradient of a layer is too large.
    ExplodingGradient,
    /// Many rectified linear units are 0 for every sample.
    DeadUnits,
    /// Many sigmoid or tanh values lie near their ends.
    SaturatedUnits,
    /// The loss is larger than it was.
    RisingLoss,
    /// The steps are too large for the weights.
    LargeUpdates,
    /// The loss is flat from the start, and the steps are very small.
    SmallUpdates,
    /// The loss is flat from the start, though the steps are not small.
    FlatLoss,
    /// The validation loss rises while the training loss falls.
    Overfitting,
    /// A number is infinite or not a number.
    NotFinite,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The training works, but not as well as it could.
    Warning,
    /// The training does not work.
    Error,
}

impl Problem {
    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::NotFinite | Self::RisingLoss | Self::FlatLoss | Self::SmallUpdates => Severity::Error,
            _ => Severity::Warning,
        }
    }

    /// What it is called.
    pub const fn title(self) -> &'static str {
        match self {
            Self::VanishingGradient => "vanishing gradient",
            Self::ShrinkingGradient => "gradient that shrinks from layer to layer",
            Self::ExplodingGradient => "exploding gradient",
            Self::DeadUnits => "dead units",
            Self::SaturatedUnits => "saturated units",
            Self::RisingLoss => "rising loss, learning rate too high",
            Self::LargeUpdates => "large updates, learning rate too high",
            Self::SmallUpdates => "flat loss, learning rate too low",
            Self::FlatLoss => "flat loss",
            Self::Overfitting => "overfitting",
            Self::NotFinite => "number that is not finite",
        }
    }

    /// What can be done about it (lecture sections 5 to 9).
    pub const fn advice(self) -> &'static str {
        match self {
            Self::VanishingGradient | Self::ShrinkingGradient => {
                "use ReLU with He initialisation in place of sigmoid or tanh, add normalisation or residuals, or make the \
                 network less deep"
            }
            Self::ExplodingGradient => {
                "clip the gradient by its norm, lower the learning rate, scale the inputs, or look at the initialisation"
            }
            Self::DeadUnits => "lower the learning rate, use He initialisation, or use a leaky ReLU",
            Self::SaturatedUnits => {
                "scale the inputs, use Xavier initialisation, lower the learning rate, or add normalisation"
            }
            Self::RisingLoss => "lower the learning rate by a factor of 3 to 10, or warm it up; then clip the gradient",
            Self::LargeUpdates => "lower the learning rate by a factor of 3 to 10",
            Self::SmallUpdates => "raise the learning rate by a factor of 10",
            Self::FlatLoss => {
                "look at the gradients of the first layers, at the initialisation (zeros never part), and at whether the \
                 targets belong to the samples"
            }
            Self::Overfitting => {
                "stop early and keep the best weights, add dropout, an L2 penalty or augmentation, get more data, or make \
                 the network smaller"
            }
            Self::NotFinite => "lower the learning rate, clip the gradient, and look for inputs that are not finite",
        }
    }
}

impl Finding {
    /// What was found, in a sentence without the advice.
    pub fn words(&self) -> String {
        let Self { layer, found, threshold, .. } = self;
        let layer = layer.as_deref().unwrap_or("the network");
        match self.problem {
            Problem::VanishingGradient => {
                format!(
                    "the gradient of `{layer}` vanishes: its elements are {found:.1e} in size, below {threshold:.0e}"
                )
            }
            Problem::ShrinkingGradient => format!(
                "the gradient shrinks to {found:.2} of its size with each layer on its way to `{layer}`, below {threshold}"
            ),
            Problem::ExplodingGradient => {
                format!(
                    "the gradient of `{layer}` explodes: its elements are {found:.1e} in size, above {threshold:.0e}"
                )
            }
            Problem::DeadUnits => format!(
                "{:.0} % of the units of `{layer}` are dead: they give 0 for every sample; above {:.0} %",
                100.0 * found,
                100.0 * threshold
            ),
            Problem::SaturatedUnits => format!(
                "{:.0} % of the values of `{layer}` are saturated: they lie near the ends of its activation; above {:.0} %",
                100.0 * found,
                100.0 * threshold
            ),
            Problem::RisingLoss => {
                format!("the loss rises: it is {found:.4}, above {threshold:.4}, and was lower before")
            }
            Problem::LargeUpdates => {
                format!("a step changes the weights of `{layer}` by {found:.1e} of their norm, above {threshold:.0e}")
            }
            Problem::SmallUpdates => format!(
                "the loss is flat from the start, and a step changes the weights by {found:.1e} of their norm at most, \
                 below {threshold:.0e}"
            ),
            Problem::FlatLoss => format!(
                "the loss is flat from the start: it has fallen by {:.2} %, less than {:.0} %, though the weights change",
                100.0 * found,
                100.0 * threshold
            ),
            Problem::Overfitting => format!(
                "the network overfits: the validation loss has risen to {found:.4}, above {threshold:.4}, while the \
                 training loss falls"
            ),
            Problem::NotFinite => format!("a number of `{layer}` is not finite: {found}"),
        }
    }
}

/// As in `epoch 3, step 250: the gradient of `l1` vanishes: … Advice: …`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let Self { epoch, step, .. } = self;
        write!(f, "{kind}: epoch {epoch}, step {step}: {}. Advice: {}", self.words(), self.problem.advice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_say_where_what_and_what_to_do() {
        let finding = Finding {
            problem: Problem::DeadUnits,
            severity: Problem::DeadUnits.severity(),
            layer: Some("hidden".into()),
            epoch: 3,
            step: 250,
            found: 0.81,
            threshold: 0.5,
        };
        assert_eq!(
            finding.to_string(),
            "warning: epoch 3, step 250: 81 % of the units of `hidden` are dead: they give 0 for every sample; above 50 %. \
             Advice: lower the learning rate, use He initialisation, or use a leaky ReLU"
        );
    }
}
