//! Drift of the data: whether today's are like those of the training (lecture section 11).

mod ask;
mod column;
mod distance;
mod performance;
mod report;

use std::path::Path;

use serde::{Deserialize, Serialize};
use typednet_data::Source;
use typednet_formats::JsonFormat;
use typednet_layers::{AsNetwork, Layer};
use typednet_tensor::{Key, Sample, Scalar};

use ask::{Asked, ask, ask_truth, by_feature};
use column::{Column, noise};
pub use distance::{KolmogorovSmirnov, kolmogorov_smirnov, population_stability_index};
pub use performance::PerformanceDrift;
pub use report::{DriftReport, FeatureDrift, PredictionDrift, Shift};

use crate::{Classifies, GovernError, Truth};

const FORMAT: JsonFormat = JsonFormat::new("drift monitor", 3);

/// How a [`DriftMonitor`] describes the training data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftSettings {
    /// How many parts, with equally many training samples each, a feature is divided into for the population stability
    /// index.
    pub bins: usize,
    /// How many values of each feature are kept for the test of Kolmogorov and Smirnov.
    pub sample: usize,
    /// What the kept rows follow from.
    pub seed: u64,
}

/// 10 parts and 500 values.
impl Default for DriftSettings {
    fn default() -> Self {
        Self { bins: 10, sample: 500, seed: 0 }
    }
}

/// Compares the data that a network sees in use with those that it was trained on, feature by feature, and its answers
/// with those on validation data. Once the targets of such data are known, it says too whether the network is right as
/// often as it was: what a feature stands for can change while no feature does.
///
/// It keeps the counts of each feature in parts of its range and a sorted sample of bounded size, not the training data:
/// it can travel with the model as a JSON file. The values of a row are not kept together.
///
/// A feature that is constant in training, or that has one very frequent value, gets a part for that value alone. Values
/// that are not finite are counted, as a part that training had nothing in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftMonitor {
    settings: DriftSettings,
    samples: usize,
    names: Vec<String>,
    columns: Vec<Column>,
    answers: Option<Answers>,
}

/// What a network answers on validation data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    /// The decisions for each class.
    classes: Vec<u64>,
    /// How many of them are right.
    right: usize,
    mean_confidence: f64,
    confidence: Column,
}

impl Answers {
    /// How many decisions there are.
    fn cases(&self) -> usize {
        self.classes.iter().fold(0_u64, |sum, count| sum.saturating_add(*count)) as usize
    }

    /// How other answers differ from these.
    fn compare(&self, asked: &Asked) -> Result<PredictionDrift, GovernError> {
        if asked.confidences.is_empty() {
            return Err(GovernError::NotFinite { what: "logit", row: 0, column: 0 });
        }
        let shares = |counts: &[u64]| -> Vec<f64> {
            let total = counts.iter().sum::<u64>() as f64;
            counts.iter().map(|count| *count as f64 / total).collect()
        };
        let stability_index = population_stability_index(&self.classes, &asked.classes)?;
        Ok(PredictionDrift {
            before: shares(&self.classes),
            now: shares(&asked.classes),
            stability_index,
            shift: Shift::of(stability_index, noise(&self.classes, asked.confidences.len())),
            confidence_before: self.mean_confidence,
            confidence_now: mean(&asked.confidences),
            confidence: feature("confidence", &self.confidence, &asked.confidences)?,
            undecided: asked.undecided.len(),
        })
    }
}

impl DriftMonitor {
    /// The monitor of a network: features from its training data, answers from validation data, on which it is not as sure
    /// of itself as on those.
    ///
    /// # Errors
    /// If there are fewer samples than 5 for each part, they cannot be read, a value or score is not finite, or a target of the
    /// validation data is no class.
    pub fn fit<M, S, V, Y, Z, const N: usize>(
        model: &impl AsNetwork<Network = M>,
        training: &S,
        validation: &V,
    ) -> Result<Self, GovernError>
    where
        M: Layer<Head: Classifies<M::Out, N>, In: Sample<Elem: Scalar>>,
        S: Source<M::In, Y> + ?Sized,
        V: Source<M::In, Z> + ?Sized,
        Y: Copy,
        Z: Truth<N>,
    {
        Self::fit_with(model, training, validation, DriftSettings::default())
    }

    /// As [`fit`](Self::fit), with settings.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), or if there are fewer than 2 parts.
    pub fn fit_with<M, S, V, Y, Z, const N: usize>(
        model: &impl AsNetwork<Network = M>,
        training: &S,
        validation: &V,
        settings: DriftSettings,
    ) -> Result<Self, GovernError>
    where
        M: Layer<Head: Classifies<M::Out, N>, In: Sample<Elem: Scalar>>,
        S: Source<M::In, Y> + ?Sized,
        V: Source<M::In, Z> + ?Sized,
        Y: Copy,
        Z: Truth<N>,
    {
        let mut monitor = Self::fit_inputs::<M::In, S, Y>(training, settings)?;
        enough("the answers on validation data", validation.len(), settings.bins)?;
        let (asked, right) = ask_truth::<M, V, Z, N>(model.as_network(), validation)?;
        if let Some(row) = asked.undecided.first() {
            return Err(GovernError::NotFinite { what: "logit", row: *row, column: 0 });
        }
        let kept = kept(asked.confidences.len(), settings);
        monitor.answers = Some(Answers {
            classes: asked.classes,
            right,
            mean_confidence: mean(&asked.confidences),
            confidence: Column::of(&asked.confidences, &kept, settings.bins),
        });
        Ok(monitor)
    }

    /// A monitor of inputs alone, for networks that do not classify: `fit_inputs::<[f32; 30], _, _>(&training, settings)`.
    ///
    /// # Errors
    /// As [`fit_with`](Self::fit_with).
    pub fn fit_inputs<In, S, Y>(training: &S, settings: DriftSettings) -> Result<Self, GovernError>
    where
        In: Sample<Elem: Scalar>,
        S: Source<In, Y> + ?Sized,
        Y: Copy,
    {
        if settings.bins < 2 {
            let found = settings.bins as f64;
            return Err(GovernError::OutOfRange { name: "the number of parts", found, expected: "2 or more" });
        }
        if settings.sample == 0 {
            let name = "the number of values that are kept";
            return Err(GovernError::OutOfRange { name, found: 0.0, expected: "1 or more" });
        }
        enough("the training data", training.len(), settings.bins)?;
        let kept = kept(training.len(), settings);
        let mut columns = Vec::with_capacity(In::LEN);
        by_feature::<In, S, Y>(training, |column, values| {
            if let Some(row) = values.iter().position(|value| !value.is_finite()) {
                return Err(GovernError::NotFinite { what: "feature", row, column });
            }
            columns.push(Column::of(values, &kept, settings.bins));
            Ok(())
        })?;
        Ok(Self {
            settings,
            samples: training.len(),
            names: (0..In::LEN).map(|column| format!("feature {column}")).collect(),
            columns,
            answers: None,
        })
    }

    /// Gives the features names for reports; those without one keep their number.
    #[must_use]
    pub fn named<I: Into<String>>(mut self, names: impl IntoIterator<Item = I>) -> Self {
        for (name, given) in self.names.iter_mut().zip(names) {
            *name = given.into();
        }
        self
    }

    /// How the samples of today, and what the network answers to them, differ from the reference. Their targets may be
    /// anything, such as `()`.
    ///
    /// # Errors
    /// If there are too few samples, they cannot be read, or the monitor is not of this network.
    pub fn check<M, S, Y, const N: usize>(
        &self,
        model: &impl AsNetwork<Network = M>,
        now: &S,
    ) -> Result<DriftReport, GovernError>
    where
        M: Layer<Head: Classifies<M::Out, N>, In: Sample<Elem: Scalar>>,
        S: Source<M::In, Y> + ?Sized,
        Y: Copy,
    {
        let answers = self.answers_of::<N>()?;
        let mut report = self.check_inputs::<M::In, S, Y>(now)?;
        report.predictions = Some(answers.compare(&ask::<M, S, Y, N>(model.as_network(), now, |_, _| ())?)?);
        Ok(report)
    }

    /// As [`check`](Self::check), where the targets of the samples have become known: the report says too how often the
    /// network is right, and whether that is less often than on validation data by more than chance gives.
    ///
    /// Samples without a finite score count as not right.
    ///
    /// # Errors
    /// As [`check`](Self::check), or if a target is no class.
    pub fn check_labelled<M, S, Y, const N: usize>(
        &self,
        model: &impl AsNetwork<Network = M>,
        now: &S,
    ) -> Result<DriftReport, GovernError>
    where
        M: Layer<Head: Classifies<M::Out, N>, In: Sample<Elem: Scalar>>,
        S: Source<M::In, Y> + ?Sized,
        Y: Truth<N>,
    {
        let answers = self.answers_of::<N>()?;
        let mut report = self.check_inputs::<M::In, S, Y>(now)?;
        let (asked, right) = ask_truth::<M, S, Y, N>(model.as_network(), now)?;
        report.predictions = Some(answers.compare(&asked)?);
        report.performance = Some(PerformanceDrift::of([answers.right, answers.cases()], [right, now.len()]));
        Ok(report)
    }

    /// What a network of `N` classes answered on validation data.
    fn answers_of<const N: usize>(&self) -> Result<&Answers, GovernError> {
        let known = self.answers.as_ref().map_or(0, |answers| answers.classes.len());
        self.answers.as_ref().filter(|_| known == N).ok_or_else(|| {
            let reason = format!("the monitor knows answers with {known} classes, but the network has {N}");
            GovernError::OtherModel { reason }
        })
    }

    /// As [`check`](Self::check), for the inputs alone.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn check_inputs<In, S, Y>(&self, now: &S) -> Result<DriftReport, GovernError>
    where
        In: Sample<Elem: Scalar>,
        S: Source<In, Y> + ?Sized,
        Y: Copy,
    {
        if self.columns.len() != In::LEN {
            let reason = format!("the monitor knows {} features, but a sample has {}", self.columns.len(), In::LEN);
            return Err(GovernError::OtherModel { reason });
        }
        enough("the check of drift", now.len(), self.settings.bins)?;
        let mut features = Vec::with_capacity(In::LEN);
        by_feature::<In, S, Y>(now, |column, values| {
            features.push(feature(&self.names[column], &self.columns[column], values)?);
            Ok(())
        })?;
        Ok(DriftReport {
            reference_samples: self.samples,
            samples: now.len(),
            features,
            predictions: None,
            performance: None,
        })
    }

    /// Writes the reference to a JSON file, to stand beside the weights.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), GovernError> {
        Ok(FORMAT.write(path, self)?)
    }

    /// Reads a monitor.
    ///
    /// # Errors
    /// If the file cannot be read, is no monitor, or does not fit together.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, GovernError> {
        let path = path.as_ref();
        let monitor: Self = FORMAT.read(path)?;
        let sound = monitor.names.len() == monitor.columns.len()
            && monitor.settings.bins >= 2
            && monitor
                .columns
                .iter()
                .chain(monitor.answers.iter().map(|answers| &answers.confidence))
                .all(Column::is_sound)
            && monitor.answers.iter().all(|answers| answers.cases() > 0 && answers.right <= answers.cases());
        if sound {
            Ok(monitor)
        } else {
            let reason = "its counts, ends and samples do not fit together".to_owned();
            Err(GovernError::Malformed { path: path.display().to_string(), reason })
        }
    }
}

/// At least 5 samples for each part: with fewer, the index is mostly chance.
fn enough(purpose: &'static str, found: usize, bins: usize) -> Result<(), GovernError> {
    let needed = 5 * bins;
    if found < needed { Err(GovernError::TooFew { purpose, found, needed }) } else { Ok(()) }
}

/// The rows whose values are kept.
fn kept(samples: usize, settings: DriftSettings) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..u32::try_from(samples).unwrap_or(u32::MAX)).collect();
    if rows.len() > settings.sample {
        Key::new(settings.seed).shuffle(&mut rows);
        rows.truncate(settings.sample);
    }
    rows
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn feature(name: &str, column: &Column, values: &[f64]) -> Result<FeatureDrift, GovernError> {
    let compared = column.compare(values)?;
    Ok(FeatureDrift {
        name: name.to_owned(),
        stability_index: compared.index,
        noise: compared.noise,
        test: compared.test,
        missing: compared.missing,
        shift: Shift::of(compared.index, compared.noise),
    })
}
