//! Sequences of different lengths as samples of one size.

use core::fmt;

use crate::{Element, Flat, NoGradient, Sample, Shape, Token, impl_flat};

/// A sequence of at most as many steps as the array `X` has: the steps, and how many of them count. The others stand behind them
/// and are padding.
///
/// It is how texts and series of different lengths are samples of one type. [`length`](Padded::length) is at least 1 and at most the
/// number of steps, whatever the memory holds, so no layer can meet a sequence in which nothing counts. Zeroed memory is a sequence
/// without padding.
///
/// # Memory
/// It is one run of elements: the steps, and then one more, in which stands how many of them are padding. That one is no number to
/// compute with: by it a gradient is 0.
///
/// ```
/// use typednet_tensor::{Padded, Sample, Token};
///
/// let word: Vec<_> = [3, 1, 4].map(|index| Token::<9>::new(index).unwrap()).to_vec();
/// let padded = Padded::<[Token<9>; 8]>::new(&word)?;
/// assert_eq!((padded.length(), padded.counted()), (3, &word[..]));
/// assert_eq!(<Padded<[[f32; 2]; 8]> as Sample>::SHAPE.to_string(), "[≤8, 2]");
///
/// assert_eq!(
///     Padded::<[Token<9>; 2]>::new(&word).unwrap_err().to_string(),
///     "a sequence of 3 steps is longer than the 2 that a sample has: cut it, or give samples more steps",
/// );
/// # Ok::<(), typednet_tensor::PaddingError>(())
/// ```
#[derive(Clone, Copy, PartialEq)]
#[repr(C)]
pub struct Padded<X: Marked> {
    /// All steps, those behind the last one that counts too.
    pub steps: X,
    /// How many are padding, as [`Count`] has it.
    padding: X::Mark,
}

/// What may stand in a [`Padded`]: elements, and what stands in place of their gradient.
pub trait Marked {
    /// What stands behind the steps.
    type Mark: Copy + Send + Sync + 'static;
}

/// An element that can say how many steps are padding.
pub trait Count: Element + Flat<Elem = Self> + Marked<Mark = Self> {
    /// The most that it can say.
    const MOST: usize;

    /// `count` as such an element.
    fn from_count(count: usize) -> Self;

    /// What it says; any other value says something too.
    fn count(self) -> usize;
}

/// An array of steps: of numbers, tokens, or arrays of them.
pub trait Steps: Sample<Elem: Count, Grad: Marked> + Marked<Mark = <Self as Flat>::Elem> {
    /// One of them.
    type Step: Sample<Elem = Self::Elem>;

    /// How many there are.
    const STEPS: usize;

    /// The steps.
    fn as_steps(&self) -> &[Self::Step];

    /// The steps, to be changed.
    fn as_steps_mut(&mut self) -> &mut [Self::Step];
}

macro_rules! counts {
    ($($t:ident: $most:expr, $count:expr;)*) => {$(
        impl Marked for $t {
            type Mark = Self;
        }

        impl Count for $t {
            const MOST: usize = $most;

            #[inline]
            fn from_count(count: usize) -> Self {
                count as Self
            }

            #[inline]
            #[allow(clippy::cast_sign_loss, clippy::redundant_closure_call, reason = "what is below 0 says 0")]
            fn count(self) -> usize {
                $count(self)
            }
        }
    )*};
}

// The nearest whole number, so that nothing depends on the last bits.
counts! {
    f32: 1 << 24, |count: f32| (count + 0.5) as usize;
    f64: 1 << 31, |count: f64| (count + 0.5) as usize;
    u8: 255, usize::from;
}

impl<const V: usize> Marked for Token<V> {
    type Mark = Self;
}

/// A token that counts need not be one of the vocabulary, and is never looked up.
impl<const V: usize> Count for Token<V> {
    const MOST: usize = 1 << 31;

    #[inline]
    fn from_count(count: usize) -> Self {
        Self::of_count(count as u32)
    }

    #[inline]
    fn count(self) -> usize {
        self.index()
    }
}

impl Marked for NoGradient {
    type Mark = Self;
}

impl<S: Marked, const N: usize> Marked for [S; N] {
    type Mark = S::Mark;
}

impl<S, const N: usize> Steps for [S; N]
where
    S: Sample<Elem: Count, Grad: Marked> + Marked<Mark = <S as Flat>::Elem>,
{
    type Step = S;

    const STEPS: usize = N;

    #[inline]
    fn as_steps(&self) -> &[S] {
        self
    }

    #[inline]
    fn as_steps_mut(&mut self) -> &mut [S] {
        self
    }
}

impl_flat! {
    [X: Steps] Padded<X>: X::Elem {
        steps: X,
        padding: X::Elem,
    }
}

impl<X: Steps> Sample for Padded<X> {
    const SHAPE: Shape = {
        let () = Self::CAN_COUNT;
        X::SHAPE.padded()
    };
    type Grad = Padded<X::Grad>;

    /// Padding too: whatever stands in it goes through some layers.
    #[inline]
    fn not_finite(&self) -> Option<(usize, f64)> {
        self.steps.not_finite()
    }
}

impl<X: Steps> Padded<X> {
    const CAN_COUNT: () = {
        assert!(X::STEPS > 0, "a sequence has at least one step");
        assert!(X::STEPS <= X::Elem::MOST, "its elements cannot count so many steps: bytes count to 255");
    };

    /// `steps`, and as many behind them as are missing, whose elements are 0.
    ///
    /// # Errors
    /// If there is no step, or more than the array has.
    pub fn new(steps: &[X::Step]) -> Result<Self, PaddingError> {
        const { Self::CAN_COUNT };
        match steps.len() {
            0 => Err(PaddingError::Empty),
            length if length > X::STEPS => Err(PaddingError::TooLong { length, steps: X::STEPS }),
            length => {
                let mut padded = Self::zeros();
                padded.steps.as_steps_mut()[..length].copy_from_slice(steps);
                padded.padding = Count::from_count(X::STEPS - length);
                Ok(padded)
            }
        }
    }

    /// All of `steps`, without padding.
    pub fn full(steps: X) -> Self {
        const { Self::CAN_COUNT };
        Self { steps, padding: Count::from_count(0) }
    }

    /// How many steps count: from 1 to all.
    #[inline]
    pub fn length(&self) -> usize {
        const { Self::CAN_COUNT };
        X::STEPS - self.padding.count().min(X::STEPS - 1)
    }

    /// Lets the first `length` steps count.
    ///
    /// # Panics
    /// If that is none, or more than there are.
    #[inline]
    pub fn set_length(&mut self, length: usize) {
        assert!(length > 0 && length <= X::STEPS, "{length} of {} steps cannot count", X::STEPS);
        self.padding = Count::from_count(X::STEPS - length);
    }

    /// The steps that count.
    #[inline]
    pub fn counted(&self) -> &[X::Step] {
        &self.steps.as_steps()[..self.length()]
    }
}

impl<X: Steps<Step: fmt::Debug>> fmt::Debug for Padded<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.counted()).finish_non_exhaustive()
    }
}

/// Why steps are no [`Padded`] sequence.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaddingError {
    /// There are none.
    Empty,
    /// There are more than the sequence has room for.
    TooLong {
        /// How many there are.
        length: usize,
        /// How many a sample has.
        steps: usize,
    },
}

impl fmt::Display for PaddingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "a sequence has at least one step that counts, but this one has none"),
            Self::TooLong { length, steps } => write!(
                f,
                "a sequence of {length} steps is longer than the {steps} that a sample has: cut it, or give samples more \
                 steps"
            ),
        }
    }
}

crate::debug_as_display!(PaddingError);

impl core::error::Error for PaddingError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Differentiable, flat, rows};

    /// Whatever stands in the last element, at least one step counts, and never more than there are.
    #[test]
    fn some_steps_count_whatever_the_memory_holds() {
        type Series = Padded<[[f32; 2]; 3]>;
        for (mark, length) in [(0.0, 3), (1.0, 2), (1.4, 2), (1.6, 1), (2.0, 1), (3.0, 1), (1e30, 1), (-7.0, 3)] {
            let elements = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, mark];
            assert_eq!(rows::<Series>(&elements)[0].length(), length, "{mark}");
        }
        assert_eq!(rows::<Series>(&[f32::NAN; 7])[0].length(), 3);
        assert_eq!(Series::zeros().length(), 3);
    }

    #[test]
    fn padding_is_zeros_behind_the_steps() {
        let series = Padded::<[[f64; 2]; 3]>::new(&[[1.0, 2.0]]).unwrap();
        assert_eq!(flat(&[series]), [1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 2.0]);
        assert_eq!((series.length(), series.counted()), (1, &[[1.0, 2.0]][..]));
        let mut series = Padded::full([[1_u8]; 255]);
        for length in [1, 17, 255] {
            series.set_length(length);
            assert_eq!(series.length(), length);
        }
    }

    /// The number of steps may be larger than the vocabulary.
    #[test]
    fn tokens_count_beyond_their_vocabulary() {
        let token = |index| Token::<2>::new(index).unwrap();
        let text = Padded::<[Token<2>; 100]>::new(&[token(1), token(0)]).unwrap();
        assert_eq!((text.length(), text.counted()), (2, &[token(1), token(0)][..]));
        assert_eq!((<Padded<[Token<2>; 100]>>::LEN, <Padded<[Token<2>; 100]>>::SHAPE.len()), (101, 101));
        assert_eq!(size_of::<<Padded<[Token<2>; 100]> as Sample>::Grad>(), 0);
    }

    #[test]
    fn what_is_no_sequence_is_refused() {
        assert_eq!(Padded::<[f32; 2]>::new(&[]), Err(PaddingError::Empty));
        assert_eq!(Padded::<[f32; 2]>::new(&[0.0; 3]), Err(PaddingError::TooLong { length: 3, steps: 2 }));
    }

    #[test]
    fn numbers_have_a_gradient_of_the_same_type() {
        fn has_one<S: Differentiable>() {}
        has_one::<Padded<[[f32; 2]; 3]>>();
    }
}
