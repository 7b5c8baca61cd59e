//! One try of a study.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use typednet_layers::Layer;
use typednet_tensor::Key;
use typednet_train::{Callback, CallbackResult, Control, EpochView, History, Objective};

use crate::{Finished, FromValue, Pruner, Setting, Space, TuneError, Value, Variants};

/// What a trial gives back: its loss, which the study makes small, or an error.
///
/// A [`TuneError`] ends the study, as it is a mistake in the program, and so does a training that was
/// [asked to end](typednet_train::Interrupt); [`Pruned`] counts as pruned; any other error and a
/// loss that is not finite count as failed, and the study goes on.
pub type TrialResult = Result<f64, Box<dyn Error + Send + Sync>>;

/// One try of a study: what the parameters are set to, and where its progress is reported.
pub struct Trial {
    index: usize,
    key: Key,
    space: Arc<Space>,
    settings: Vec<Setting>,
    progress: Arc<Reports>,
}

/// The trial was pruned: by its reports it will not be among the better ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pruned;

impl fmt::Display for Pruned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the trial was pruned: other trials were better at this step")
    }
}

typednet_tensor::debug_as_display!(Pruned);

impl Error for Pruned {}

/// What a trial and its [`Watch`] share.
struct Reports {
    known: Vec<Arc<Finished>>,
    pruner: Option<Arc<dyn Pruner>>,
    made: Mutex<(Vec<(u64, f64)>, bool)>,
    /// Whether nobody wants the trial any more.
    ended: Arc<AtomicBool>,
}

impl Reports {
    fn report(&self, step: u64, loss: f64) -> Result<(), Pruned> {
        if self.ended.load(Ordering::Relaxed) {
            return Err(Pruned);
        }
        let (reports, pruned) = &mut *self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if !*pruned && reports.last().is_none_or(|last| last.0 < step) {
            reports.push((step, if loss.is_finite() { loss } else { f64::NAN }));
            *pruned = self.pruner.as_ref().is_some_and(|pruner| pruner.prune(&self.known, reports));
        }
        if *pruned { Err(Pruned) } else { Ok(()) }
    }
}

impl Trial {
    pub(crate) fn new(
        (index, key): (usize, Key),
        space: Arc<Space>,
        settings: Vec<Setting>,
        known: Vec<Arc<Finished>>,
        pruner: Option<Arc<dyn Pruner>>,
    ) -> Self {
        Self {
            index,
            key,
            space,
            settings,
            progress: Arc::new(Reports { known, pruner, made: Mutex::default(), ended: Arc::default() }),
        }
    }

    /// Of a study that says when it has ended: what is reported then ends the trial.
    pub(crate) fn of_study(mut self, ended: Arc<AtomicBool>) -> Self {
        if let Some(reports) = Arc::get_mut(&mut self.progress) {
            reports.ended = ended;
        }
        self
    }

    /// The number of the trial in its study, from 0.
    pub const fn index(&self) -> usize {
        self.index
    }

    /// A seed for this trial's network and training. It follows from the study's seed and the trial's number.
    pub const fn seed(&self) -> u64 {
        self.key.bits(0)
    }

    /// What a parameter is set to, as a number, an integer, a truth value or a `String`.
    ///
    /// # Errors
    /// If there is no such parameter, or it is of another type.
    pub fn get<T: FromValue>(&self, name: &str) -> Result<T, TuneError> {
        let value = self.value(name)?;
        T::from_value(&value).ok_or_else(|| TuneError::WrongType {
            name: name.to_owned(),
            expected: T::EXPECTED,
            found: format!("set to {value}, which is {}", value.kind()),
        })
    }

    /// What a parameter is set to.
    ///
    /// # Errors
    /// If there is no such parameter.
    pub fn value(&self, name: &str) -> Result<Value, TuneError> {
        let place = self.space.find(name)?;
        Ok(self.space.parameters()[place].value(self.settings[place]))
    }

    /// Which of the variants a parameter is set to.
    ///
    /// # Errors
    /// If there is no such parameter, or it was made from other variants.
    pub fn variant<'v, T, const N: usize>(&self, name: &str, variants: &'v Variants<T, N>) -> Result<&'v T, TuneError> {
        let value = self.value(name)?;
        let found = if let Value::Text(text) = &value { variants.get(text) } else { None };
        found.ok_or_else(|| TuneError::WrongType {
            name: name.to_owned(),
            expected: "one of other variants",
            found: format!("set to {value}"),
        })
    }

    /// All parameters with their values, in the order of the space.
    pub fn values(&self) -> impl Iterator<Item = (&str, Value)> {
        self.space.parameters().iter().zip(&self.settings).map(|(p, setting)| (p.name(), p.value(*setting)))
    }

    /// Says how high the loss is at a step, such as an epoch, and asks whether the trial is worth going on with.
    ///
    /// A step that is not above the one before is left out. Where the study has ended on [other ranks](crate::Study::run_on), a report
    /// ends the trial too.
    ///
    /// # Errors
    /// [`Pruned`] if the pruner ends the trial: give the error back, as `?` does.
    pub fn report(&self, step: u64, loss: f64) -> Result<(), Pruned> {
        self.progress.report(step, loss)
    }

    /// Whether the pruner has ended this trial. What the trial gives back then does not matter.
    pub fn is_pruned(&self) -> bool {
        self.progress.made.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    /// A callback for a trainer, which [reports](Trial::report) the validation loss of each epoch, or the training loss
    /// where there are no validation data, and ends the training when the trial is pruned.
    pub fn watch(&self) -> Watch {
        self.watch_by(Objective::Loss)
    }

    /// As [`watch`](Trial::watch), by the `"accuracy"` or a metric of the trainer by its name. Where higher is better, what is
    /// reported is less than 0, since a study makes it small; so the trial gives back
    /// [`Objective::best_to_minimise`](typednet_train::Objective::best_to_minimise).
    pub fn watch_by(&self, objective: impl Into<Objective>) -> Watch {
        Watch { progress: Arc::clone(&self.progress), objective: objective.into() }
    }

    /// The settings, the reports, and whether it was pruned.
    pub(crate) fn into_parts(self) -> (Vec<Setting>, Vec<(u64, f64)>, bool) {
        let (reports, pruned) = self.progress.made.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (self.settings, reports, pruned)
    }
}

/// The trial with its values, as in `trial 3: rate 0.01000, batch 32`.
impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trial {}", self.index)?;
        self.values()
            .enumerate()
            .try_for_each(|(place, (name, value))| write!(f, "{} {name} {value}", if place == 0 { ":" } else { "," }))
    }
}

/// A trial's eye on a training: see [`Trial::watch`].
pub struct Watch {
    progress: Arc<Reports>,
    objective: Objective,
}

impl Watch {
    fn observe(&self, history: &History, place: usize) -> Control {
        let value = self.objective.to_minimise(history, place);
        match self.progress.report(history.records()[place].epoch as u64, value) {
            Ok(()) => Control::Continue,
            Err(Pruned) => Control::Stop,
        }
    }
}

impl<M: Layer> Callback<M> for Watch {
    fn follows(&self) -> Option<&Objective> {
        Some(&self.objective)
    }

    fn resume(&mut self, history: &History, _weights: Option<&M>) -> Control {
        (0..history.records().len()).fold(Control::Continue, |_, place| self.observe(history, place))
    }

    fn epoch(&mut self, view: &EpochView<'_, M>) -> CallbackResult {
        Ok(self.observe(view.history, view.history.records().len() - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial() -> Trial {
        let space = Space::new().log_uniform("rate", 1e-3, 1.0).and_then(|space| space.choice("batch", [8, 16]));
        let space = Arc::new(space.expect("a space"));
        let settings = vec![Setting::Number(0.01), Setting::Choice(1)];
        Trial::new((3, Key::new(0)), space, settings, Vec::new(), None)
    }

    #[test]
    fn values_are_asked_for_by_name_and_type() {
        let trial = trial();
        assert_eq!(trial.get("rate"), Ok(0.01));
        assert_eq!(trial.get::<usize>("batch"), Ok(16));
        assert_eq!(trial.get::<f64>("batch"), Ok(16.0));
        let text = |error: Result<usize, TuneError>| error.unwrap_err().to_string();
        assert_eq!(text(trial.get("rates")), "there is no parameter `rates`; the space has `rate`, `batch`");
        assert_eq!(
            text(trial.get("rate")),
            "parameter `rate` is set to 0.01000, which is a number, but an integer from 0 was asked for"
        );
        let other = Variants::new(["a"], [1_usize]);
        assert!(text(trial.variant("batch", &other).copied()).contains("other variants"));
        assert_eq!(trial.to_string(), "trial 3: rate 0.01000, batch 16");
    }

    #[test]
    fn steps_go_forward() {
        let trial = trial();
        for (step, loss) in [(1, 0.5), (3, f64::INFINITY), (2, 9.0), (3, 9.0), (4, 0.25)] {
            assert_eq!(trial.report(step, loss), Ok(()));
        }
        let (_, reports, pruned) = trial.into_parts();
        assert_eq!(reports.iter().map(|report| report.0).collect::<Vec<_>>(), [1, 3, 4]);
        assert!(reports[1].1.is_nan() && !pruned);
    }
}
