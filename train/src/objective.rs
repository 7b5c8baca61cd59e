//! The objective: the number by which a training is followed.

use std::fmt;

use typednet_tensor::Better;

use crate::{Evaluation, History, Record};

/// Names of the two that a history always knows.
pub(crate) const LOSS: &str = "loss";
pub(crate) const ACCURACY: &str = "accuracy";

/// The number that tells good weights from bad ones: the loss, the accuracy, or a [`Metric`](crate::Metric) by its name.
///
/// It is read over the validation data in epochs that were validated, else over the training data. A name that the trainer
/// does not know is an error when a call of [`fit`](crate::Trainer::fit) begins.
///
/// ```
/// use typednet_train::Objective;
///
/// assert_eq!(Objective::from("accuracy"), Objective::Accuracy);
/// assert_eq!(Objective::from("top-5").name(), "top-5");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Objective {
    /// The mean loss: the lower the better.
    #[default]
    Loss,
    /// The share of right decisions: the higher the better.
    Accuracy,
    /// The metric of this name.
    Metric(String),
}

impl From<&str> for Objective {
    fn from(name: &str) -> Self {
        match name {
            LOSS => Self::Loss,
            ACCURACY => Self::Accuracy,
            name => Self::Metric(name.to_owned()),
        }
    }
}

impl From<String> for Objective {
    fn from(name: String) -> Self {
        Self::from(&name[..])
    }
}

impl Objective {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Loss => LOSS,
            Self::Accuracy => ACCURACY,
            Self::Metric(name) => name,
        }
    }

    /// Its value in the epoch of the record at `place`; NaN where there is none.
    pub fn at(&self, history: &History, place: usize) -> f64 {
        let Some(record) = history.records().get(place) else { return f64::NAN };
        let Evaluation { loss, accuracy } = record.validation.unwrap_or(record.training);
        match self {
            Self::Loss => loss,
            Self::Accuracy => accuracy.unwrap_or(f64::NAN),
            Self::Metric(name) => history.column(name).map_or(f64::NAN, |column| {
                let values = column.values()[place];
                let value = if record.validation.is_some() { values.validation } else { values.training };
                value.unwrap_or(f64::NAN)
            }),
        }
    }

    /// Its value in the newest epoch; NaN where there is none.
    pub fn newest(&self, history: &History) -> f64 {
        history.records().len().checked_sub(1).map_or(f64::NAN, |place| self.at(history, place))
    }

    /// Its value in the epoch of the record at `place` as something to make small: less than 0 where higher is better.
    pub fn to_minimise(&self, history: &History, place: usize) -> f64 {
        self.smaller_is_better(history, self.at(history, place))
    }

    /// The best value of all epochs as something to make small, which is what a search wants; NaN where there is none.
    pub fn best_to_minimise(&self, history: &History) -> f64 {
        self.best_place(history).map_or(f64::NAN, |place| self.to_minimise(history, place))
    }

    fn smaller_is_better(&self, history: &History, value: f64) -> f64 {
        match self.better(history) {
            Better::Lower => value,
            Better::Higher => -value,
        }
    }

    /// Which of two values is the better one.
    pub fn better(&self, history: &History) -> Better {
        match self {
            Self::Loss => Better::Lower,
            Self::Accuracy => Better::Higher,
            Self::Metric(name) => history.column(name).map_or(Better::Lower, crate::Column::better),
        }
    }

    /// Whether `new` is better than `old` by more than `delta`. A number is better than none and than NaN, which is never
    /// better.
    pub fn is_better(&self, history: &History, new: f64, old: Option<f64>, delta: f64) -> bool {
        let (old, better) = (old.unwrap_or(f64::NAN), self.better(history));
        let limit = match better {
            Better::Lower => old - delta,
            Better::Higher => old + delta,
        };
        better.is_better(new, limit)
    }

    /// The place of the record with the best value, the first of equals. Where an epoch was validated, only validated ones
    /// are compared.
    pub(crate) fn best_place(&self, history: &History) -> Option<usize> {
        let records = history.records();
        let validated = records.iter().any(|record| record.validation.is_some());
        let is_measured = |record: &Record| !validated || record.validation.is_some();
        let places = (0..records.len()).filter(|place| is_measured(&records[*place]));
        self.better(history).first_of(places, |place| self.at(history, *place))
    }
}

/// As in `loss`.
impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
