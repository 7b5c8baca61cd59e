//! From measurements to findings.

use typednet_tensor::Better;
use typednet_train::Record;

use crate::{Finding, Measurement, Problem, Thresholds, WatchedLayer};

/// Compares what is measured with the thresholds, and says each thing once.
#[derive(Debug, Default)]
pub(crate) struct Diagnosis {
    pub(crate) thresholds: Thresholds,
    /// For each layer and each problem of a layer, for how many measurements in a row it has been seen.
    streaks: Vec<[u32; LAYER_ILLNESSES]>,
    /// The same for problems of the whole network.
    shrinking: u32,
    said: Vec<Problem>,
    /// The loss of the first measurement, and those of the last ones.
    first_loss: Option<f64>,
    losses: [f64; RECENT],
    measured: usize,
    /// The largest update ratio of the last measurement.
    largest_update: Option<f64>,
    found: Vec<Found>,
}

/// A finding before its words: nothing is allocated for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    problem: Problem,
    layer: Option<usize>,
    epoch: usize,
    step: u64,
    number: f64,
    threshold: f64,
}

/// How many losses are averaged, so that one bad batch is no finding.
const RECENT: usize = 4;

const LAYER_ILLNESSES: usize = 6;

/// What a single layer may suffer from, in the order of the streaks.
const OF_LAYERS: [Problem; LAYER_ILLNESSES] = [
    Problem::VanishingGradient,
    Problem::ExplodingGradient,
    Problem::DeadUnits,
    Problem::SaturatedUnits,
    Problem::LargeUpdates,
    Problem::NotFinite,
];

/// A streak that has been reported.
const SAID: u32 = u32::MAX;

impl Diagnosis {
    /// Makes room for all findings that there can be.
    pub(crate) fn reserve(&mut self, layers: usize) {
        self.streaks.resize(layers, [0; LAYER_ILLNESSES]);
        self.found.reserve(layers * LAYER_ILLNESSES + 8);
        self.said.reserve(8);
    }

    /// The findings since the last call, in words.
    pub(crate) fn take(&mut self, layers: &[WatchedLayer]) -> impl Iterator<Item = Finding> {
        self.found.drain(..).map(|found| Finding {
            problem: found.problem,
            severity: found.problem.severity(),
            layer: found.layer.map(|layer| layers[layer].name.clone()),
            epoch: found.epoch,
            step: found.step,
            found: found.number,
            threshold: found.threshold,
        })
    }

    /// Looks at a measurement; nothing is allocated.
    pub(crate) fn measured(&mut self, layers: &[WatchedLayer], measurement: &Measurement) {
        let limits = self.thresholds;
        let sizes = || measurement.layers.iter().filter_map(|layer| Some(layer.parameters?.gradient_size));
        let largest = sizes().fold(0.0, f64::max);
        for (index, (layer, measured)) in layers.iter().zip(&measurement.layers).enumerate() {
            let (parameters, activations) = (measured.parameters.as_ref(), measured.activations.as_ref());
            let size = parameters.map(|p| p.gradient_size);
            let vanishes = size.filter(|size| *size < limits.smallest_gradient && largest >= limits.smallest_gradient);
            let explodes = size.filter(|size| *size > limits.largest_gradient);
            let dead = activations.map(|a| a.dead).filter(|_| layer.dies && !layer.last);
            let saturated = activations.map(|a| a.saturated).filter(|_| !layer.last);
            let update = parameters.and_then(|p| p.update_ratio);
            let most = limits.update_ratio * limits.far_above;
            // A step that is larger than the weights is no noise.
            let update_patience = if update > Some(10.0 * most) { 1 } else { limits.patience };
            let broken = activations.filter(|a| !a.is_finite()).map(|a| a.mean);
            let seen = [
                (vanishes, limits.smallest_gradient, limits.patience),
                (explodes, limits.largest_gradient, limits.patience),
                (dead.filter(|share| *share > limits.dead), limits.dead, limits.patience),
                (saturated.filter(|share| *share > limits.saturated), limits.saturated, limits.patience),
                (update.filter(|ratio| *ratio > most), most, update_patience),
                (broken, f64::INFINITY, 1),
            ];
            for ((place, problem), (found, threshold, patience)) in OF_LAYERS.iter().enumerate().zip(seen) {
                let streak = &mut self.streaks[index][place];
                if lasts(streak, found.is_some(), patience) {
                    let number = found.unwrap_or_default();
                    let Measurement { epoch, step, .. } = *measurement;
                    self.found.push(Found { problem: *problem, layer: Some(index), epoch, step, number, threshold });
                }
            }
        }
        self.shrinks(layers, measurement);
        self.rises(measurement);
        let updates = measurement.layers.iter().filter_map(|layer| layer.parameters?.update_ratio);
        self.largest_update = updates.reduce(f64::max);
    }

    /// Whether the gradient shrinks from layer to layer.
    fn shrinks(&mut self, layers: &[WatchedLayer], measurement: &Measurement) {
        let limits = self.thresholds;
        let with_weights = || {
            let pairs = layers.iter().zip(&measurement.layers).enumerate();
            pairs.filter_map(|(index, (layer, measured))| {
                Some((index, measured.parameters.filter(|_| layer.weighted)?.gradient_size))
            })
        };
        let count = with_weights().count();
        let (Some((first, smallest)), Some((_, last))) = (with_weights().next(), with_weights().next_back()) else {
            return;
        };
        let ratio = (smallest / last).powf(1.0 / (count.max(2) - 1) as f64);
        let shrinks = count >= limits.shrinking_layers && ratio < limits.shrinking;
        if lasts(&mut self.shrinking, shrinks, limits.patience) {
            self.say_of(
                Problem::ShrinkingGradient,
                Some(first),
                measurement.epoch,
                measurement.step,
                ratio,
                limits.shrinking,
            );
        }
    }

    /// Whether the loss of the last batches is larger than that of the first.
    fn rises(&mut self, measurement: &Measurement) {
        let first = *self.first_loss.get_or_insert(measurement.loss);
        self.losses[self.measured % RECENT] = measurement.loss;
        self.measured += 1;
        let threshold = first + (self.thresholds.rising - 1.0) * first.abs();
        let mean = self.losses.iter().sum::<f64>() / RECENT as f64;
        if self.measured > RECENT && mean > threshold {
            self.say(Problem::RisingLoss, measurement.epoch, measurement.step, mean, threshold);
        }
    }

    /// Looks at the records of all epochs so far.
    pub(crate) fn recorded(&mut self, records: &[Record], step: u64) {
        let limits = self.thresholds;
        let (Some(first), Some(last)) = (records.first(), records.last()) else { return };
        let (begun, now) = (first.training.loss, last.training.loss);

        // Higher than the best epoch, and by so much that it is no noise around nothing.
        let best = records.iter().map(|record| record.training.loss).fold(f64::INFINITY, f64::min);
        let threshold = (best + (limits.rising - 1.0) * best.abs()).max(best + 0.1 * begun.abs());
        if now > threshold {
            self.say(Problem::RisingLoss, last.epoch, step, now, threshold);
        }

        if records.len() == limits.flat_epochs && records.len() > 1 {
            let fallen = (begun - now) / begun.abs().max(f64::MIN_POSITIVE);
            let least = limits.update_ratio / limits.far_below;
            match self.largest_update {
                _ if fallen.abs() >= limits.flat => {}
                Some(update) if update < least => self.say(Problem::SmallUpdates, last.epoch, step, update, least),
                _ => self.say(Problem::FlatLoss, last.epoch, step, fallen, limits.flat),
            }
        }

        let validated = || records.iter().filter_map(|record| Some((record, record.validation?.loss)));
        let lowest = Better::Lower.first_of(validated(), |(_, loss)| *loss);
        if let (Some((best, lowest)), Some(validation)) = (lowest, last.validation) {
            let threshold = lowest + limits.overfitting * lowest.abs();
            let long = last.epoch >= best.epoch + limits.overfitting_epochs;
            if long && validation.loss > threshold && now < best.training.loss {
                self.say(Problem::Overfitting, last.epoch, step, validation.loss, threshold);
            }
        }
    }

    /// Says something about the whole network, once.
    fn say(&mut self, problem: Problem, epoch: usize, step: u64, number: f64, threshold: f64) {
        self.say_of(problem, None, epoch, step, number, threshold);
    }

    fn say_of(&mut self, problem: Problem, layer: Option<usize>, epoch: usize, step: u64, number: f64, threshold: f64) {
        if !self.said.contains(&problem) {
            self.said.push(problem);
            self.found.push(Found { problem, layer, epoch, step, number, threshold });
        }
    }
}

/// Whether something has now been seen `patience` times in a row, for the first time.
fn lasts(streak: &mut u32, seen: bool, patience: u32) -> bool {
    match (*streak, seen) {
        (SAID, _) => false,
        (_, false) => {
            *streak = 0;
            false
        }
        (count, true) if count + 1 >= patience => {
            *streak = SAID;
            true
        }
        (count, true) => {
            *streak = count + 1;
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use typednet_train::Evaluation;

    use super::*;

    fn records(losses: &[(f64, Option<f64>)]) -> Vec<Record> {
        let evaluation = |loss| Evaluation { loss, accuracy: None };
        let record = |(i, &(loss, validation)): (usize, &(f64, Option<f64>))| Record {
            epoch: i + 1,
            training: evaluation(loss),
            validation: validation.map(evaluation),
            learning_rate: 0.1,
            seconds: 0.0,
        };
        losses.iter().enumerate().map(record).collect()
    }

    fn found(losses: &[(f64, Option<f64>)]) -> Vec<Problem> {
        let mut diagnosis = Diagnosis::default();
        let records = records(losses);
        for epoch in 1..=records.len() {
            diagnosis.recorded(&records[..epoch], 10);
        }
        diagnosis.take(&[]).map(|finding| finding.problem).collect()
    }

    #[test]
    fn a_finding_needs_patience_and_is_said_once() {
        let mut streak = 0;
        let said: Vec<bool> =
            [true, true, false, true, true, true, true].into_iter().map(|seen| lasts(&mut streak, seen, 3)).collect();
        assert_eq!(said, [false, false, false, false, false, true, false]);
        assert!(lasts(&mut 0, true, 1));
    }

    #[test]
    fn losses_over_epochs() {
        let plain = |losses: &[f64]| found(&losses.iter().map(|loss| (*loss, None)).collect::<Vec<_>>());
        assert_eq!(plain(&[0.9, 0.5, 0.3, 0.29]), []);
        assert_eq!(plain(&[0.9, 0.001, 0.004, 0.001]), [], "noise around nothing");
        assert_eq!(plain(&[0.9, 0.3, 0.6, 0.9]), [Problem::RisingLoss], "and only once");
        assert_eq!(plain(&[0.9, 0.899, 0.898]), [Problem::FlatLoss]);
        assert_eq!(plain(&[0.9, 0.5, 0.3, 0.3, 0.3]), [], "flat, but not from the start");
        let pairs = [(0.9, Some(0.9)), (0.5, Some(0.6)), (0.3, Some(0.62)), (0.2, Some(0.64)), (0.1, Some(0.7))];
        assert_eq!(found(&pairs), [Problem::Overfitting]);
        assert_eq!(found(&pairs[..4]), [], "not for long enough");
        let both = [(0.5, Some(0.6)), (0.5, Some(0.62)), (0.6, Some(0.7)), (0.7, Some(0.7)), (0.7, Some(0.8))];
        assert!(!found(&both).contains(&Problem::Overfitting), "the training loss rises too");
    }
}
