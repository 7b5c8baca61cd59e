//! A loss on what has a target.

use core::fmt;
use core::ops::Range;
use core::slice;

use typednet_tensor::{Differentiable, Parallel, Sample, Scalar, flat_mut, ops};

use super::sum::Sum;
use super::{Loss, LossFor, TargetError, TargetFault};

/// The loss `L` where there is a target, and nothing where there is none: a row or a step whose target is `None` has no loss and no
/// gradient, and the mean is over the others.
///
/// It is for texts of different lengths, whose ends are padded, and for steps at which nothing is asked:
/// `PerStep(Masked(CrossEntropy))` has targets such as `[Option<Class<65>>; 64]`. A row of which nothing counts is
/// [refused](Loss::check_target).
///
/// ```
/// use typednet_layers::Softmax;
/// use typednet_layers::loss::{CrossEntropy, Loss, LossFor, Masked, PerStep};
/// use typednet_tensor::{Class, Parallel};
///
/// let loss = PerStep(Masked(CrossEntropy));
/// let (z, target) = ([[0.0_f64, 0.0], [-7.0, 3.0]], [Some(Class::new(1)?), None]);
/// let mut dz = [[[1.0; 2]; 2]];
/// let sum = LossFor::<Softmax, _>::gradient(&loss, &[z], &[target], &mut dz, Parallel::SERIAL);
/// assert_eq!((sum, dz), (2_f64.ln(), [[[0.5, -0.5], [0.0, 0.0]]]));
/// assert_eq!(Loss::<[[f64; 2]; 2]>::terms(&loss, &[target]), 1);
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masked<L>(pub L);

#[diagnostic::do_not_recommend]
impl<Out: Sample, L: Loss<Out>> Loss<Out> for Masked<L> {
    type Target = Option<L::Target>;

    fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
        let nothing = TargetError {
            loss: "Masked",
            step: None,
            expected: "rows that count",
            found: TargetFault::Masked,
            advice: "leave the row out",
        };
        target.as_ref().map_or(Err(nothing), |target| self.0.check_target(target))
    }

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        // 0 is nothing; every other number is one of a target.
        target.as_ref().map_or(0, |target| self.0.fingerprint(target).wrapping_mul(2) | 1)
    }

    fn settings(&self, to: &mut dyn fmt::Write) -> fmt::Result {
        self.0.settings(to)
    }

    fn terms(&self, targets: &[Self::Target]) -> usize {
        let counted = |target: &L::Target| self.0.terms(slice::from_ref(target));
        targets.iter().flatten().map(counted).sum()
    }
}

#[diagnostic::do_not_recommend]
impl<H, Out: Differentiable, L: LossFor<H, Out>> LossFor<H, Out> for Masked<L> {
    const LOGITS: bool = L::LOGITS;

    fn value(&self, y: &[Out], targets: &[Self::Target], parallel: Parallel<'_>) -> f64 {
        let row = |(y, target): (&Out, &Self::Target)| {
            let value = |target| self.0.value(slice::from_ref(y), slice::from_ref(target), Parallel::SERIAL);
            target.as_ref().map_or(0.0, value)
        };
        let rows = |at: Range<usize>| y[at.clone()].iter().zip(&targets[at]).map(row);
        Sum::of_rows(2 * Out::LEN).over(parallel, y.len(), |at, sink| rows(at).for_each(sink))
    }

    /// That of each row by itself, divided by the number of those that count.
    fn gradient(&self, y: &[Out], targets: &[Self::Target], dy: &mut [Out], parallel: Parallel<'_>) -> f64 {
        let all = self.terms(targets) as f64;
        Sum::of_rows(2 * Out::LEN).writing(parallel, dy, |at, dy, sink| {
            for ((y, target), dy) in y[at..].iter().zip(&targets[at..]).zip(dy) {
                let dy = slice::from_mut(dy);
                let Some(target) = target else {
                    flat_mut(dy).fill(Out::Elem::ZERO);
                    continue;
                };
                let target = slice::from_ref(target);
                sink(self.0.gradient(slice::from_ref(y), target, dy, Parallel::SERIAL));
                ops::scale(Out::Elem::of(self.0.terms(target) as f64 / all), flat_mut(dy));
            }
        })
    }

    fn correct(&self, y: &[Out], targets: &[Self::Target]) -> Option<usize> {
        let row = |(y, target): (&Out, &Self::Target)| {
            let target = target.as_ref()?;
            self.0.correct(slice::from_ref(y), slice::from_ref(target))
        };
        let nothing = self.0.correct(&[], &[])?;
        Some(nothing + y.iter().zip(targets).filter_map(row).sum::<usize>())
    }

    fn activate(&self, y: &mut [Out]) {
        self.0.activate(y);
    }
}
