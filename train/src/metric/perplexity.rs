//! Perplexity.

use typednet_tensor::{Better, Class, Scalar};

use super::{Metric, from_count, to_count};

/// The perplexity e^(−1/n Σ ln aₜ), where aₜ is the probability that the network gives to the right class: among how many equally
/// probable classes it might as well choose (Jelinek and others 1977).
///
/// It is e to the power of the mean cross-entropy: 1 where the network is always certain and right, N where it knows nothing of
/// N classes, and ∞ where it rules out what is right. A network that ends with `LogSoftmax` is measured as one that ends with
/// `Softmax`. Of each step of a text: `PerStep(Perplexity::new())`.
///
/// ```
/// use typednet_layers::loss::PerStep;
/// use typednet_tensor::Class;
/// use typednet_train::{Metric, Perplexity};
///
/// let mut metric = PerStep(Perplexity::new());
/// let targets = [[Class::<3>::new(1)?, Class::new(0)?]];
/// metric.update(&[[[0.25_f64, 0.5, 0.25], [0.125, 0.5, 0.375]]], &targets);
/// // √(2·8)
/// let value = Metric::<[[f64; 3]; 2], [Class<3>; 2]>::value(&metric).expect("two steps");
/// assert!((value - 4.0).abs() < 1e-12);
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Perplexity {
    /// −Σ ln aₜ
    sum: f64,
    total: u64,
}

impl Perplexity {
    /// Over no samples.
    pub const fn new() -> Self {
        Self { sum: 0.0, total: 0 }
    }
}

/// −ln aₜ of a row of probabilities, or of their logarithms, of which some are below 0.
fn surprise<T: Scalar, const N: usize>(row: &[T; N], target: Class<N>) -> f64 {
    let at_target = row[target.index()].to_f64_exact();
    let logarithm = if row.iter().any(|a| *a < T::ZERO) { at_target } else { at_target.ln() };
    // By rounding a probability may be above 1.
    if logarithm > 0.0 { 0.0 } else { -logarithm }
}

impl<T: Scalar, const N: usize> Metric<[T; N], Class<N>> for Perplexity {
    fn name(&self) -> String {
        "perplexity".to_owned()
    }

    fn better(&self) -> Better {
        Better::Lower
    }

    fn reset(&mut self) {
        *self = Self::new();
    }

    fn update(&mut self, outputs: &[[T; N]], targets: &[Class<N>]) {
        for (row, target) in outputs.iter().zip(targets) {
            self.sum += surprise(row, *target);
        }
        self.total += targets.len() as u64;
    }

    fn value(&self) -> Option<f64> {
        (self.total > 0).then(|| (self.sum / self.total as f64).exp())
    }

    fn state(&self) -> Option<Vec<f64>> {
        Some(vec![self.sum, from_count(self.total)])
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        let &[sum, total] = state else { return false };
        let Some(total) = to_count(total).filter(|_| sum >= 0.0) else { return false };
        *self = Self { sum, total };
        true
    }
}
