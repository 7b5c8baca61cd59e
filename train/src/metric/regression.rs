//! Metrics of regression, by sums.

use typednet_tensor::{Better, Sample, Scalar};

use super::{Metric, from_count, to_count};

/// The mean absolute error, Σ |ŷ − y| / n over all elements: `mae`.
///
/// ```
/// use typednet_train::{MeanAbsoluteError, Metric};
///
/// let mut metric = MeanAbsoluteError::new();
/// metric.update(&[[1.0_f32, 2.0]], &[[1.0, 4.0]]);
/// assert_eq!(Metric::<[f32; 2], [f32; 2]>::value(&metric), Some(1.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanAbsoluteError {
    sum: f64,
    count: u64,
}

impl MeanAbsoluteError {
    /// Over no samples.
    pub const fn new() -> Self {
        Self { sum: 0.0, count: 0 }
    }
}

/// The pairs of the elements of outputs and targets.
fn elements<S: Sample<Elem: Scalar>>(outputs: &[S], targets: &[S]) -> impl Iterator<Item = (f64, f64)> {
    let number = |x: &S::Elem| x.to_f64_exact();
    let rows = outputs.iter().zip(targets);
    rows.flat_map(move |(y, t)| y.as_flat().iter().zip(t.as_flat()).map(move |(y, t)| (number(y), number(t))))
}

impl<S: Sample<Elem: Scalar>> Metric<S, S> for MeanAbsoluteError {
    fn name(&self) -> String {
        "mae".to_owned()
    }

    fn better(&self) -> Better {
        Better::Lower
    }

    fn reset(&mut self) {
        *self = Self::new();
    }

    fn update(&mut self, outputs: &[S], targets: &[S]) {
        for (predicted, truth) in elements(outputs, targets) {
            self.sum += (predicted - truth).abs();
            self.count += 1;
        }
    }

    fn value(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / from_count(self.count))
    }

    fn state(&self) -> Option<Vec<f64>> {
        Some(vec![self.sum, from_count(self.count)])
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        let &[sum, count] = state else { return false };
        let Some(count) = to_count(count).filter(|_| sum.is_nan() || sum >= 0.0) else { return false };
        *self = Self { sum, count };
        true
    }
}

/// R² = 1 − Σ (ŷ − y)² / Σ (y − ȳ)² over all elements, the part of the variance that the predictions explain: `r2`.
///
/// The mean ȳ and Σ (y − ȳ)² are carried along (Welford 1962), so that no digits are lost where targets are far from 0. `None`
/// where all targets are equal. It agrees with [`Regression`](crate::Regression) but for rounding.
///
/// ```
/// use typednet_train::{Metric, RSquared};
///
/// let mut metric = RSquared::new();
/// metric.update(&[[1.0], [2.0], [6.0]], &[[1.0], [3.0], [5.0]]);
/// assert_eq!(Metric::<[f64; 1], [f64; 1]>::value(&metric), Some(0.75));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RSquared {
    /// Σ (ŷ − y)²
    errors: f64,
    mean: f64,
    /// Σ (y − ȳ)²
    squares: f64,
    count: u64,
}

impl RSquared {
    /// Over no samples.
    pub const fn new() -> Self {
        Self { errors: 0.0, mean: 0.0, squares: 0.0, count: 0 }
    }
}

impl<S: Sample<Elem: Scalar>> Metric<S, S> for RSquared {
    fn name(&self) -> String {
        "r2".to_owned()
    }

    fn better(&self) -> Better {
        Better::Higher
    }

    fn reset(&mut self) {
        *self = Self::new();
    }

    fn update(&mut self, outputs: &[S], targets: &[S]) {
        for (predicted, truth) in elements(outputs, targets) {
            self.errors += (predicted - truth).powi(2);
            self.count += 1;
            let distance = truth - self.mean;
            self.mean += distance / from_count(self.count);
            self.squares += distance * (truth - self.mean);
        }
    }

    fn value(&self) -> Option<f64> {
        (self.squares > 0.0).then(|| 1.0 - self.errors / self.squares)
    }

    fn state(&self) -> Option<Vec<f64>> {
        Some(vec![self.errors, self.mean, self.squares, from_count(self.count)])
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        let &[errors, mean, squares, count] = state else { return false };
        let sums = [errors, squares].iter().all(|sum| sum.is_nan() || *sum >= 0.0);
        let Some(count) = to_count(count).filter(|_| sums) else { return false };
        *self = Self { errors, mean, squares, count };
        true
    }
}
