//! The forms of a network that `network!` declared.

use typednet_tensor::{Flat, recast, recast_mut};

#[cfg(feature = "alloc")]
use super::Walk;
use super::{Compact, Steps};
use crate::Layer;

/// A struct whose parameters are those of a chain of its layers; `network!` implements it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no forms of fewer bytes",
    note = "networks of `f32` with at most 32 layers have them, if each layer has"
)]
pub trait AsChain: Layer {
    /// The chain.
    type Chain: Flat<Elem = Self::Elem>;
}

#[diagnostic::do_not_recommend]
impl<N: AsChain + Layer<Elem = f32>> Compact for N
where
    N::Chain: Compact<In = N::In, Out = N::Out>,
{
    type Bf16 = <N::Chain as Compact>::Bf16;
    type Int8 = <N::Chain as Compact>::Int8;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        recast::<N, N::Chain>(self).write_bf16(to);
    }

    fn observe(&self, x: &N::In, y: &mut N::Out, to: &mut Self::Int8) {
        recast::<N, N::Chain>(self).observe(x, y, to);
    }

    fn quantise(&self, to: &mut Self::Int8) {
        recast::<N, N::Chain>(self).quantise(to);
    }

    fn restore(&self, form: &Self::Int8, to: &mut Self) {
        recast::<N, N::Chain>(self).restore(form, recast_mut(to));
    }

    fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
        N::Chain::steps(form, visit);
    }

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&N::In; 2], y: [&mut N::Out; 2], walk: &mut Walk) {
        recast::<N, N::Chain>(self).compare(form, x, y, walk);
    }
}
