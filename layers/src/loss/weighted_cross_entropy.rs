//! Categorical cross-entropy with smoothed labels and weights for classes.

use core::fmt;

use typednet_tensor::{Class, Parallel, Sample, Scalar, flat_mut};

use super::head::ClassProbabilities;
use super::sum::Sum;
use super::{Loss, LossFor, target};
use crate::activation::softmax::{below, normaliser, softmax};

/// Cross-entropy against the label t smoothed by ε (Szegedy and others 2016), where classes have weights: for rare classes
/// to count more, and for a network that is not driven to be certain.
///
/// L = −(1 − ε)·wₜ·ln aₜ − ε/N·Σⱼ wⱼ·ln aⱼ over the N classes, where a = softmax(z); with cⱼ = ε/N·wⱼ, and (1 − ε)·wₜ more
/// at j = t, δ = ∂L/∂z = a·Σc − c. It is computed from the logits, as [`CrossEntropy`](super::CrossEntropy), which it is
/// where ε = 0 and all weights are 1, and whose limits at infinite logits it has.
///
/// A batch's loss is the sum over its rows divided by their number. PyTorch divides by the sum of their weights wₜ; that
/// is the same where the weights have mean 1 over the batch, as balanced class weights have over the training set.
///
/// ```
/// use typednet_layers::Softmax;
/// use typednet_layers::loss::{LossFor, WeightedCrossEntropy};
/// use typednet_tensor::{Class, Parallel};
///
/// let loss = WeightedCrossEntropy::smoothed(0.1).with_weights([1.0, 3.0]);
/// let value = LossFor::<Softmax, _>::value(&loss, &[[0.0_f64, 0.0]], &[Class::new(1)?], Parallel::SERIAL);
/// let wanted = (0.9 * 3.0 + 0.05 * (1.0 + 3.0)) * 2_f64.ln();
/// assert!((value - wanted).abs() < 1e-14);
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedCrossEntropy<const N: usize> {
    weights: [f64; N],
    smoothing: f64,
}

impl<const N: usize> WeightedCrossEntropy<N> {
    /// These weights, and labels as they are.
    ///
    /// # Panics
    /// If a weight is negative or not finite.
    pub fn weighted(weights: [f64; N]) -> Self {
        Self::smoothed(0.0).with_weights(weights)
    }

    /// Labels smoothed by ε = `smoothing`, and all weights 1.
    ///
    /// # Panics
    /// If ε is not from 0 to 1.
    pub fn smoothed(smoothing: f64) -> Self {
        assert!((0.0..=1.0).contains(&smoothing), "label smoothing is from 0 to 1, not {smoothing}");
        Self { weights: [1.0; N], smoothing }
    }

    /// The same with these weights.
    ///
    /// # Panics
    /// If a weight is negative or not finite.
    #[must_use]
    pub fn with_weights(self, weights: [f64; N]) -> Self {
        for weight in weights {
            assert!(
                weight >= 0.0 && weight.is_finite(),
                "the weight of a class is at least 0 and finite, not {weight}"
            );
        }
        Self { weights, ..self }
    }

    /// The weight of each class.
    pub const fn weights(&self) -> &[f64; N] {
        &self.weights
    }

    /// ε
    pub const fn smoothing(&self) -> f64 {
        self.smoothing
    }

    /// cⱼ, the share of class j where the label is `target`.
    fn share<T: Scalar>(&self, class: usize, target: Class<N>) -> T {
        let label = if class == target.index() { 1.0 - self.smoothing } else { 0.0 };
        T::of(self.weights[class] * (self.smoothing / N as f64 + label))
    }

    /// Σ cⱼ (max z − zⱼ + ln Σ e^(z − max z)): every term is at least 0, so nothing cancels.
    fn loss<T: Scalar>(&self, max: T, sum: T, z: &[T; N], target: Class<N>) -> f64 {
        let log = sum.ln();
        // Of a class that does not count and is ruled out, 0·∞ is no number.
        let term = |(class, z): (usize, &T)| match self.share::<T>(class, target) {
            share if share == T::zero() => share,
            share => share * (below(max, *z) + log),
        };
        z.iter().enumerate().map(term).sum::<T>().to_f64_exact()
    }

    fn value<T: Scalar>(&self, z: &[[T; N]], targets: &[Class<N>], parallel: Parallel<'_>) -> f64 {
        let row = |(z, target): (&[T; N], &Class<N>)| {
            let (max, sum) = normaliser(z);
            self.loss(max, sum, z, *target)
        };
        Sum::of_rows(2 * N)
            .over(parallel, z.len(), |at, sink| z[at.clone()].iter().zip(&targets[at]).map(row).for_each(sink))
    }

    fn gradient<T: Scalar>(
        &self,
        z: &[[T; N]],
        targets: &[Class<N>],
        dz: &mut [[T; N]],
        parallel: Parallel<'_>,
    ) -> f64 {
        let scale = T::of(1.0 / z.len() as f64);
        Sum::of_rows(2 * N).writing(parallel, dz, |at, dz, sink| {
            let (z, targets) = (&z[at..at + dz.len()], &targets[at..]);
            let mut rows = z.iter().zip(targets);
            dz.copy_from_slice(z);
            softmax(flat_mut(dz), N, scale, &mut |max, sum| {
                if let Some((z, target)) = rows.next() {
                    sink(self.loss(max, sum, z, *target));
                }
            });
            for (dz, target) in dz.iter_mut().zip(targets) {
                let mass: T = (0..N).map(|class| self.share::<T>(class, *target)).sum();
                for (class, dz) in dz.iter_mut().enumerate() {
                    *dz = *dz * mass - scale * self.share::<T>(class, *target);
                }
            }
        })
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sample, const N: usize> Loss<[S; N]> for WeightedCrossEntropy<N> {
    type Target = Class<N>;

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target.index() as u64
    }

    fn settings(&self, to: &mut dyn fmt::Write) -> fmt::Result {
        let Self { weights, smoothing } = self;
        let is_weighted = weights.iter().any(|weight| weight.to_bits() != 1_f64.to_bits());
        if *smoothing != 0.0 {
            write!(to, "smoothing {smoothing}{}", if is_weighted { ", " } else { "" })?;
        }
        match N {
            _ if !is_weighted => Ok(()),
            // As many as can be read.
            ..=16 => write!(to, "weights {weights:?}"),
            _ => write!(to, "{N} weights of mark {:016x}", target::fingerprint(weights)),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<H: ClassProbabilities, T: Scalar, const N: usize> LossFor<H, [T; N]> for WeightedCrossEntropy<N> {
    const LOGITS: bool = true;

    fn value(&self, z: &[[T; N]], targets: &[Class<N>], parallel: Parallel<'_>) -> f64 {
        self.value(z, targets, parallel)
    }

    fn gradient(&self, z: &[[T; N]], targets: &[Class<N>], dz: &mut [[T; N]], parallel: Parallel<'_>) -> f64 {
        self.gradient(z, targets, dz, parallel)
    }

    fn activate(&self, y: &mut [[T; N]]) {
        H::apply(flat_mut(y), N);
    }

    fn correct(&self, z: &[[T; N]], targets: &[Class<N>]) -> Option<usize> {
        Some(z.iter().zip(targets).filter(|(z, target)| target.is_largest(z)).count())
    }
}
