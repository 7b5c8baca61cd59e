//! The metrics of a trainer.

use typednet_layers::loss::{CheckedLoss, Loss};
use typednet_tensor::{Better, Sample};

use super::Metric;
use crate::objective::{ACCURACY, LOSS};
use crate::{TrainError, Values};

/// All metrics of a trainer, over the training data and over other data.
pub(crate) struct Meters<Out, Target> {
    /// Names and directions, in the order in which they were given.
    names: Vec<(String, Better)>,
    /// In the same order.
    each: Vec<Meter<Out, Target>>,
    /// Outputs with the last activation, where the loss brings that along.
    activated: Vec<Out>,
}

struct Meter<Out, Target> {
    training: Box<dyn Metric<Out, Target>>,
    evaluation: Box<dyn Metric<Out, Target>>,
    /// Whether samples of the epoch are missing, because a checkpoint did not keep what was measured of them.
    is_partial: bool,
}

/// Names of columns that every history has.
const TAKEN: [&str; 5] = ["epoch", LOSS, ACCURACY, "learning_rate", "seconds"];

impl<Out, Target> Default for Meters<Out, Target> {
    fn default() -> Self {
        Self { names: Vec::new(), each: Vec::new(), activated: Vec::new() }
    }
}

impl<Out: Sample, Target> Meters<Out, Target> {
    pub(crate) fn push(&mut self, metric: impl Metric<Out, Target> + Clone + 'static) {
        self.names.push((metric.name(), metric.better()));
        let (training, evaluation) = (Box::new(metric.clone()), Box::new(metric));
        self.each.push(Meter { training, evaluation, is_partial: false });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    /// The names and directions, in the order in which they were given.
    pub(crate) fn names(&self) -> &[(String, Better)] {
        &self.names
    }

    /// Makes room for batches of `rows` rows.
    pub(crate) fn reserve<L: Loss<Out, Target = Target>>(&mut self, rows: usize, loss: &CheckedLoss<L, Out>) {
        if !self.is_empty() && loss.logits() {
            self.activated.reserve(rows.saturating_sub(self.activated.len()));
        }
    }

    /// An epoch begins.
    pub(crate) fn begin_training(&mut self) {
        for meter in &mut self.each {
            meter.training.reset();
            meter.is_partial = false;
        }
    }

    /// A measurement of other data begins.
    pub(crate) fn begin_evaluation(&mut self) {
        self.each.iter_mut().for_each(|meter| meter.evaluation.reset());
    }

    /// Takes in a batch of a training: `y` as the loss gets it.
    pub(crate) fn train<L>(&mut self, loss: &CheckedLoss<L, Out>, y: &[Out], targets: &[Target])
    where
        L: Loss<Out, Target = Target>,
    {
        self.update(loss, y, targets, |meter| &mut meter.training);
    }

    /// Takes in a batch of other data: `y` as the loss gets it.
    pub(crate) fn evaluate<L>(&mut self, loss: &CheckedLoss<L, Out>, y: &[Out], targets: &[Target])
    where
        L: Loss<Out, Target = Target>,
    {
        self.update(loss, y, targets, |meter| &mut meter.evaluation);
    }

    fn update<L: Loss<Out, Target = Target>>(
        &mut self,
        loss: &CheckedLoss<L, Out>,
        y: &[Out],
        targets: &[Target],
        metric: impl Fn(&mut Meter<Out, Target>) -> &mut Box<dyn Metric<Out, Target>>,
    ) {
        if self.each.is_empty() {
            return;
        }
        let y = if loss.logits() {
            self.activated.clear();
            self.activated.extend_from_slice(y);
            loss.activate(&mut self.activated);
            &self.activated[..]
        } else {
            y
        };
        for meter in &mut self.each {
            metric(meter).update(y, targets);
        }
    }

    /// What each metric was over the epoch, and over the data that were measured last if `validated`.
    pub(crate) fn values(&self, validated: bool) -> impl Iterator<Item = Values> {
        self.each.iter().map(move |meter| Values {
            training: if meter.is_partial { None } else { meter.training.value() },
            validation: if validated { meter.evaluation.value() } else { None },
        })
    }

    /// What each metric remembers of the epoch so far.
    pub(crate) fn states(&self) -> Vec<Option<Vec<f64>>> {
        self.each.iter().map(|meter| if meter.is_partial { None } else { meter.training.state() }).collect()
    }

    /// Takes [`states`](Self::states) over; the place of the first that is no state of its metric is an error.
    pub(crate) fn restore(&mut self, states: &[Option<Vec<f64>>]) -> Result<(), usize> {
        self.begin_training();
        for (place, meter) in self.each.iter_mut().enumerate() {
            match states.get(place) {
                Some(Some(state)) if !meter.training.restore(state) => return Err(place),
                Some(Some(_)) => {}
                Some(None) | None => meter.is_partial = true,
            }
        }
        Ok(())
    }
}

/// Whether each name can be that of a column.
pub(crate) fn check_names(names: &[(String, Better)]) -> Result<(), TrainError> {
    let error = |name: &str, reason| Err(TrainError::MetricName { name: name.to_owned(), reason });
    for (place, (name, _)) in names.iter().enumerate() {
        let odd = |c: char| c.is_control() || c == ',' || c == '"';
        if name.trim().is_empty() || name.contains(odd) {
            return error(name, "a name is not empty and has no commas, quotation marks and line ends");
        }
        if TAKEN.contains(&&name[..]) || name.starts_with("validation_") {
            return error(name, "every history has a column of that name");
        }
        if names[..place].iter().any(|(other, _)| other == name) {
            return error(name, "two metrics have that name");
        }
    }
    Ok(())
}
