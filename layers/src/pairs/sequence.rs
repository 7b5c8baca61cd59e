//! Sequences with padding and without.

use typednet_tensor::{Count, Padded, Sample, Steps};

/// A sample that is steps: an array of them, of which all count, or a [`Padded`] one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no sequence",
    label = "expected an array of steps, such as `[[f32; 8]; 64]`, or a padded one"
)]
pub trait Sequence: Sample<Elem: Count> {
    /// The array of all steps.
    type Steps: Steps<Elem = Self::Elem>;

    /// All steps, padding too.
    fn all(&self) -> &Self::Steps;

    /// All steps, to be changed.
    fn all_mut(&mut self) -> &mut Self::Steps;

    /// How many steps count.
    fn length(&self) -> usize;

    /// Lets the first `length` steps count, where that can be said.
    fn set_length(&mut self, length: usize);
}

impl<S: Sample<Elem: Count>, const N: usize> Sequence for [S; N]
where
    Self: Steps<Elem = S::Elem>,
{
    type Steps = Self;

    #[inline]
    fn all(&self) -> &Self {
        self
    }

    #[inline]
    fn all_mut(&mut self) -> &mut Self {
        self
    }

    #[inline]
    fn length(&self) -> usize {
        N
    }

    #[inline]
    fn set_length(&mut self, length: usize) {
        debug_assert_eq!(length, N, "all steps of an array count");
    }
}

impl<X: Steps> Sequence for Padded<X> {
    type Steps = X;

    #[inline]
    fn all(&self) -> &X {
        &self.steps
    }

    #[inline]
    fn all_mut(&mut self) -> &mut X {
        &mut self.steps
    }

    #[inline]
    fn length(&self) -> usize {
        Padded::length(self)
    }

    #[inline]
    fn set_length(&mut self, length: usize) {
        Padded::set_length(self, length);
    }
}
