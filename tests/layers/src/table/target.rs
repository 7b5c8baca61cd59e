//! What outputs are compared with, made from numbers.

use std::any::Any;

use typednet_tensor::{Class, Flat, Key, Pair, Sample, rows};

/// What an output is compared with, made from numbers.
pub(crate) trait Target: Copy + 'static {
    /// How many classes there are, where the target is one of them.
    const CLASSES: Option<u64> = None;
    const NUMBERS: usize;
    /// The targets that `numbers` stand for, as [`all`](Target::all) finds them.
    fn from_numbers(numbers: &[f64]) -> Box<dyn Any>;
    /// All targets of what [`from_numbers`](Target::from_numbers) has made.
    fn all(made: &dyn Any) -> &[Self];
}

/// The elements of targets.
fn made<E: 'static>(made: &dyn Any) -> &[E] {
    made.downcast_ref::<Vec<E>>().expect("targets of this type")
}

impl Target for f32 {
    const NUMBERS: usize = 1;

    fn from_numbers(numbers: &[f64]) -> Box<dyn Any> {
        Box::new(numbers.iter().map(|number| *number as f32).collect::<Vec<_>>())
    }

    fn all(targets: &dyn Any) -> &[Self] {
        made(targets)
    }
}

impl Target for f64 {
    const NUMBERS: usize = 1;

    fn from_numbers(numbers: &[f64]) -> Box<dyn Any> {
        Box::new(numbers.to_vec())
    }

    fn all(targets: &dyn Any) -> &[Self] {
        made(targets)
    }
}

/// Their elements are those of both halves, which are numbers of one type.
impl<A: Target, B: Target> Target for Pair<A, B>
where
    Self: Sample,
{
    const NUMBERS: usize = A::NUMBERS + B::NUMBERS;

    fn from_numbers(numbers: &[f64]) -> Box<dyn Any> {
        A::from_numbers(numbers)
    }

    fn all(targets: &dyn Any) -> &[Self] {
        rows(made::<<Self as Flat>::Elem>(targets))
    }
}

impl<S: Target, const N: usize> Target for [S; N] {
    const NUMBERS: usize = N * S::NUMBERS;

    fn from_numbers(numbers: &[f64]) -> Box<dyn Any> {
        S::from_numbers(numbers)
    }

    fn all(targets: &dyn Any) -> &[Self] {
        S::all(targets).as_chunks().0
    }
}

impl<const N: usize> Target for Class<N> {
    const CLASSES: Option<u64> = Some(N as u64);
    const NUMBERS: usize = 1;

    fn from_numbers(numbers: &[f64]) -> Box<dyn Any> {
        Box::new(numbers.iter().map(|number| Self::new(class(&[*number])).expect("a class")).collect::<Vec<_>>())
    }

    fn all(targets: &dyn Any) -> &[Self] {
        made(targets)
    }
}

/// The class that a target's only number names.
#[allow(clippy::cast_sign_loss, reason = "the number of a class is not negative")]
pub(crate) fn class(target: &[f64]) -> usize {
    target[0] as usize
}

/// Targets for any loss, `rows` of them: each a class of so many, or `numbers` probabilities that are multiples of 1/1024 and sum to 1.
pub(super) fn draw_targets(classes: Option<u64>, numbers: usize, rows: usize, key: Key) -> Vec<f64> {
    (0..rows as u64).flat_map(|row| draw_target(classes, numbers, key.child(row))).collect()
}

fn draw_target(classes: Option<u64>, numbers: usize, key: Key) -> Vec<f64> {
    if let Some(classes) = classes {
        return vec![key.below(0, classes) as f64];
    }
    let weights: Vec<u64> = (0..numbers as u64).map(|n| 1 + key.below(n, 100)).collect();
    let sum: u64 = weights.iter().sum();
    let mut shares: Vec<u64> = weights.iter().map(|weight| weight * 1024 / sum).collect();
    shares[0] += 1024 - shares.iter().sum::<u64>();
    shares.into_iter().map(|share| share as f64 / 1024.0).collect()
}
