//! Labels as a type.

use core::fmt;

use crate::Element;

/// One of `N` classes, 0 to `N` − 1.
///
/// A label is checked once, where it comes in; a loss over `N` outputs then takes `Class<N>` and nothing else, so a
/// label 10 of 10 cannot reach it.
///
/// ```
/// use typednet_tensor::Class;
///
/// let seven = Class::<10>::new(7)?;
/// assert_eq!(seven.index(), 7);
/// assert_eq!(
///     Class::<10>::new(10).unwrap_err().to_string(),
///     "label 10 is out of range: there are 10 classes, 0 to 9",
/// );
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct Class<const N: usize>(u32);

impl<const N: usize> Class<N> {
    /// The class with this number.
    ///
    /// # Errors
    /// If there is no such class.
    pub const fn new(label: usize) -> Result<Self, LabelError> {
        const { assert!(N > 0 && N <= u32::MAX as usize, "there must be at least one class") };
        if label < N { Ok(Self(label as u32)) } else { Err(LabelError { label, classes: N }) }
    }

    /// All classes in order.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..N).map(|index| Self(index as u32))
    }

    /// The class with the largest of `N` scores; the first of them where several are equally large.
    ///
    /// Scores that are not numbers never win; with nothing but such scores it is class 0.
    pub fn of_largest<T: crate::Scalar>(scores: &[T; N]) -> Self {
        let mut best = 0;
        for (i, score) in scores.iter().enumerate() {
            if *score > scores[best] || (scores[best].is_nan() && !score.is_nan()) {
                best = i;
            }
        }
        Self(best as u32)
    }

    /// Whether the class is that of the largest score: whether [`of_largest`](Self::of_largest) gives it.
    pub fn is_largest<T: crate::Scalar>(self, scores: &[T; N]) -> bool {
        let own = scores[self.index()];
        if own.is_nan() {
            return Self::of_largest(scores) == self;
        }
        // Counted, so that there is no branch for each score.
        let larger = scores.iter().map(|score| u32::from(*score > own)).sum::<u32>();
        let equal = scores[..self.index()].iter().map(|score| u32::from(*score == own)).sum::<u32>();
        larger + equal == 0
    }

    /// The class with this number, which must be one.
    pub(crate) const fn of_index(index: u32) -> Self {
        debug_assert!((index as usize) < N);
        Self(index)
    }

    /// The class's number.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// 1 at the class, 0 elsewhere.
    pub fn one_hot<T: crate::Scalar>(self) -> [T; N] {
        let mut scores = [T::zero(); N];
        scores[self.index()] = T::one();
        scores
    }
}

impl<const N: usize> fmt::Display for Class<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const N: usize> fmt::Debug for Class<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {N}", self.0)
    }
}

// SAFETY: a transparent `u32`; zero is a class, since there is at least one.
unsafe impl<const N: usize> Element for Class<N> {
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self.0)
    }
}

/// A label that is no class.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LabelError {
    /// The label that was found.
    pub label: usize,
    /// How many classes there are.
    pub classes: usize,
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { label, classes } = self;
        write!(f, "label {label} is out of range: there are {classes} classes, 0 to {}", classes.saturating_sub(1))
    }
}

crate::debug_as_display!(LabelError);

impl core::error::Error for LabelError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_score_is_found_in_both_ways_alike() {
        // All rows of four of these: ties, infinities and what is no number among them.
        let scores = [f32::NEG_INFINITY, -0.0, 0.0, 1.0, f32::INFINITY, f32::NAN];
        for row in 0..scores.len().pow(4) {
            let row: [f32; 4] = core::array::from_fn(|i| scores[row / scores.len().pow(i as u32) % scores.len()]);
            let largest = Class::of_largest(&row);
            for class in Class::<4>::all() {
                assert_eq!(class.is_largest(&row), class == largest, "{class} in {row:?}");
            }
        }
    }
}
