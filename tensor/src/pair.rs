//! Two samples as one.

use crate::{Flat, Sample, Shape, impl_flat};

/// Two samples of one element type: two sequences, two pictures, two outputs.
///
/// It is one run of elements, those of the first and then those of the second, so it is a sample like others: a network may read and
/// give pairs, and targets may be some.
///
/// ```
/// use typednet_tensor::{Flat, Pair, Sample};
///
/// let pair = Pair { first: [[1.0_f32, 2.0]; 2], second: [3.0] };
/// assert_eq!(pair.as_flat(), [1.0, 2.0, 1.0, 2.0, 3.0]);
/// assert_eq!(<Pair<[[f32; 2]; 2], [f32; 1]> as Sample>::SHAPE.to_string(), "([2, 2], [1])");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Pair<A, B> {
    /// The first sample.
    pub first: A,
    /// The second sample.
    pub second: B,
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>] Pair<A, B>: A::Elem {
        first: A,
        second: B,
    }
}

impl<A: Sample, B: Sample<Elem = A::Elem>> Sample for Pair<A, B> {
    const SHAPE: Shape = A::SHAPE.beside(B::SHAPE);
    type Grad = Pair<A::Grad, B::Grad>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Differentiable, Padded, Token, flat};

    #[test]
    fn a_pair_is_one_run_of_elements() {
        type Both = Pair<[[f64; 2]; 2], Padded<[[f64; 1]; 3]>>;
        let both = Both { first: [[1.0, 2.0], [3.0, 4.0]], second: Padded::new(&[[5.0]]).unwrap() };
        assert_eq!(flat(&[both]), [1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0, 2.0]);
        assert_eq!((Both::LEN, Both::SHAPE.len(), Both::SHAPE.to_string()), (8, 8, "([2, 2], [≤3, 1])".into()));
        let halves = Both::SHAPE.halves().expect("a pair");
        assert_eq!((halves.0.sizes(), halves.1.sizes(), halves.1.is_padded()), (&[2, 2][..], &[3, 1][..], true));
        assert_eq!(<[f64; 2]>::SHAPE.halves(), None);
    }

    #[test]
    fn pairs_of_numbers_have_gradients_and_pairs_of_tokens_have_none() {
        fn has_one<S: Differentiable>() {}
        has_one::<Pair<[f32; 2], Padded<[[f32; 2]; 3]>>>();
        assert_eq!(size_of::<<Pair<[Token<4>; 3], Padded<[Token<4>; 5]>> as Sample>::Grad>(), 0);
    }
}
