//! The drift report, as a table, in words and as JSON.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use typednet_data::short;
use typednet_formats::{JsonFormat, one_line};
use typednet_tensor::Better;

use super::{KolmogorovSmirnov, PerformanceDrift};
use crate::GovernError;

/// How much a distribution has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Shift {
    /// A population stability index below 0.1, or no more than chance gives to so few samples.
    None,
    /// From 0.1 to 0.25: look at it.
    Moderate,
    /// 0.25 or more: the model was not trained for such data.
    Major,
}

impl Shift {
    /// Above this population stability index something has changed.
    pub const MODERATE: f64 = 0.1;
    /// From this population stability index on much has changed.
    pub const MAJOR: f64 = 0.25;

    /// What an index says, where chance gives up to `noise`.
    pub(super) fn of(index: f64, noise: f64) -> Self {
        if index < Self::MODERATE || index <= noise {
            Self::None
        } else if index < Self::MAJOR {
            Self::Moderate
        } else {
            Self::Major
        }
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Moderate => "moderate",
            Self::Major => "major",
        })
    }
}

/// How a feature, or the confidence, differs from the training data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureDrift {
    /// The feature's name.
    pub name: String,
    /// The population stability index.
    pub stability_index: f64,
    /// What the index seldom exceeds by chance with so many samples.
    pub noise: f64,
    /// The test against the sample of the training data; `None` where no value is finite.
    pub test: Option<KolmogorovSmirnov>,
    /// The share of the values that are infinite or not a number.
    pub missing: f64,
    /// What that says.
    pub shift: Shift,
}

/// How the network's answers differ from those on validation data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionDrift {
    /// The share of each class among the decisions on validation data.
    pub before: Vec<f64>,
    /// The share of each class now.
    pub now: Vec<f64>,
    /// The population stability index of the classes.
    pub stability_index: f64,
    /// What that says.
    pub shift: Shift,
    /// The mean confidence on validation data.
    pub confidence_before: f64,
    /// The mean confidence now.
    pub confidence_now: f64,
    /// How the confidence differs.
    pub confidence: FeatureDrift,
    /// The samples that the network has no finite score for, and so no decision.
    pub undecided: usize,
}

/// How the data of today differ from those that a network was trained on.
///
/// `{}` prints the features that differ most, and says in words what that means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftReport {
    /// How many samples there are in the training data.
    pub reference_samples: usize,
    /// How many samples there are now.
    pub samples: usize,
    /// The features in their order.
    pub features: Vec<FeatureDrift>,
    /// The network's answers, where it was asked.
    pub predictions: Option<PredictionDrift>,
    /// How often the network is right, where targets were known.
    pub performance: Option<PerformanceDrift>,
}

const FORMAT: JsonFormat = JsonFormat::new("drift report", 3);

impl DriftReport {
    /// The features with a shift, the largest first.
    pub fn drifted(&self) -> Vec<&FeatureDrift> {
        let mut drifted = self.ranked();
        drifted.retain(|feature| feature.shift > Shift::None);
        drifted
    }

    /// The largest shift of a feature, of the classes or of the confidence.
    pub fn shift(&self) -> Shift {
        let answers = self.predictions.as_ref().map_or(Shift::None, |p| p.shift.max(p.confidence.shift));
        self.features.iter().map(|feature| feature.shift).fold(answers, Shift::max)
    }

    /// The features whose test says that they differ: p below 0.01 divided by the number of features (Bonferroni), so
    /// that chance seldom finds even one.
    pub fn significant(&self) -> usize {
        let limit = 0.01 / self.features.len() as f64;
        self.features.iter().filter(|feature| feature.test.is_some_and(|test| test.p_value < limit)).count()
    }

    /// Writes the report to a JSON file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), GovernError> {
        Ok(FORMAT.write(path, self)?)
    }

    /// Reads a report.
    ///
    /// # Errors
    /// If the file cannot be read or is no report.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, GovernError> {
        Ok(FORMAT.read(path)?)
    }

    fn ranked(&self) -> Vec<&FeatureDrift> {
        let mut features: Vec<&FeatureDrift> = self.features.iter().collect();
        features.sort_by(|a, b| Better::Higher.order(a.stability_index, b.stability_index));
        features
    }
}

/// The longest name of a feature that a table shows whole.
const LONGEST: usize = 60;

/// How many features a table shows.
const SHOWN: usize = 10;

impl fmt::Display for DriftReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranked = self.ranked();
        let confidence = self.predictions.as_ref().map(|predictions| &predictions.confidence);
        let rows: Vec<&FeatureDrift> = ranked.iter().take(SHOWN).copied().chain(confidence).collect();
        let names: Vec<_> = rows.iter().map(|row| short::name(&one_line(&row.name), LONGEST).into_owned()).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("feature".len());
        writeln!(f, "{:<width$}    index  KS distance        p  missing  shift", "feature")?;
        for (place, (row, name)) in rows.iter().zip(names).enumerate() {
            if place == SHOWN.min(ranked.len()) {
                writeln!(f, "{:─<1$}", "", width + 52)?;
            }
            let FeatureDrift { stability_index, test, missing, shift, .. } = row;
            write!(f, "{name:<width$}  {stability_index:>7.3}  ")?;
            match test {
                Some(KolmogorovSmirnov { statistic, p_value }) => write!(f, "{statistic:>11.3}  {p_value:>7.1e}  ")?,
                None => write!(f, "{:>11}  {:>7}  ", "-", "-")?,
            }
            writeln!(f, "{:>5.1} %  {shift}", 100.0 * missing)?;
        }
        if ranked.len() > SHOWN {
            writeln!(f, "and {} features with smaller indices", ranked.len() - SHOWN)?;
        }
        writeln!(f)?;
        self.words(f)
    }
}

impl DriftReport {
    fn words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |shift: Shift| self.features.iter().filter(|feature| feature.shift == shift).count();
        writeln!(
            f,
            "{} samples against {} of training: of {} features, {} have a major and {} a moderate shift, {} differ by the \
             test of Kolmogorov and Smirnov.",
            self.samples,
            self.reference_samples,
            self.features.len(),
            of(Shift::Major),
            of(Shift::Moderate),
            self.significant()
        )?;
        let missing = self.features.iter().filter(|feature| feature.missing > 0.0).count();
        if missing > 0 {
            writeln!(f, "{missing} features have values that are not finite; in training there were none.")?;
        }
        if let Some(predictions) = &self.predictions {
            let PredictionDrift { shift, stability_index, confidence_before, confidence_now, undecided, .. } =
                predictions;
            writeln!(
                f,
                "The predicted classes have {} (index {stability_index:.3}); the mean confidence was {:.1} % and is {:.1} %.",
                match shift {
                    Shift::None => "not shifted",
                    Shift::Moderate => "a moderate shift",
                    Shift::Major => "a major shift",
                },
                100.0 * confidence_before,
                100.0 * confidence_now
            )?;
            if *undecided > 0 {
                writeln!(f, "For {undecided} samples the network has no finite score.")?;
            }
        }
        if let Some(performance) = &self.performance {
            writeln!(f, "{performance}")?;
        }
        let fallen = self.performance.as_ref().map(PerformanceDrift::has_fallen);
        f.write_str(match (self.shift(), fallen) {
            (Shift::None, None | Some(false)) => "The data look like those that the network was trained on.\n",
            (Shift::None, Some(true)) => {
                "The data look as before, but the network is right less often: what they mean has changed, or how they are \
                 labelled. Find the cause, and train again before relying on it.\n"
            }
            (Shift::Moderate, None) => "Look at what has changed, and measure the network on new labelled samples.\n",
            (Shift::Moderate | Shift::Major, Some(false)) => {
                "Look at what has changed; the network is not seen to be right less often so far.\n"
            }
            (Shift::Moderate, Some(true)) => "Find the cause, and train again before relying on the network.\n",
            (Shift::Major, None | Some(true)) => {
                "The network was not trained for such data: find the cause, and train again before relying on it.\n"
            }
        })
    }
}
