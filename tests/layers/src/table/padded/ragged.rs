//! Sequences of every length, and the same with what nothing may look at in place of the padding.

use typednet_tensor::{Count, Key, Padded, Scalar, Steps, Token};

/// What can be drawn, and has a value that shows wherever it is looked at.
pub(in super::super) trait Number: Count {
    fn drawn(key: Key, place: u64) -> Self;

    /// No number, or no token of the vocabulary.
    fn poison() -> Self;
}

macro_rules! numbers {
    ($($t:ident),*) => {$(
        impl Number for $t {
            fn drawn(key: Key, place: u64) -> Self {
                Self::of(2.0 * key.uniform::<f64>(place) - 1.0)
            }

            fn poison() -> Self {
                Self::NAN
            }
        }
    )*};
}

numbers!(f32, f64);

impl<const V: usize> Number for Token<V> {
    fn drawn(key: Key, place: u64) -> Self {
        Self::new(usize::try_from(key.below(place, V as u64)).expect("small")).expect("below V")
    }

    fn poison() -> Self {
        Self::from_count(1_000_000 + V)
    }
}

/// One of each length and again, with zeros for padding.
pub(in super::super) fn ragged<X: Steps<Elem: Number>>(seed: u64) -> Vec<Padded<X>> {
    let of_length = |(row, length): (u64, usize)| {
        let (mut x, key) = (X::zeros(), Key::new(seed).child(row));
        let step = X::LEN / X::STEPS;
        for (place, x) in (0..).zip(&mut x.as_flat_mut()[..length * step]) {
            *x = Number::drawn(key, place);
        }
        let mut x = Padded::full(x);
        x.set_length(length);
        x
    };
    (0..).zip((1..=X::STEPS).chain((1..=X::STEPS).rev())).map(of_length).collect()
}

/// The same, where each element of padding would show.
pub(in super::super) fn poisoned<X: Steps<Elem: Number>>(x: &[Padded<X>]) -> Vec<Padded<X>> {
    let step = X::LEN / X::STEPS;
    let poisoned = |x: &Padded<X>| {
        let (mut x, length) = (*x, x.length());
        x.steps.as_flat_mut()[length * step..].fill(Number::poison());
        x
    };
    x.iter().map(poisoned).collect()
}
