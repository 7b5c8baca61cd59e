//! Streams of networks that do not say of what.

use core::slice::{from_mut, from_ref};

use typednet_tensor::{Flat, Sample, recast_mut, same, same_mut};

use crate::Streaming;

/// [`Streaming`], for a state and for steps that are the same under another name.
pub trait StreamingFor<'a, T> {
    /// The most steps.
    const LONGEST: usize;

    /// As [`Streaming::step_into`].
    fn step<S: Flat<Elem = T>, X: Sample, Y: Sample>(&self, state: &mut S, at: usize, x: &X, y: &mut Y);
}

impl<L: Streaming> StreamingFor<'_, L::Elem> for L {
    const LONGEST: usize = L::LONGEST;

    fn step<S: Flat<Elem = L::Elem>, X: Sample, Y: Sample>(&self, state: &mut S, at: usize, x: &X, y: &mut Y) {
        self.step_into(recast_mut(state), at, one(x), one_mut(y));
    }
}

/// [`same`] of one sample.
pub(super) fn one<A: 'static, B: 'static>(x: &A) -> &B {
    &same(from_ref(x))[0]
}

/// [`same_mut`] of one sample.
pub(super) fn one_mut<A: 'static, B: 'static>(x: &mut A) -> &mut B {
    &mut same_mut(from_mut(x))[0]
}
