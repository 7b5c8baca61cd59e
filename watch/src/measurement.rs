//! The measurement of a layer in a step.

use std::ops::Range;

use serde::Serialize;
use typednet_tensor::{Scalar, ops};

use crate::{Histogram, WatchedLayer};

/// What was measured in one step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Measurement {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The step, from 1.
    pub step: u64,
    /// The mean loss of the batch, before the step.
    pub loss: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// One for each watched layer, in the order of their outputs.
    pub layers: Vec<LayerMeasurement>,
}

impl Measurement {
    /// Takes over another one of the same network, in the memory that is there.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        let Self { epoch, step, loss, learning_rate, layers } = self;
        (*epoch, *step, *loss, *learning_rate) = (other.epoch, other.step, other.loss, other.learning_rate);
        layers.clone_from(&other.layers);
    }
}

/// What was measured of one layer in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LayerMeasurement {
    /// Of its parameters, where it has some.
    pub parameters: Option<Parameters>,
    /// Of what it gives; `None` where the layer around it does not show it, and in a step of which rank 0 of several
    /// [ranks](typednet_train::Trainer::ranks) has no row.
    pub activations: Option<Activations>,
}

impl LayerMeasurement {
    /// All numbers but the histograms, with their names; `None` where there is nothing to measure.
    pub fn numbers(&self) -> [(&'static str, Option<f64>); 9] {
        let (parameters, activations) = (self.parameters.as_ref(), self.activations.as_ref());
        [
            ("gradient_norm", parameters.map(|p| p.gradient_norm)),
            ("gradient_size", parameters.map(|p| p.gradient_size)),
            ("weight_norm", parameters.map(|p| p.weight_norm)),
            ("update_ratio", parameters.and_then(|p| p.update_ratio)),
            ("activation_mean", activations.map(|a| a.mean)),
            ("activation_deviation", activations.map(|a| a.deviation)),
            ("sparsity", activations.map(|a| a.sparsity)),
            ("dead", activations.map(|a| a.dead)),
            ("saturated", activations.map(|a| a.saturated)),
        ]
    }
}

/// What was measured of the parameters of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parameters {
    /// ‖g‖, the length of the gradient of weights and biases, as the optimiser gets it.
    pub gradient_norm: f64,
    /// ‖g‖/√n, the root of the mean square of its n elements, which does not grow with the layer.
    pub gradient_size: f64,
    /// ‖W‖ before the step, without the biases.
    pub weight_norm: f64,
    /// ‖ΔW‖/‖W‖, where W was not 0; about 10⁻³ is healthy (lecture section 9).
    pub update_ratio: Option<f64>,
    /// How the weights are spread, without the biases.
    pub weights: Histogram,
    /// How the elements of the gradient are spread.
    pub gradients: Histogram,
}

/// What was measured of the values that a layer gives for a batch, in use: without dropout, with running statistics.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Activations {
    /// The mean over units and rows.
    pub mean: f64,
    /// The standard deviation over units and rows.
    pub deviation: f64,
    /// The share of values that are 0.
    pub sparsity: f64,
    /// The share of units that are 0 for every row.
    pub dead: f64,
    /// The share of values that a saturating activation gives so near to its ends l and h that (a − l)·(h − a) is less than a
    /// twentieth of its largest; that is the derivative of a sigmoid and of a tanh. 0 for other activations.
    pub saturated: f64,
    /// How the values are spread.
    pub values: Histogram,
}

impl Parameters {
    /// Before the step; the update ratio is still to come.
    pub(crate) fn of<T: Scalar>(layer: &WatchedLayer, weights: &[T], gradient: &[T]) -> Self {
        let gradient_norm = norm(gradient, &layer.trained);
        Self {
            gradient_norm,
            gradient_size: gradient_norm / (layer.parameters as f64).sqrt(),
            weight_norm: norm(weights, &layer.weights),
            update_ratio: None,
            weights: Histogram::of(layer.weights.iter().map(|range| &weights[range.clone()]), layer.width),
            gradients: Histogram::of(layer.trained.iter().map(|range| &gradient[range.clone()]), layer.width),
        }
    }

    /// `change` holds ΔW.
    pub(crate) fn updated<T: Scalar>(&mut self, layer: &WatchedLayer, change: &[T]) {
        let ratio = norm(change, &layer.weights) / self.weight_norm;
        self.update_ratio = (self.weight_norm > 0.0).then_some(ratio);
    }
}

/// The length of the vector of the elements in `ranges`.
fn norm<T: Scalar>(values: &[T], ranges: &[Range<usize>]) -> f64 {
    let pieces = || ranges.iter().map(|range| &values[range.clone()]);
    let sum: f64 = pieces().map(|values| ops::sum_squares(values).to_f64_exact()).sum();
    // Squares of numbers that are very large or small leave the range of an f32.
    if sum.is_normal() || sum == 0.0 && pieces().flatten().all(|x| *x == T::ZERO) {
        return sum.sqrt();
    }
    pieces().flatten().map(|x| x.to_f64_exact().powi(2)).sum::<f64>().sqrt()
}

impl Activations {
    /// Of the values of a batch, one row behind the other. `alive` has room for one mark for each unit.
    pub(crate) fn of<T: Scalar>(layer: &WatchedLayer, values: &[T], alive: &mut [bool]) -> Self {
        let alive = &mut alive[..layer.width];
        alive.fill(false);
        // Sums of distances from the first value: sums of the values would cancel where these lie close together, far from 0.
        let from = values.first().map_or(0.0, |value| value.to_f64_exact());
        let (mut sum, mut squares, mut zeros, mut saturated) = (0.0, 0.0, 0_usize, 0_usize);
        for row in values.chunks_exact(layer.width.max(1)) {
            for (value, alive) in row.iter().zip(alive.iter_mut()) {
                let a = value.to_f64_exact();
                sum += a - from;
                squares += (a - from) * (a - from);
                let is_zero = a == 0.0;
                zeros += usize::from(is_zero);
                *alive |= !is_zero;
            }
            if let Some((low, high)) = layer.saturates {
                let largest = (high - low) * (high - low) / 4.0;
                saturated += count(row, |a| (a - low) * (high - a) < 0.05 * largest);
            }
        }
        let total = values.len().max(1) as f64;
        let offset = sum / total;
        Self {
            mean: from + offset,
            deviation: (squares / total - offset * offset).max(0.0).sqrt(),
            sparsity: zeros as f64 / total,
            dead: alive.iter().filter(|alive| !**alive).count() as f64 / layer.width.max(1) as f64,
            saturated: saturated as f64 / total,
            values: Histogram::of(std::iter::once(values), layer.width),
        }
    }

    /// Whether all values were finite.
    pub fn is_finite(&self) -> bool {
        self.mean.is_finite() && self.deviation.is_finite()
    }
}

fn count<T: Scalar>(row: &[T], holds: impl Fn(f64) -> bool) -> usize {
    row.iter().filter(|a| holds(a.to_f64_exact())).count()
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of one range are meant")]
mod tests {
    use super::*;

    fn layer(saturates: Option<(f64, f64)>, width: usize) -> WatchedLayer {
        WatchedLayer {
            name: "l1".into(),
            kind: "Dense".into(),
            parameters: 5,
            width,
            saturates,
            dies: saturates.is_none(),
            last: false,
            trained: vec![1..6],
            weights: vec![1..5],
            weighted: true,
        }
    }

    #[test]
    fn norms_and_ratios_by_hand() {
        let layer = layer(None, 2);
        let (weights, gradient) = ([9.0_f32, 2.0, 4.0, -2.0, 1.0, 7.0], [9.0_f32, 1.0, 2.0, 2.0, 0.0, 4.0]);
        let mut parameters = Parameters::of(&layer, &weights, &gradient);
        assert!((parameters.gradient_norm - 5.0).abs() < 1e-12, "√(1 + 4 + 4 + 0 + 16)");
        assert!((parameters.gradient_size - 5.0_f64.sqrt()).abs() < 1e-12);
        assert!((parameters.weight_norm - 5.0).abs() < 1e-12, "√(4 + 16 + 4 + 1), without the bias");
        assert_eq!((parameters.weights.total(), parameters.gradients.total()), (4, 5));
        parameters.updated(&layer, &[9.0_f32, 0.03, 0.0, 0.04, 0.0, 9.0]);
        assert!((parameters.update_ratio.expect("a ratio") - 0.01).abs() < 1e-8);
        let mut zero = Parameters::of(&layer, &[0.0_f32; 6], &gradient);
        zero.updated(&layer, &[1.0_f32; 6]);
        assert_eq!(zero.update_ratio, None);
    }

    #[test]
    fn norms_of_huge_and_tiny_numbers() {
        let ranges = [0..2];
        assert!((norm(&[3e30_f32, 4e30], &ranges) / 5e30 - 1.0).abs() < 1e-6);
        assert!((norm(&[3e-30_f32, 4e-30], &ranges) / 5e-30 - 1.0).abs() < 1e-6);
        assert_eq!(norm(&[0.0_f32, 0.0], &ranges).to_bits(), 0);
        assert!(norm(&[f32::NAN, 0.0], &ranges).is_nan());
    }

    #[test]
    fn activations_by_hand() {
        // Three units, two rows: the first is dead, the second half the time 0.
        let relu = Activations::of(&layer(None, 3), &[0.0_f32, 1.0, 2.0, 0.0, 0.0, 3.0], &mut [true; 8]);
        assert_eq!((relu.mean, relu.sparsity, relu.saturated), (1.0, 0.5, 0.0));
        assert!((relu.dead - 1.0 / 3.0).abs() < 1e-12);
        assert!((relu.deviation - (4.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        let sigmoid = Activations::of(&layer(Some((0.0, 1.0)), 2), &[0.001_f32, 0.5, 0.999, 0.02], &mut [false; 2]);
        assert_eq!((sigmoid.saturated, sigmoid.dead), (0.5, 0.0));
        let tanh = Activations::of(&layer(Some((-1.0, 1.0)), 2), &[-0.99_f32, 0.9, 0.99, 0.98], &mut [false; 2]);
        assert!((tanh.saturated - 0.75).abs() < 1e-12);
        assert!(!Activations::of(&layer(Some((-1.0, 1.0)), 1), &[f32::NAN], &mut [false]).is_finite());
    }
}
