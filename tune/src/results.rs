//! Results of a study.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::sync::Arc;

use typednet_formats::one_line;
use typednet_tensor::Better;
use typednet_train::Seconds;

use crate::show::TORN;
use crate::value::short;
use crate::work::keys;
use crate::{Finished, Outcome, Setting, Space, Trial, TuneError, Value};

/// All trials of a study, of which at least one is complete.
///
/// `Display` is a table with the best trials first.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    space: Arc<Space>,
    trials: Vec<Finished>,
    best: usize,
    seed: u64,
    torn: bool,
    lost: Vec<String>,
}

impl Results {
    /// Trials in the order of their numbers; whether a line of the file was cut off, and which ranks were lost.
    pub(crate) fn new(
        space: Arc<Space>,
        trials: Vec<Finished>,
        seed: u64,
        (torn, lost): (bool, Vec<String>),
    ) -> Result<Self, TuneError> {
        let complete = trials.iter().enumerate().filter_map(|(place, trial)| Some((place, trial.loss()?)));
        let Some((best, _)) = Better::Lower.first_of(complete, |(_, loss)| *loss) else {
            let said = trials.iter().find_map(|trial| match &trial.outcome {
                Outcome::Failed { message } => Some(message.clone()),
                _ => None,
            });
            let first = said.unwrap_or_else(|| "all were pruned".into());
            return Err(TuneError::AllFailed { trials: trials.len(), first });
        };
        Ok(Self { space, trials, best, seed, torn, lost })
    }

    /// The complete trial with the smallest loss; the first of them where there are several.
    pub fn best(&self) -> &Finished {
        &self.trials[self.best]
    }

    /// What the best trial set a parameter to.
    ///
    /// # Errors
    /// If there is no such parameter.
    pub fn best_value(&self, name: &str) -> Result<Value, TuneError> {
        let place = self.space.find(name)?;
        Ok(self.space.parameters()[place].value(self.best().settings[place]))
    }

    /// The best trial once more, with its settings and its seed, to be given to the objective or to a function that trains
    /// a network for use. It is never pruned, and what it reports is not kept.
    pub fn best_trial(&self) -> Trial {
        let Finished { index, settings, .. } = self.best();
        let [_, key] = keys(self.seed, *index);
        Trial::new((*index, key), Arc::clone(&self.space), settings.clone(), Vec::new(), None)
    }

    /// All trials in the order of their numbers.
    pub fn trials(&self) -> &[Finished] {
        &self.trials
    }

    /// The space that was searched.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// The values of one of these trials, in the order of the space.
    pub fn values(&self, trial: &Finished) -> Vec<Value> {
        self.space.parameters().iter().zip(&trial.settings).map(|(p, setting)| p.value(*setting)).collect()
    }

    /// Whether the last line of the study's file was cut off, so that its trial ran again.
    pub const fn was_torn(&self) -> bool {
        self.torn
    }

    /// What is known of the ranks that were lost on the way, a sentence for each, such as `rank 2 has closed its connection: …; trial 7 is
    /// tried again`.
    pub fn lost(&self) -> &[String] {
        &self.lost
    }

    /// Writes one line for each trial, in the order of their numbers, under a line of names. The number of steps is that
    /// of the last report; what there is not stays empty.
    ///
    /// # Errors
    /// What `writer` reports.
    pub fn write_csv(&self, writer: impl io::Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(writer);
        let names = self.space.parameters().iter().map(crate::Parameter::name);
        csv.write_record(["trial", "state", "loss", "steps", "seconds"].into_iter().chain(names).chain(["message"]))?;
        for trial in &self.trials {
            let message = if let Outcome::Failed { message } = &trial.outcome { message } else { "" };
            let front = [
                trial.index.to_string(),
                state(trial).into(),
                trial.last_loss().map_or_else(String::new, |loss| loss.to_string()),
                trial.reports.last().map_or_else(String::new, |report| report.0.to_string()),
                trial.seconds.to_string(),
            ];
            let values = self.values(trial).into_iter().map(|value| match value {
                // All digits.
                Value::Number(number) => number.to_string(),
                other => other.to_string(),
            });
            csv.write_record(front.into_iter().chain(values).chain([message.to_owned()]))?;
        }
        csv.flush()
    }

    /// How many of the trials tried settings that no earlier one had tried.
    pub fn different(&self) -> usize {
        self.trials.iter().map(|trial| Setting::bits(&trial.settings)).collect::<HashSet<_>>().len()
    }

    /// The trials, the best first: complete ones, pruned ones, failed ones.
    fn ranked(&self) -> Vec<&Finished> {
        let mut ranked: Vec<&Finished> = self.trials.iter().collect();
        let loss = |trial: &Finished| trial.last_loss().unwrap_or(f64::NAN);
        ranked.sort_by(|a, b| {
            let class = (a.loss().is_none(), a.is_failed()).cmp(&(b.loss().is_none(), b.is_failed()));
            class.then(Better::Lower.order(loss(a), loss(b)))
        });
        ranked
    }
}

/// The longest cell that a table shows whole.
const LONGEST: usize = 40;

const fn state(trial: &Finished) -> &'static str {
    match trial.outcome {
        Outcome::Complete { .. } => "complete",
        Outcome::Pruned => "pruned",
        Outcome::Failed { .. } => "failed",
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |which: fn(&Finished) -> bool| self.trials.iter().filter(|trial| which(trial)).count();
        let (pruned, failed) = (count(Finished::is_pruned), count(Finished::is_failed));
        writeln!(
            f,
            "{} trials: {} complete, {pruned} pruned, {failed} failed; best loss {} in trial {}",
            self.trials.len(),
            self.trials.len() - pruned - failed,
            self.best().loss().map_or_else(String::new, short),
            self.best().index
        )?;
        if self.torn {
            writeln!(f, "{TORN}")?;
        }
        self.lost.iter().try_for_each(|lost| writeln!(f, "{lost}"))?;
        let different = self.different();
        if different < self.trials.len() {
            writeln!(f, "{different} different settings were tried: the others tried what an earlier trial had tried")?;
        }
        let names = self.space.parameters().iter().map(|parameter| one_line(parameter.name()).into_owned());
        let head = ["trial", "state", "loss", "steps", "seconds"].map(str::to_owned).into_iter().chain(names);
        let mut rows: Vec<Vec<String>> = vec![head.collect()];
        rows.extend(self.ranked().into_iter().map(|trial| {
            let dash = || "-".to_owned();
            let front = [
                trial.index.to_string(),
                state(trial).to_owned(),
                trial.last_loss().map_or_else(dash, short),
                trial.reports.last().map_or_else(dash, |report| report.0.to_string()),
                format!("{:#}", Seconds(trial.seconds)),
            ];
            let values = self.values(trial);
            front.into_iter().chain(values.iter().map(|value| one_line(&value.to_string()).into_owned())).collect()
        }));
        rows.iter_mut().flatten().for_each(|cell| *cell = typednet_data::short::name(cell, LONGEST).into_owned());
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
        for row in &rows {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                write!(f, "{}{cell:>width$}", if column == 0 { "" } else { "  " })?;
            }
            writeln!(f)?;
        }
        let mut said: Vec<&str> = Vec::new();
        for trial in &self.trials {
            if let Outcome::Failed { message } = &trial.outcome
                && !said.contains(&message.as_str())
            {
                said.push(message);
                writeln!(f, "trial {} failed: {message}", trial.index)?;
            }
        }
        Ok(())
    }
}
