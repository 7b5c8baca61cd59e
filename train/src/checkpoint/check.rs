//! Validation of a checkpoint's numbers.
//!
//! A checksum tells of damage, not of intent, and not of a program that writes nonsense: what is used is looked at.

use std::fmt::Display;

use typednet_tensor::Better;

use super::meta::{EvaluationMeta, Exact, Meta, PlateauMeta, PositionMeta, RecordMeta, hash};

/// Counts of steps end before this, so that one more can always be made, and a scalar of 64 bits holds each exactly.
const MOST: u64 = 1 << 53;

/// A field that holds what no training writes there.
#[derive(Debug, PartialEq)]
pub(crate) struct BadField {
    pub(crate) field: String,
    pub(crate) found: String,
    pub(crate) expected: String,
}

/// What the trainer that goes on knows by itself.
pub(crate) struct Known<'a> {
    pub(crate) seed: u64,
    pub(crate) batch_size: usize,
    pub(crate) shards: usize,
    pub(crate) has_average: bool,
    pub(crate) has_plateau: bool,
    /// The names of the metrics.
    pub(crate) metrics: &'a [(String, Better)],
    /// How many numbers go on from one batch to the next.
    pub(crate) carried: usize,
}

/// `Ok` if `holds`, else what is wrong with the field.
fn ensure(holds: bool, field: &str, found: impl Display, expected: impl Into<String>) -> Result<(), BadField> {
    if holds {
        Ok(())
    } else {
        Err(BadField { field: field.into(), found: found.to_string(), expected: expected.into() })
    }
}

/// A field that must be a certain value.
fn equal<T: PartialEq + Display>(field: &str, found: &T, expected: &T) -> Result<(), BadField> {
    ensure(found == expected, field, found, expected.to_string())
}

/// An amount of time.
fn seconds(field: &str, Exact(found): Exact) -> Result<(), BadField> {
    ensure(found.is_finite() && found >= 0.0, field, found, "a number of seconds, not below 0")
}

impl Meta {
    /// The first field that no training with these settings would have written.
    pub(crate) fn check(&self, known: &Known<'_>) -> Result<(), BadField> {
        equal("settings_hash", &self.settings_hash, &hash(&self.settings))?;
        equal("seed", &self.seed, &known.seed)?;
        equal("batch_size", &self.batch_size, &known.batch_size)?;
        ensure(self.step < MOST, "step", self.step, format!("below {MOST}"))?;
        let epochs = self.history.len();
        ensure(self.epoch == epochs, "epoch", self.epoch, format!("{epochs}, as `history` has so many epochs"))?;
        let most = format!("at most {epochs}, as `history` has so many epochs");
        ensure(self.began_after <= epochs, "began_after", self.began_after, most)?;
        let Exact(rate) = self.learning_rate;
        ensure(rate.is_finite(), "learning_rate", rate, "finite")?;

        let presence = |there: bool| if there { "there, as in the settings" } else { "null, as in the settings" };
        let say = |there: bool| if there { "there" } else { "null" };
        let average = self.average_updates.is_some();
        ensure(average == known.has_average, "average_updates", say(average), presence(known.has_average))?;
        let updates = self.average_updates.unwrap_or(0);
        ensure(updates <= self.step, "average_updates", updates, format!("at most {}, as `step`", self.step))?;
        let plateau = self.plateau.is_some();
        ensure(plateau == known.has_plateau, "plateau", say(plateau), presence(known.has_plateau))?;
        self.plateau.as_ref().map_or(Ok(()), |plateau| plateau.check(epochs))?;
        if let Some(position) = &self.position {
            position.check(self.batch_size, known.shards)?;
            // Data with another mark are refused before a row is taken, so those that are taken have as many.
            let (found, samples) = (position.samples, self.data.map_or(0, |data| data.samples));
            ensure(found == samples, "position.samples", found, format!("{samples}, as `data.samples`"))?;
        }
        (0..).zip(&self.history).try_for_each(|(place, record)| record.check(place))?;
        self.check_metrics(known)
    }

    /// Whether there is a column for each metric, with a number for each epoch.
    fn check_metrics(&self, known: &Known<'_>) -> Result<(), BadField> {
        let epochs = self.history.len();
        let found: Vec<&str> = self.columns.iter().map(|column| &column.name[..]).collect();
        let wanted: Vec<&str> = known.metrics.iter().map(|(name, _)| &name[..]).collect();
        let holds = self.columns.is_empty() && epochs == 0 || found == wanted;
        let list = |names: &[&str]| format!("[{}]", names.join(", "));
        ensure(holds, "columns", list(&found), format!("{}, the metrics of the trainer", list(&wanted)))?;
        for (place, column) in self.columns.iter().enumerate() {
            for (name, values) in [("training", &column.training), ("validation", &column.validation)] {
                let expected = format!("{epochs} numbers, as `history` has so many epochs");
                ensure(values.len() == epochs, &format!("columns[{place}].{name}"), values.len(), expected)?;
            }
        }
        let (found, most) = (self.metrics.len(), if self.position.is_some() { known.metrics.len() } else { 0 });
        ensure(found <= most, "metrics", found, format!("at most {most} entries"))?;
        let (found, expected) = (self.carried.len(), if self.position.is_some() { known.carried } else { 0 });
        ensure(found == expected, "carried", found, format!("{expected} numbers"))?;
        let bad = self.carried.iter().map(|Exact(x)| *x).find(|x| !x.is_finite());
        ensure(bad.is_none(), "carried", bad.unwrap_or(0.0), "finite numbers")
    }
}

impl PlateauMeta {
    fn check(&self, epochs: usize) -> Result<(), BadField> {
        let Exact(factor) = self.factor;
        ensure((0.0..=1.0).contains(&factor), "plateau.factor", factor, "from 0 to 1")?;
        let best = self.best.map_or(0.0, |Exact(best)| best);
        ensure(!best.is_nan(), "plateau.best", best, "a number")?;
        let most = format!("at most {epochs}, as `history` has so many epochs");
        ensure(self.bad_epochs as usize <= epochs, "plateau.bad_epochs", self.bad_epochs, most)
    }
}

impl PositionMeta {
    fn check(&self, batch_size: usize, shards: usize) -> Result<(), BadField> {
        let Self { samples, taken, loss: Exact(loss), correct, terms, decides, seconds: time } = *self;
        let many = (1..=u32::MAX as usize).contains(&samples);
        ensure(many, "position.samples", samples, format!("from 1 to {}", u32::MAX))?;
        // Where shards draw from parts of different lengths, batches become smaller towards the end of an epoch.
        let (expected, whole) = match shards {
            1 => (
                format!("{samples}, as `position.samples`, or a multiple of {batch_size} below"),
                taken.is_multiple_of(batch_size),
            ),
            _ => (format!("from 1 to {samples}, as `position.samples`"), true),
        };
        let reached = taken == samples || (taken > 0 && taken < samples && whole);
        ensure(reached, "position.taken", taken, expected)?;
        // Each sample has at most as many steps as an array has that fits into memory.
        let most = (taken as u64).saturating_mul(1 << 32);
        ensure((1..=most).contains(&terms), "position.terms", terms, format!("from 1 to {most}"))?;
        let most = if decides { terms } else { 0 };
        ensure(correct <= most, "position.correct", correct, format!("at most {most}"))?;
        ensure(loss.is_finite(), "position.loss", loss, "finite")?;
        seconds("position.seconds", time)
    }
}

impl RecordMeta {
    fn check(&self, place: usize) -> Result<(), BadField> {
        let field = |name: &str| format!("history[{place}].{name}");
        let epoch = place + 1;
        ensure(self.epoch == epoch, &field("epoch"), self.epoch, format!("{epoch}, as epochs are counted from 1"))?;
        self.training.check(&field("training"))?;
        self.validation.as_ref().map_or(Ok(()), |validation| validation.check(&field("validation")))?;
        let Exact(rate) = self.learning_rate;
        ensure(rate.is_finite(), &field("learning_rate"), rate, "finite")?;
        seconds(&field("seconds"), self.seconds)
    }
}

impl EvaluationMeta {
    /// A loss may be infinite or NaN: that of validation data stops no training.
    fn check(&self, field: &str) -> Result<(), BadField> {
        let share = self.accuracy.map_or(0.0, |Exact(share)| share);
        ensure((0.0..=1.0).contains(&share), &format!("{field}.accuracy"), share, "from 0 to 1")
    }
}
