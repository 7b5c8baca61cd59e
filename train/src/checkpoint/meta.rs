//! The state of a training that is no block of parameters, as JSON.

use std::path::Path;

use serde::{Deserialize, Serialize};
use typednet_formats::Sha256;
use typednet_optim::schedule::{Plateau, PlateauState};
use typednet_tensor::Better;

use super::{CheckpointError, SettingDifference};
use crate::around::Options;
use crate::position::{Position, Total};
use crate::{Column, DataMark, Evaluation, History, Record, Run, Values};

/// The version of the entry in the header.
const FORMAT: u32 = 2;

/// What the header of a checkpoint tells beside names and sizes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meta {
    pub(crate) format: u32,
    /// The version of this crate.
    pub(crate) version: String,
    pub(crate) network: String,
    /// The run that it is of.
    #[serde(default)]
    pub(crate) run: Option<Run>,
    /// The data that are trained on.
    #[serde(default)]
    pub(crate) data: Option<DataMark>,
    /// The number of epochs that are done.
    pub(crate) epoch: usize,
    /// The number of steps that are made.
    pub(crate) step: u64,
    pub(crate) seed: u64,
    pub(crate) batch_size: usize,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) settings_hash: String,
    /// How many epochs were done when the call of `fit` began.
    pub(crate) began_after: usize,
    pub(crate) learning_rate: Exact,
    pub(crate) average_updates: Option<u64>,
    pub(crate) plateau: Option<PlateauMeta>,
    pub(crate) position: Option<PositionMeta>,
    pub(crate) history: Vec<RecordMeta>,
    /// What was measured beside loss and accuracy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) columns: Vec<ColumnMeta>,
    /// What each metric remembers of the epoch under way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) metrics: Vec<Option<Vec<Exact>>>,
    /// The states that go on to the next batch of the epoch under way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) carried: Vec<Exact>,
}

/// What the state of a training is made of.
pub(super) struct Facts<'a> {
    pub(super) network: String,
    pub(super) settings: Vec<(String, String)>,
    pub(super) run: Option<&'a Run>,
    pub(super) data: Option<DataMark>,
    pub(super) epoch: usize,
    pub(super) step: u64,
    pub(super) seed: u64,
    pub(super) batch_size: usize,
    pub(super) began_after: usize,
    pub(super) learning_rate: f64,
    pub(super) average_updates: Option<u64>,
    pub(super) plateau: Option<&'a Plateau>,
    pub(super) position: Option<Position>,
    pub(super) history: &'a History,
    pub(super) metrics: Vec<Option<Vec<f64>>>,
    pub(super) carried: Vec<Exact>,
}

impl Meta {
    pub(super) fn of(facts: Facts<'_>) -> Self {
        let exact = |state: Option<Vec<f64>>| Some(state?.into_iter().map(Exact).collect());
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").into(),
            network: facts.network,
            run: facts.run.cloned(),
            data: facts.data,
            epoch: facts.epoch,
            step: facts.step,
            seed: facts.seed,
            batch_size: facts.batch_size,
            settings_hash: hash(&facts.settings),
            settings: facts.settings,
            began_after: facts.began_after,
            learning_rate: Exact(facts.learning_rate),
            average_updates: facts.average_updates,
            plateau: facts.plateau.map(|plateau| plateau.state().into()),
            position: facts.position.map(Into::into),
            history: facts.history.records().iter().map(Into::into).collect(),
            columns: facts.history.columns().iter().map(Into::into).collect(),
            metrics: facts.metrics.into_iter().map(exact).collect(),
            carried: facts.carried,
        }
    }

    /// As the entry in the header of the file at `path`.
    pub(super) fn to_json(&self, path: &Path) -> Result<String, CheckpointError> {
        serde_json::to_string(self)
            .map_err(|error| CheckpointError::State { path: path.display().to_string(), reason: error.to_string() })
    }

    /// From the entry in the header of the file at `path`, whatever its numbers are.
    pub(super) fn from_json(text: &str, path: &str) -> Result<Self, CheckpointError> {
        let not_read =
            |error: serde_json::Error| CheckpointError::State { path: path.to_owned(), reason: error.to_string() };
        let Format { format } = serde_json::from_str(text).map_err(not_read)?;
        if format != u64::from(FORMAT) {
            let (field, found, expected) = ("format".into(), format.to_string(), FORMAT.to_string());
            return Err(CheckpointError::Field { path: path.to_owned(), field, found, expected });
        }
        serde_json::from_str(text).map_err(not_read)
    }

    /// Whether an average of the weights stands beside them.
    pub(crate) fn has_average(&self) -> bool {
        self.average_updates.is_some_and(|count| count > 0)
    }

    /// What each metric remembers of the epoch under way.
    pub(super) fn metric_states(&self) -> Vec<Option<Vec<f64>>> {
        let numbers = |state: &Vec<Exact>| state.iter().map(|Exact(x)| *x).collect();
        self.metrics.iter().map(|state| state.as_ref().map(numbers)).collect()
    }

    /// The history, with the columns of the metrics of these names.
    pub(super) fn measured(&self, names: &[(String, Better)]) -> History {
        let mut history: History = self.history.iter().map(Record::from).collect();
        history.set_columns(names);
        for column in &self.columns {
            history.set_values(&column.name, column.values());
        }
        history
    }

    /// Puts the state of the plateau in the place of another one's, where there is one.
    pub(super) fn put_plateau(&self, options: &mut Options) {
        if let (Some(plateau), Some(state)) = (&mut options.plateau, &self.plateau) {
            *plateau = plateau.with_state(state.into());
        }
    }
}

/// A column of the history: one number for each of its records.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnMeta {
    pub(crate) name: String,
    pub(crate) training: Vec<Option<Exact>>,
    pub(crate) validation: Vec<Option<Exact>>,
}

impl From<&Column> for ColumnMeta {
    fn from(column: &Column) -> Self {
        let all = |of: fn(&Values) -> Option<f64>| column.values().iter().map(|v| of(v).map(Exact)).collect();
        Self { name: column.name().to_owned(), training: all(|v| v.training), validation: all(|v| v.validation) }
    }
}

impl ColumnMeta {
    pub(crate) fn values(&self) -> Vec<Values> {
        let number = |value: &Option<Exact>| value.as_ref().map(|Exact(value)| *value);
        let both = self.training.iter().zip(&self.validation);
        both.map(|(training, validation)| Values { training: number(training), validation: number(validation) })
            .collect()
    }
}

/// The version alone, of whatever the rest is.
#[derive(Deserialize)]
struct Format {
    format: u64,
}

/// The settings that differ.
pub(crate) fn differences(here: &[(String, String)], file: &[(String, String)]) -> Vec<SettingDifference> {
    let value = |list: &[(String, String)], name: &str| {
        list.iter().find(|(other, _)| other == name).map_or_else(|| "not set".to_owned(), |(_, value)| value.clone())
    };
    let mut names: Vec<&String> = here.iter().chain(file).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    let both = names.into_iter().map(|name| SettingDifference {
        name: name.clone(),
        here: value(here, name),
        file: value(file, name),
    });
    both.filter(|setting| setting.here != setting.file).collect()
}

/// The hash of settings.
pub(crate) fn hash(settings: &[(String, String)]) -> String {
    let mut hash = Sha256::new();
    for (name, value) in settings {
        hash.update(format!("{name}={value}\n"));
    }
    hash.finish().to_string()
}

/// A number that keeps its bits in JSON, which knows no infinity.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "Number", into = "Number")]
pub(crate) struct Exact(pub(crate) f64);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Number {
    Finite(f64),
    Bits(String),
}

impl From<Exact> for Number {
    fn from(Exact(x): Exact) -> Self {
        if x.is_finite() { Self::Finite(x) } else { Self::Bits(format!("{:016x}", x.to_bits())) }
    }
}

impl TryFrom<Number> for Exact {
    type Error = String;

    fn try_from(number: Number) -> Result<Self, String> {
        match number {
            Number::Finite(x) => Ok(Self(x)),
            Number::Bits(text) => {
                let bits = u64::from_str_radix(&text, 16).ok().filter(|_| text.len() == 16);
                let x = bits.map(f64::from_bits).filter(|x| !x.is_finite());
                x.map(Self).ok_or_else(|| format!("`{text}` is no number, nor the 16 digits of an infinity or a NaN"))
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PlateauMeta {
    pub(crate) factor: Exact,
    pub(crate) best: Option<Exact>,
    pub(crate) bad_epochs: u32,
    pub(crate) cooling: u32,
}

impl From<PlateauState> for PlateauMeta {
    fn from(PlateauState { factor, best, bad_epochs, cooling }: PlateauState) -> Self {
        Self { factor: Exact(factor), best: best.map(Exact), bad_epochs, cooling }
    }
}

impl From<&PlateauMeta> for PlateauState {
    fn from(PlateauMeta { factor: Exact(factor), best, bad_epochs, cooling }: &PlateauMeta) -> Self {
        Self { factor: *factor, best: best.map(|Exact(best)| best), bad_epochs: *bad_epochs, cooling: *cooling }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PositionMeta {
    pub(super) samples: usize,
    pub(super) taken: usize,
    pub(super) loss: Exact,
    pub(super) correct: u64,
    pub(super) terms: u64,
    pub(super) decides: bool,
    pub(super) seconds: Exact,
}

impl From<Position> for PositionMeta {
    fn from(Position { samples, taken, total, seconds }: Position) -> Self {
        let Total { loss, correct, terms, decides } = total;
        Self { samples, taken, loss: Exact(loss), correct, terms, decides, seconds: Exact(seconds) }
    }
}

impl From<PositionMeta> for Position {
    fn from(meta: PositionMeta) -> Self {
        let PositionMeta { samples, taken, loss: Exact(loss), correct, terms, decides, seconds: Exact(seconds) } = meta;
        Self { samples, taken, total: Total { loss, correct, terms, decides }, seconds }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RecordMeta {
    pub(super) epoch: usize,
    pub(super) training: EvaluationMeta,
    pub(super) validation: Option<EvaluationMeta>,
    pub(super) learning_rate: Exact,
    pub(super) seconds: Exact,
}

impl From<&Record> for RecordMeta {
    fn from(record: &Record) -> Self {
        Self {
            epoch: record.epoch,
            training: record.training.into(),
            validation: record.validation.map(Into::into),
            learning_rate: Exact(record.learning_rate),
            seconds: Exact(record.seconds),
        }
    }
}

impl From<&RecordMeta> for Record {
    fn from(meta: &RecordMeta) -> Self {
        Self {
            epoch: meta.epoch,
            training: (&meta.training).into(),
            validation: meta.validation.as_ref().map(Into::into),
            learning_rate: meta.learning_rate.0,
            seconds: meta.seconds.0,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EvaluationMeta {
    pub(super) loss: Exact,
    pub(super) accuracy: Option<Exact>,
}

impl From<Evaluation> for EvaluationMeta {
    fn from(Evaluation { loss, accuracy }: Evaluation) -> Self {
        Self { loss: Exact(loss), accuracy: accuracy.map(Exact) }
    }
}

impl From<&EvaluationMeta> for Evaluation {
    fn from(EvaluationMeta { loss: Exact(loss), accuracy }: &EvaluationMeta) -> Self {
        Self { loss: *loss, accuracy: accuracy.map(|Exact(accuracy)| accuracy) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_bits() {
        let odd = [0.1, 1.0, -0.0, f64::MIN_POSITIVE / 3.0, f64::MAX, 0.1 + 0.2, f64::NAN, f64::NEG_INFINITY];
        for x in odd {
            let text = serde_json::to_string(&Exact(x)).expect("a number");
            let Exact(read) = serde_json::from_str(&text).expect("the same number");
            assert_eq!(read.to_bits(), x.to_bits(), "{x} as {text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        // The last two are finite, and so would be written as numbers.
        for text in ["zzz", "", "7ff8", "-7ff000000000000", "3ff0000000000000", "0000000000000000"] {
            let error = serde_json::from_str::<Exact>(&format!("\"{text}\"")).err().expect(text).to_string();
            assert!(error.contains(&format!("`{text}` is no number")), "{error}");
        }
        assert!(serde_json::from_str::<Exact>("1e999").is_err() && serde_json::from_str::<Exact>("null").is_err());
    }

    #[test]
    fn settings_differ_by_name() {
        let list = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect::<Vec<_>>();
        let found = differences(&list(&[("seed", "1"), ("batch", "2")]), &list(&[("batch", "3"), ("seed", "1")]));
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].name, &*found[0].here, &*found[0].file), ("batch", "2", "3"));
        assert_eq!(differences(&list(&[("a", "1")]), &[])[0].file, "not set");
    }
}
