//! A layer on one half of each sample of a batch.
//!
//! A layer reads samples that stand side by side, and halves of pairs do not. So they are copied, in each pass anew: a copy costs
//! little beside what is computed of it, and what is not kept takes no memory from one pass to the other.

use core::any::TypeId;

use typednet_tensor::{Flat, Pair, Sample, Scalar, same_mut};

use crate::threads::by_samples;
use crate::{Gradient, Layer, Output, PassContext, Path, Trace, Workspace, WorkspaceSize};

/// Where in a pair `P` the half `H` is.
pub(super) struct Half<P, H> {
    of: fn(&P) -> &H,
    of_mut: fn(&mut P) -> &mut H,
}

impl<P, H> Clone for Half<P, H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, H> Copy for Half<P, H> {}

impl<A, B> Half<Pair<A, B>, A> {
    /// The first.
    pub(super) const fn first() -> Self {
        Self { of: |pair| &pair.first, of_mut: |pair| &mut pair.first }
    }
}

impl<A, B> Half<Pair<A, B>, B> {
    /// The second.
    pub(super) const fn second() -> Self {
        Self { of: |pair| &pair.second, of_mut: |pair| &mut pair.second }
    }
}

/// The bytes of a number, as far as it matters for how many threads are worth their while.
const NUMBER: usize = 4;

impl<P: Send + Sync, H: Copy + Send + Sync> Half<P, H> {
    /// `to` ← this half of each of `from`
    pub(super) fn take(self, from: &[P], to: &mut [H], run: PassContext<'_>) {
        by_samples(run.parallel(), to, size_of::<H>() / NUMBER, |first, to| {
            for (from, to) in from[first..].iter().zip(to) {
                *to = *(self.of)(from);
            }
        });
    }

    /// This half of each of `to` ← `from`
    pub(super) fn put(self, from: &[H], to: &mut [P], run: PassContext<'_>) {
        by_samples(run.parallel(), to, size_of::<H>() / NUMBER, |first, to| {
            for (from, to) in from[first..].iter().zip(to) {
                *(self.of_mut)(to) = *from;
            }
        });
    }

    /// This half of each of `to` ← the same of each of `from`
    pub(super) fn pass_on<Q>(self, of: Half<Q, H>, from: &[Q], to: &mut [P], run: PassContext<'_>)
    where
        Q: Send + Sync,
    {
        by_samples(run.parallel(), to, size_of::<H>() / NUMBER, |first, to| {
            for (from, to) in from[first..].iter().zip(to) {
                *(self.of_mut)(to) = *(of.of)(from);
            }
        });
    }
}

/// Inputs and outputs of `L` side by side.
const fn copies<L: Layer>() -> WorkspaceSize {
    WorkspaceSize::lent::<L::In, L::Elem>().and(WorkspaceSize::rows(L::Out::LEN))
}

/// What [`infer`] takes.
pub(super) const fn infer_need<L: Layer>() -> WorkspaceSize {
    copies::<L>().and(L::INFER)
}

/// What [`forward`] and [`backward`] take: the copies, their gradients, and what `L` takes.
pub(super) const fn need<L: Layer>() -> WorkspaceSize {
    copies::<L>().and(copies::<L>()).and(L::SCRATCH)
}

/// Half `to` of `y` ← what `layer` gives for half `of` of `x`, at inference.
pub(super) fn infer<L: Layer, P: Send + Sync, Q: Send + Sync>(
    layer: &L,
    (x, of): (&[P], Half<P, L::In>),
    (y, to): (&mut [Q], Half<Q, L::Out>),
    scratch: &mut [L::Elem],
    run: PassContext<'_>,
) {
    let mut scratch = Workspace::new(scratch, x.len());
    let (own, given) = (scratch.lent::<L::In>(), scratch.samples::<L::Out>());
    of.take(x, own, run);
    layer.infer(own, given, scratch.rest(), run);
    to.put(given, y, run);
}

/// As [`infer`], where each layer inside is shown.
pub(super) fn show<L: Layer, P: Send + Sync, Q: Send + Sync>(
    layer: &L,
    (x, of): (&[P], Half<P, L::In>),
    (y, to): (&mut [Q], Half<Q, L::Out>),
    scratch: &mut [L::Elem],
    run: PassContext<'_>,
    path: &Path<'_>,
    visit: &mut dyn FnMut(Output<'_, L::Elem>),
) {
    let mut scratch = Workspace::new(scratch, x.len());
    let (own, given) = (scratch.lent::<L::In>(), scratch.samples::<L::Out>());
    of.take(x, own, run);
    Output::show(layer, own, given, scratch.rest(), run, path, visit);
    to.put(given, y, run);
}

/// As [`infer`], in training.
pub(super) fn forward<L: Layer, P: Send + Sync, Q: Send + Sync>(
    layer: &L,
    (x, of): (&[P], Half<P, L::In>),
    (y, to): (&mut [Q], Half<Q, L::Out>),
    saved: &mut [L::Elem],
    scratch: &mut [L::Elem],
    run: PassContext<'_>,
) {
    let mut scratch = Workspace::new(scratch, x.len());
    let (own, given) = (scratch.lent::<L::In>(), scratch.samples::<L::Out>());
    of.take(x, own, run);
    layer.forward(own, given, saved, scratch.rest(), run);
    to.put(given, y, run);
}

/// A half of some pairs.
type Place<'a, P, H> = (&'a mut [P], Half<P, H>);

/// The gradients of `layer` from half `to` of `dy`; that by its input is half `into` of `dx`, where it has one.
pub(super) fn backward<L: Layer, P: Send + Sync, Q: Send + Sync, D: Send + Sync>(
    layer: &L,
    (x, of): (&[P], Half<P, L::In>),
    (y, dy, to): (&[Q], &[Q], Half<Q, L::Out>),
    dx: Option<Place<'_, D, Gradient<L::In>>>,
    grad: &mut L,
    [saved, scratch]: [&mut [L::Elem]; 2],
    run: PassContext<'_>,
) {
    let mut scratch = Workspace::new(scratch, x.len());
    let (own, given, d_given) = (scratch.lent::<L::In>(), scratch.samples::<L::Out>(), scratch.samples::<L::Out>());
    of.take(x, own, run);
    to.take(y, given, run);
    to.take(dy, d_given, run);
    let d_own = dx.is_some().then(|| gradients::<L::In, _>(&mut scratch)).flatten();
    let trace = Trace { x: &*own, y: &*given, saved };
    match (d_own, dx) {
        (Some(d_own), Some((dx, into))) => {
            layer.backward(trace, d_given, Some(&mut *d_own), grad, scratch.rest(), run);
            into.put(d_own, dx, run);
        }
        _ => layer.backward(trace, d_given, None, grad, scratch.rest(), run),
    }
}

/// Memory for the gradient by samples `S`, if they have one.
fn gradients<'a, S: Sample, T: Scalar>(space: &mut Workspace<'a, T>) -> Option<&'a mut [S::Grad]> {
    const {
        let (gradient, sample) = (size_of::<S::Grad>(), size_of::<S>());
        assert!(gradient == 0 || gradient == sample, "a half is no pair of what has a gradient and what has none");
    }
    (TypeId::of::<S::Grad>() == TypeId::of::<S>()).then(|| same_mut(space.lent::<S>()))
}
