//! A loss on the first half of each output.

use core::fmt;
use core::slice;

use typednet_tensor::{Differentiable, Flat, Pair, Parallel, Scalar};

use super::sum::Sum;
use super::{Loss, LossFor, TargetError};
use crate::{Linear, OnFirst};

/// The loss `L` on the first half of outputs that are pairs, and none on the second: that of a network which gives beside its answers
/// what the next pass begins with, such as the last state of a [`WithState`](crate::WithState).
///
/// The network ends with what `L` asks for on the first half: `OnFirst<Each<Dense<65, Softmax>>>` for
/// `FirstHalf(PerStep(CrossEntropy))`. A target is one of `L`.
///
/// ```
/// use typednet_layers::loss::{FirstHalf, LossFor, SquaredError};
/// use typednet_layers::Linear;
/// use typednet_tensor::{Pair, Parallel};
///
/// let (y, target) = (Pair { first: [3.0_f64], second: [7.0; 2] }, [1.0]);
/// let mut dy = [Pair { first: [9.0], second: [9.0; 2] }];
/// let sum = LossFor::<Linear, _>::gradient(&FirstHalf(SquaredError::Mean), &[y], &[target], &mut dy, Parallel::SERIAL);
/// assert_eq!((sum, dy), (4.0, [Pair { first: [4.0], second: [0.0; 2] }]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstHalf<L>(pub L);

#[diagnostic::do_not_recommend]
impl<A, B, L> Loss<Pair<A, B>> for FirstHalf<L>
where
    A: Differentiable,
    B: Differentiable<Elem = <A as Flat>::Elem>,
    L: Loss<A>,
{
    type Target = L::Target;

    fn check_target(&self, target: &L::Target) -> Result<(), TargetError> {
        self.0.check_target(target)
    }

    fn fingerprint(&self, target: &L::Target) -> u64 {
        self.0.fingerprint(target)
    }

    fn settings(&self, to: &mut dyn fmt::Write) -> fmt::Result {
        self.0.settings(to)
    }

    fn terms(&self, targets: &[L::Target]) -> usize {
        self.0.terms(targets)
    }
}

macro_rules! of_networks_that_end_with {
    ($head:ty, $inner:ty $(, $parameter:ident)?) => {
        #[diagnostic::do_not_recommend]
        impl<A, B, L $(, $parameter)?> LossFor<$head, Pair<A, B>> for FirstHalf<L>
        where
            A: Differentiable,
            B: Differentiable<Elem = <A as Flat>::Elem>,
            L: LossFor<$inner, A>,
        {
            const LOGITS: bool = L::LOGITS;

            fn value(&self, y: &[Pair<A, B>], targets: &[L::Target], parallel: Parallel<'_>) -> f64 {
                Sum::of_rows(A::LEN).over(parallel, y.len(), |rows, sink| {
                    for (y, target) in y[rows.clone()].iter().zip(&targets[rows]) {
                        let (y, target) = (slice::from_ref(&y.first), slice::from_ref(target));
                        if self.0.terms(target) > 0 {
                            sink(self.0.value(y, target, Parallel::SERIAL));
                        } else {
                            sink(0.0);
                        }
                    }
                })
            }

            /// That of each row is the gradient of the mean over its own terms, times their share of all.
            fn gradient(
                &self,
                y: &[Pair<A, B>],
                targets: &[L::Target],
                dy: &mut [Pair<A, B>],
                parallel: Parallel<'_>,
            ) -> f64 {
                let all = self.0.terms(targets) as f64;
                Sum::of_rows(A::LEN).writing(parallel, dy, |from, dy, sink| {
                    for (row, dy) in (from..).zip(dy) {
                        let (y, target) = (slice::from_ref(&y[row].first), slice::from_ref(&targets[row]));
                        dy.second.as_flat_mut().fill(<A as Flat>::Elem::ZERO);
                        let terms = self.0.terms(target);
                        if terms == 0 {
                            dy.first.as_flat_mut().fill(<A as Flat>::Elem::ZERO);
                            sink(0.0);
                            continue;
                        }
                        sink(self.0.gradient(y, target, slice::from_mut(&mut dy.first), Parallel::SERIAL));
                        let share = <A as Flat>::Elem::of(terms as f64 / all);
                        dy.first.as_flat_mut().iter_mut().for_each(|d| *d *= share);
                    }
                })
            }

            fn correct(&self, y: &[Pair<A, B>], targets: &[L::Target]) -> Option<usize> {
                self.0.correct(&[], &[])?;
                let of_row = |(y, target): (&Pair<A, B>, &L::Target)| {
                    self.0.correct(slice::from_ref(&y.first), slice::from_ref(target))
                };
                y.iter().zip(targets).map(of_row).sum()
            }

            fn activate(&self, y: &mut [Pair<A, B>]) {
                for y in y {
                    self.0.activate(slice::from_mut(&mut y.first));
                }
            }
        }
    };
}

of_networks_that_end_with!(OnFirst<H, B>, H, H);
of_networks_that_end_with!(Linear, Linear);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Softmax;
    use crate::loss::{BinaryCrossEntropy, CrossEntropy, Huber, Masked, PerStep};
    use typednet_tensor::Class;

    type Steps = [[f64; 3]; 2];
    type Head = OnFirst<Softmax, [f64; 1]>;

    const Z: [Steps; 2] = [[[0.5, -1.0, 2.0], [0.0, 0.25, -0.5]], [[3.0, 1.0, -2.0], [0.1, 0.2, 0.3]]];

    /// The first halves are as if they stood alone, whatever the second ones are.
    #[test]
    fn the_first_half_is_compared_and_the_second_has_no_gradient() {
        let class = |index| Some(Class::<3>::new(index).unwrap());
        let inner = PerStep(Masked(CrossEntropy));
        let loss = FirstHalf(inner);
        let some = [class(1), class(0)];
        // Every step of both rows, one step less, and a row that does not count at all.
        for targets in [[[class(2), class(1)], some], [[class(2), None], some], [[None, None], some]] {
            let pairs = [7.0, f64::MAX].map(|second| [second]);
            let y = [0, 1].map(|row| Pair { first: Z[row], second: pairs[row] });
            let (mut dy, mut wanted) = ([Pair { first: [[9.0; 3]; 2], second: [9.0] }; 2], [[[9.0; 3]; 2]; 2]);
            let sum = LossFor::<Head, _>::gradient(&loss, &y, &targets, &mut dy, Parallel::SERIAL);
            let alone = LossFor::<Softmax, _>::gradient(&inner, &Z, &targets, &mut wanted, Parallel::SERIAL);
            assert!((sum - alone).abs() < 1e-14, "{sum} {alone}");
            assert_eq!(LossFor::<Head, _>::value(&loss, &y, &targets, Parallel::SERIAL).to_bits(), sum.to_bits());
            for (dy, wanted) in dy.iter().zip(wanted) {
                let both = dy.first.as_flattened().iter().zip(wanted.as_flattened());
                assert!(both.clone().all(|(d, wanted)| (d - wanted).abs() < 1e-15), "{both:?}");
                assert_eq!(dy.second[0].to_bits(), 0);
            }
            assert_eq!(
                LossFor::<Head, _>::correct(&loss, &y, &targets),
                LossFor::<Softmax, _>::correct(&inner, &Z, &targets)
            );
            let (mut y, mut first) = (y, Z);
            LossFor::<Head, _>::activate(&loss, &mut y);
            LossFor::<Softmax, _>::activate(&inner, &mut first);
            assert_eq!((y[0].first, y[1].first, y.map(|y| y.second)), (first[0], first[1], pairs));
        }
    }

    /// What is asked of targets and settings is answered by the loss within; behind a linear layer, which is no layer on the first half, too.
    #[test]
    fn the_loss_within_is_asked() {
        type Out = Pair<[f64; 2], [f64; 3]>;
        let (inner, loss) = (BinaryCrossEntropy, FirstHalf(BinaryCrossEntropy));
        for target in [[0.5, 1.0], [0.25, 2.0]] {
            assert_eq!(Loss::<Out>::check_target(&loss, &target), Loss::<[f64; 2]>::check_target(&inner, &target));
            let prints = (Loss::<Out>::fingerprint(&loss, &target), Loss::<[f64; 2]>::fingerprint(&inner, &target));
            assert!(prints.0 == prints.1 && prints.0 != 0);
        }
        assert!(Loss::<Out>::check_target(&loss, &[0.25, 2.0]).is_err());
        let class = |index| Some(Class::<3>::new(index).unwrap());
        let targets = [[class(2), None], [None, None]];
        assert_eq!(Loss::<Pair<Steps, [f64; 1]>>::terms(&FirstHalf(PerStep(Masked(CrossEntropy))), &targets), 1);
        let mut words = String::new();
        Loss::<Out>::settings(&FirstHalf(Huber::new(2.0)), &mut words).unwrap();
        assert_eq!(words, "threshold 2");
        const { assert!(<FirstHalf<CrossEntropy> as LossFor<OnFirst<Softmax, [f64; 3]>, Out>>::LOGITS) };
        const { assert!(!<FirstHalf<Huber> as LossFor<Linear, Out>>::LOGITS) };
        let (y, target, mut dy) = ([Pair { first: [3.0, 0.0], second: [7.0; 3] }], [[1.0, 0.0]], [Out::zeros()]);
        let mut wanted = [[0.0; 2]];
        let sum = LossFor::<Linear, _>::gradient(&FirstHalf(Huber::new(1.0)), &y, &target, &mut dy, Parallel::SERIAL);
        let alone =
            LossFor::<Linear, _>::gradient(&Huber::new(1.0), &[y[0].first], &target, &mut wanted, Parallel::SERIAL);
        assert_eq!((sum, dy[0].first), (alone, wanted[0]));
        assert_eq!(LossFor::<Linear, _>::correct(&FirstHalf(Huber::new(1.0)), &y, &target), None);
    }
}
