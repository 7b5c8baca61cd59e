//! The history of a training.

use std::fmt;
use std::io;

use typednet_tensor::Better;

use crate::column::Named;
use crate::confusion::Percent;
use crate::{Column, Objective, Seconds, Values};

/// The loss and, for a classifier, the accuracy over a data set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean loss over the samples.
    pub loss: f64,
    /// The share of samples that the network decides as the target says; `None` where there is nothing to decide.
    pub accuracy: Option<f64>,
}

/// One epoch of a training run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// The number of the epoch, from 1.
    pub epoch: usize,
    /// Loss and accuracy over the training data, each batch measured just before its step, while the weights change.
    pub training: Evaluation,
    /// Loss and accuracy over the validation data, measured after the last step.
    pub validation: Option<Evaluation>,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// How long the training steps took, without the validation.
    pub seconds: f64,
}

/// The records of all epochs so far.
///
/// ```
/// use typednet_train::{Evaluation, History, Record};
///
/// let epoch = |epoch, loss| Record {
///     epoch,
///     training: Evaluation { loss, accuracy: None },
///     validation: None,
///     learning_rate: 0.1,
///     seconds: 1.5,
/// };
/// let history: History = [epoch(1, 0.7), epoch(2, 0.4), epoch(3, 0.5)].into_iter().collect();
/// assert_eq!(history.best().map(|record| record.epoch), Some(2));
/// println!("{history}");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    records: Vec<Record>,
    /// One value for each record in each.
    columns: Vec<Column>,
}

impl History {
    /// A history of nothing.
    pub const fn new() -> Self {
        Self { records: Vec::new(), columns: Vec::new() }
    }

    /// One record for each epoch, in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The newest record.
    pub fn last(&self) -> Option<&Record> {
        self.records.last()
    }

    /// The record with the lowest validation loss, or the lowest training loss where no epoch was validated; the
    /// earliest of them where several are equal. A loss that is not a number is never the lowest: `None` where there is no
    /// other.
    pub fn best(&self) -> Option<&Record> {
        self.best_by(Objective::Loss)
    }

    /// As [`best`](History::best), by the accuracy or by a metric of this name, the higher the better where that is so.
    pub fn best_by(&self, objective: impl Into<Objective>) -> Option<&Record> {
        Some(&self.records[objective.into().best_place(self)?])
    }

    /// The metrics that were measured beside loss and accuracy, in the order in which the trainer was given them.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The metric of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The records from this place on, with their columns.
    pub(crate) fn since(&self, place: usize) -> Self {
        let columns = self.columns.iter();
        let columns = columns.map(|column| Column { values: column.values[place..].to_vec(), ..column.clone() });
        Self { records: self.records[place..].to_vec(), columns: columns.collect() }
    }

    /// Has a column of each of these names, in this order; what was not measured is empty.
    pub(crate) fn set_columns(&mut self, names: &[(String, Better)]) {
        let mut old = std::mem::take(&mut self.columns);
        for (name, better) in names {
            let at = old.iter().position(|column| column.name == *name);
            let values =
                at.map_or_else(|| vec![Values::default(); self.records.len()], |at| old.swap_remove(at).values);
            self.columns.push(Column { name: name.clone(), better: *better, values });
        }
    }

    /// Whether the columns are these.
    pub(crate) fn has_columns(&self, names: &[(String, Better)]) -> bool {
        let here = self.columns.iter().map(|column| (&column.name, column.better));
        here.eq(names.iter().map(|(name, better)| (name, *better)))
    }

    /// Puts the values of a whole column in the place of what it holds.
    pub(crate) fn set_values(&mut self, name: &str, values: Vec<Values>) {
        debug_assert_eq!(values.len(), self.records.len(), "one value for each record");
        if let Some(column) = self.columns.iter_mut().find(|column| column.name == name) {
            column.values = values;
        }
    }

    /// Adds the record of an epoch with what its metrics were, in the order of the columns.
    pub(crate) fn push_measured(&mut self, record: Record, values: &mut dyn Iterator<Item = Values>) {
        self.records.push(record);
        let values = values.chain(std::iter::repeat(Values::default()));
        for (column, values) in self.columns.iter_mut().zip(values) {
            column.values.push(values);
        }
    }

    /// The seconds of all epochs.
    pub fn seconds(&self) -> f64 {
        self.records.iter().map(|record| record.seconds).sum()
    }

    /// The seconds of the middle epoch, which one slow epoch does not move; `None` before the first.
    pub fn median_seconds(&self) -> Option<f64> {
        let mut seconds: Vec<f64> = self.records.iter().map(|record| record.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        let (low, high) = (seconds.get(seconds.len().checked_sub(1)? / 2)?, seconds.get(seconds.len() / 2)?);
        Some(f64::midpoint(*low, *high))
    }

    /// Adds the record of an epoch, in which no metric was measured.
    pub fn push(&mut self, record: Record) {
        self.push_measured(record, &mut std::iter::empty());
    }

    /// Makes room for `epochs` more, so that none of them allocates.
    pub(crate) fn reserve(&mut self, epochs: usize) {
        // What a caller may ask for in good faith; beyond it, growth by doubling is no burden.
        let epochs = epochs.min(10_000);
        self.records.reserve(epochs);
        self.columns.iter_mut().for_each(|column| column.values.reserve(epochs));
    }

    /// Writes the records as comma-separated values under a line of names; what was not measured stays empty. Behind the
    /// columns that are always there, each metric has two: `name` and `validation_name`.
    ///
    /// # Errors
    /// What `writer` reports.
    pub fn write_csv(&self, mut writer: impl io::Write) -> io::Result<()> {
        write!(writer, "epoch,loss,accuracy,validation_loss,validation_accuracy,learning_rate,seconds")?;
        for Column { name, .. } in &self.columns {
            write!(writer, ",{name},validation_{name}")?;
        }
        writeln!(writer)?;
        for (place, record) in self.records.iter().enumerate() {
            let validation = record.validation;
            write!(
                writer,
                "{},{},{},{},{},{},{}",
                record.epoch,
                record.training.loss,
                Maybe(record.training.accuracy),
                Maybe(validation.map(|v| v.loss)),
                Maybe(validation.and_then(|v| v.accuracy)),
                record.learning_rate,
                record.seconds
            )?;
            for Values { training, validation } in self.columns.iter().map(|column| column.values[place]) {
                write!(writer, ",{},{}", Maybe(training), Maybe(validation))?;
            }
            writeln!(writer)?;
        }
        writer.flush()
    }
}

impl FromIterator<Record> for History {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        Self { records: records.into_iter().collect(), columns: Vec::new() }
    }
}

/// A number, or nothing.
struct Maybe(Option<f64>);

impl fmt::Display for Maybe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |number| fmt::Display::fmt(&number, f))
    }
}

/// A number with four decimals, or `-`.
struct Decimal(Option<f64>);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => f.pad(&format!("{number:.4}")),
            None => f.pad("-"),
        }
    }
}

/// The newest record with its metrics, as in `loss 0.2310  accuracy 93.1 %  top-5 0.9931  validation loss 0.2512  accuracy
/// 92.6 %  top-5 0.9912  0.41 s`.
pub(crate) struct Newest<'a>(pub(crate) &'a History);

impl fmt::Display for Newest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(record), columns) = (self.0.last(), &self.0.columns) else { return Ok(()) };
        let values = |column: &Column| column.values.last().copied().unwrap_or_default();
        let all = |of: fn(Values) -> Option<f64>, f: &mut fmt::Formatter<'_>| {
            columns.iter().try_for_each(|column| Named(&column.name, of(values(column))).fmt(f))
        };
        write!(f, "{}", record.training)?;
        all(|values| values.training, f)?;
        if let Some(validation) = record.validation {
            write!(f, "  validation {validation}")?;
            all(|values| values.validation, f)?;
        }
        write!(f, "  {}", Seconds(record.seconds))
    }
}

/// A table with one row for each epoch.
impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (validated, decides) = (
            self.records.iter().any(|record| record.validation.is_some()),
            self.records.iter().any(|record| record.training.accuracy.is_some()),
        );
        let accuracy = |f: &mut fmt::Formatter<'_>, accuracy: Option<f64>| {
            if decides { write!(f, "  {:>8}", Percent(accuracy)) } else { Ok(()) }
        };
        write!(f, "epoch       loss")?;
        write!(f, "{}", if decides { "  accuracy" } else { "" })?;
        if validated {
            write!(f, "  validation{}", if decides { "  accuracy" } else { "" })?;
        }
        for Column { name, .. } in &self.columns {
            write!(f, "  {name:>8}")?;
            if validated {
                write!(f, "  validation")?;
            }
        }
        writeln!(f, "       rate  seconds")?;
        for (place, record) in self.records.iter().enumerate() {
            write!(f, "{:>5}  {:>9.4}", record.epoch, record.training.loss)?;
            accuracy(f, record.training.accuracy)?;
            match record.validation {
                Some(validation) => {
                    write!(f, "  {:>10.4}", validation.loss)?;
                    accuracy(f, validation.accuracy)?;
                }
                None if validated => {
                    write!(f, "  {:>10}", "-")?;
                    accuracy(f, None)?;
                }
                None => {}
            }
            for column in &self.columns {
                let Values { training, validation } = column.values[place];
                let width = column.name.chars().count().max(8);
                write!(f, "  {:>width$}", Decimal(training))?;
                if validated {
                    write!(f, "  {:>10}", Decimal(validation))?;
                }
            }
            writeln!(f, "  {:>9?}  {:>#7}", record.learning_rate, Seconds(record.seconds))?;
        }
        Ok(())
    }
}

/// As in `loss 0.2310  accuracy 93.1 %`.
impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loss {:.4}", self.loss)?;
        match self.accuracy {
            Some(accuracy) => write!(f, "  accuracy {:.1} %", 100.0 * accuracy),
            None => Ok(()),
        }
    }
}

/// As in `loss 0.2310  accuracy 93.1 %  validation loss 0.2512  accuracy 92.6 %  0.41 s`.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.training)?;
        if let Some(validation) = self.validation {
            write!(f, "  validation {validation}")?;
        }
        write!(f, "  {}", Seconds(self.seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(epoch: usize, loss: f64, validation: Option<f64>) -> Record {
        Record {
            epoch,
            training: Evaluation { loss, accuracy: Some(0.5) },
            validation: validation.map(|loss| Evaluation { loss, accuracy: Some(0.25) }),
            learning_rate: 0.001,
            seconds: epoch as f64,
        }
    }

    fn history() -> History {
        [record(1, 0.9, None), record(2, 0.7, Some(0.8)), record(3, 0.6, Some(0.85)), record(4, 0.65, Some(f64::NAN))]
            .into_iter()
            .collect()
    }

    #[test]
    fn best_is_the_lowest_validation_loss() {
        assert_eq!(history().best().map(|record| record.epoch), Some(2));
        let unvalidated: History = history().records.into_iter().map(|r| Record { validation: None, ..r }).collect();
        assert_eq!(unvalidated.best().map(|record| record.epoch), Some(3));
        assert_eq!(History::new().best(), None);
    }

    #[test]
    fn a_loss_that_is_no_number_is_never_the_best() {
        // ∞ − ∞ is a NaN whose sign bit is set on x86-64.
        for nan in [f64::NAN, -f64::NAN] {
            let validated: History =
                [record(1, nan, None), record(2, 0.7, Some(nan)), record(3, 0.8, Some(0.5)), record(4, nan, Some(nan))]
                    .into_iter()
                    .collect();
            assert_eq!(validated.best().map(|record| record.epoch), Some(3));
            let diverged: History = [record(1, 0.9, None), record(2, nan, None)].into_iter().collect();
            assert_eq!(diverged.best().map(|record| record.epoch), Some(1));
            let lost: History = [record(1, 0.9, None), record(2, 0.9, Some(nan))].into_iter().collect();
            assert_eq!(lost.best(), None, "training losses are not compared with validation losses");
        }
        let infinite: History = [record(1, 0.1, Some(f64::INFINITY)), record(2, 0.1, None)].into_iter().collect();
        assert_eq!(infinite.best().map(|record| record.epoch), Some(1));
    }

    #[test]
    fn median_of_even_and_odd_counts() {
        let seconds = |count| (1..=count).map(|epoch| record(epoch, 1.0, None)).collect::<History>().median_seconds();
        assert_eq!([seconds(0), seconds(1), seconds(3), seconds(4)], [None, Some(1.0), Some(2.0), Some(2.5)]);
    }

    #[test]
    fn csv_has_a_line_for_each_epoch() {
        let mut text = Vec::new();
        history().write_csv(&mut text).expect("a vector takes all bytes");
        let text = String::from_utf8(text).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[1], "1,0.9,0.5,,,0.001,1");
        assert_eq!(lines[2], "2,0.7,0.5,0.8,0.25,0.001,2");
    }

    #[test]
    fn tables_and_lines_are_readable() {
        assert_eq!(
            record(2, 0.7, Some(0.8)).to_string(),
            "loss 0.7000  accuracy 50.0 %  validation loss 0.8000  accuracy 25.0 %  2.00 s"
        );
        assert_eq!(
            history().to_string().lines().take(3).collect::<Vec<_>>(),
            [
                "epoch       loss  accuracy  validation  accuracy       rate  seconds",
                "    1     0.9000    50.0 %           -         -      0.001     1.00",
                "    2     0.7000    50.0 %      0.8000    25.0 %      0.001     2.00",
            ]
        );
        let quick = Record { seconds: 0.0032, validation: None, ..record(2, 0.7, None) };
        assert_eq!(quick.to_string(), "loss 0.7000  accuracy 50.0 %  3.20 ms");
        let table: History = [quick].into_iter().collect();
        assert!(table.to_string().ends_with("  50.0 %      0.001  0.00320\n"), "{table}");
    }
}
