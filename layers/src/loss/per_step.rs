//! A loss on each step of a sequence.

use core::fmt;
use core::slice;

use typednet_tensor::{Parallel, Sample};

use super::{Loss, LossFor, TargetError, TargetFault};

/// The loss `L` on each of N steps, and the mean over all steps of all rows: L = 1/(mN)·Σᵢ Σₙ ℓ(yᵢₙ, tᵢₙ).
///
/// A step is whatever an output is an array of: a character of a text, a pixel of a picture (`PerStep(PerStep(…))`). The network
/// ends with what `L` asks for on each step, such as `Each<Dense<65, Softmax>>` for `PerStep(CrossEntropy)`.
///
/// A target is an array of the targets of `L`: `[Class<65>; 64]`. Steps without a target are `None` in
/// `PerStep(Masked(CrossEntropy))`, whose targets are `[Option<Class<65>>; 64]`; see [`Masked`](super::Masked). The accuracy is that over the steps.
///
/// ```
/// use typednet_layers::Softmax;
/// use typednet_layers::loss::{CrossEntropy, LossFor, PerStep};
/// use typednet_tensor::{Class, Parallel};
///
/// // Two steps: the network says 1 with certainty, and knows nothing.
/// let (z, target) = ([[0.0_f64, 100.0], [0.0, 0.0]], [Class::new(1)?, Class::new(0)?]);
/// let mut dz = [[[0.0; 2]; 2]];
/// let sum = LossFor::<Softmax, _>::gradient(&PerStep(CrossEntropy), &[z], &[target], &mut dz, Parallel::SERIAL);
/// assert!((sum / 2.0 - 2_f64.ln() / 2.0).abs() < 1e-15);
/// assert_eq!(dz[0][1], [-0.25, 0.25]);
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerStep<L>(pub L);

#[diagnostic::do_not_recommend]
impl<S: Sample, L: Loss<S>, const N: usize> Loss<[S; N]> for PerStep<L> {
    type Target = [L::Target; N];

    fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
        if self.0.terms(target) == 0 {
            return Err(TargetError {
                loss: "PerStep",
                step: None,
                expected: "targets with a step that counts",
                found: TargetFault::Masked,
                advice: "leave the row out",
            });
        }
        for (step, target) in target.iter().enumerate() {
            if self.0.terms(slice::from_ref(target)) > 0 {
                self.0.check_target(target).map_err(|error| TargetError { step: Some(step), ..error })?;
            }
        }
        Ok(())
    }

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        // FNV-1a, by steps.
        let join = |hash: u64, step: u64| (hash ^ step).wrapping_mul(0x0000_0100_0000_01B3);
        target.iter().map(|target| self.0.fingerprint(target)).fold(0xCBF2_9CE4_8422_2325, join)
    }

    fn settings(&self, to: &mut dyn fmt::Write) -> fmt::Result {
        self.0.settings(to)
    }

    fn terms(&self, targets: &[Self::Target]) -> usize {
        self.0.terms(targets.as_flattened())
    }
}

#[diagnostic::do_not_recommend]
impl<H, S: Sample, L: LossFor<H, S>, const N: usize> LossFor<H, [S; N]> for PerStep<L> {
    const LOGITS: bool = L::LOGITS;

    fn value(&self, y: &[[S; N]], targets: &[Self::Target], parallel: Parallel<'_>) -> f64 {
        self.0.value(y.as_flattened(), targets.as_flattened(), parallel)
    }

    fn gradient(&self, y: &[[S; N]], targets: &[Self::Target], dy: &mut [[S; N]], parallel: Parallel<'_>) -> f64 {
        self.0.gradient(y.as_flattened(), targets.as_flattened(), dy.as_flattened_mut(), parallel)
    }

    fn correct(&self, y: &[[S; N]], targets: &[Self::Target]) -> Option<usize> {
        self.0.correct(y.as_flattened(), targets.as_flattened())
    }

    fn activate(&self, y: &mut [[S; N]]) {
        self.0.activate(y.as_flattened_mut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::{BinaryCrossEntropy, CrossEntropy, Masked, SquaredError};
    use crate::{Linear, Softmax};
    use typednet_tensor::Class;

    const Z: [[[f64; 3]; 2]; 2] = [[[0.5, -1.0, 2.0], [0.0, 0.25, -0.5]], [[3.0, 1.0, -2.0], [0.1, 0.2, 0.3]]];

    fn classes() -> [[Class<3>; 2]; 2] {
        [[2, 1], [1, 0]].map(|row| row.map(|class| Class::new(class).unwrap()))
    }

    #[test]
    fn steps_are_rows_of_their_own() {
        let (loss, targets, mut dz, mut wanted) = (PerStep(CrossEntropy), classes(), [[[9.0; 3]; 2]; 2], [[9.0; 3]; 4]);
        let sum = LossFor::<Softmax, _>::gradient(&loss, &Z, &targets, &mut dz, Parallel::SERIAL);
        let flat = LossFor::<Softmax, _>::gradient(
            &CrossEntropy,
            Z.as_flattened(),
            targets.as_flattened(),
            &mut wanted,
            Parallel::SERIAL,
        );
        assert_eq!((sum.to_bits(), dz.as_flattened()), (flat.to_bits(), &wanted[..]));
        assert_eq!(LossFor::<Softmax, _>::value(&loss, &Z, &targets, Parallel::SERIAL).to_bits(), sum.to_bits());
        assert_eq!(
            (Loss::<[[f64; 3]; 2]>::terms(&loss, &targets), LossFor::<Softmax, _>::correct(&loss, &Z, &targets)),
            (4, Some(2))
        );
    }

    #[test]
    fn what_does_not_count_has_no_loss_and_no_gradient() {
        let loss = PerStep(Masked(CrossEntropy));
        let all = classes().map(|row| row.map(Some));
        let mut some = all;
        (some[0][0], some[1][1]) = (None, None);
        let (mut dz, mut of_all) = ([[[9.0; 3]; 2]; 2], [[[9.0; 3]; 2]; 2]);
        let sum = LossFor::<Softmax, _>::gradient(&loss, &Z, &some, &mut dz, Parallel::SERIAL);
        LossFor::<Softmax, _>::gradient(&PerStep(CrossEntropy), &Z, &classes(), &mut of_all, Parallel::SERIAL);
        assert_eq!((dz[0][0], dz[1][1]), ([0.0; 3], [0.0; 3]));
        for (found, of_all) in [(dz[0][1], of_all[0][1]), (dz[1][0], of_all[1][0])] {
            // The mean over two steps, not over four.
            assert!(found.iter().zip(of_all).all(|(found, of_all)| (found - 2.0 * of_all).abs() < 1e-15));
        }
        let kept = [Z[0][1], Z[1][0]];
        let wanted =
            LossFor::<Softmax, _>::value(&CrossEntropy, &kept, &[classes()[0][1], classes()[1][0]], Parallel::SERIAL);
        assert!((sum - wanted).abs() < 1e-15);
        assert!((LossFor::<Softmax, _>::value(&loss, &Z, &some, Parallel::SERIAL) - wanted).abs() < 1e-15);
        assert_eq!(Loss::<[[f64; 3]; 2]>::terms(&loss, &some), 2);
        assert_eq!(LossFor::<Softmax, _>::correct(&loss, &Z, &some), Some(1));
        let none = LossFor::<Softmax, [[f64; 3]; 2]>::correct(&loss, &[], &[]);
        assert_eq!(none, Some(0), "whether there is something to decide is asked of no rows");
        assert_eq!(LossFor::<Linear, [f64; 2]>::correct(&PerStep(SquaredError::Mean), &[], &[]), None);
    }

    #[test]
    fn a_row_of_which_nothing_counts_is_refused_and_wrong_steps_are_named() {
        let masked = PerStep(Masked(BinaryCrossEntropy));
        let check = |target: [Option<[f64; 2]>; 2]| Loss::<[[f64; 2]; 2]>::check_target(&masked, &target);
        assert_eq!(check([None, Some([0.0, 1.0])]), Ok(()));
        let error = check([None; 2]).unwrap_err().to_string();
        assert_eq!(
            error,
            "nothing of it counts, but `PerStep` takes targets with a step that counts; leave the row out"
        );
        let error = check([None, Some([0.5, 1.5])]).unwrap_err();
        assert_eq!((error.step, error.found), (Some(1), TargetFault::Element { place: 1, value: 1.5 }));
        assert!(error.to_string().starts_with("step 1: element 1 is 1.5, but `BinaryCrossEntropy`"), "{error}");
        assert!(Loss::<[f64; 2]>::check_target(&Masked(BinaryCrossEntropy), &None).is_err());
    }

    #[test]
    fn fingerprints_tell_steps_apart() {
        let print =
            |target: [Option<Class<3>>; 2]| Loss::<[[f64; 3]; 2]>::fingerprint(&PerStep(Masked(CrossEntropy)), &target);
        let [[a, b], _] = classes().map(|row| row.map(Some));
        let zero = Class::new(0).ok();
        let all =
            [print([a, b]), print([b, a]), print([a, None]), print([None, a]), print([a, zero]), print([None, None])];
        for (place, one) in all.iter().enumerate() {
            assert!(!all[..place].contains(one), "{place}");
        }
    }
}
