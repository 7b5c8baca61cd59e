//! The parts of a network as the code that `network!` writes uses them.
//!
//! A pass is one call for each layer ([`Forward`], [`Backward`], [`Infer`], [`Show`]). What such a call does with memory is the same
//! for all layers, so it is compiled in the library, and the call itself is a function of its own: LLVM takes much longer for one
//! function of a hundred layers than for a hundred of one.

mod backward;
mod forward;
mod infer;
mod runs;
mod show;

pub use backward::Backward;
pub use forward::Forward;
pub use infer::Infer;
pub use show::Show;

use core::hint::black_box;

use typednet_tensor::{Flat, Sample, Scalar, same};

use crate::{Activation, Child, Layer, Workspace, WorkspaceSize};

/// Compiles what the passes of a scalar have in common: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    black_box([
        Backward::<'_, T>::new as *const (),
        Backward::<'_, T>::over_slices as *const (),
        Backward::<'_, T>::step as *const (),
        Forward::<'_, T>::over_slices as *const (),
        Workspace::<'_, T>::kept as *const (),
        places::<T> as *const (),
    ]);
}

/// One layer of a network, as const data.
#[derive(Clone, Copy)]
pub struct Part {
    child: Child,
    /// The number of elements that it gives.
    width: usize,
    /// Whether it has elements, which may want a gradient.
    has_elements: bool,
    saved: WorkspaceSize,
    scratch: WorkspaceSize,
    infer: WorkspaceSize,
}

impl Part {
    /// Layer `L` in the field `name`.
    pub const fn of<L: Layer>(name: &'static str) -> Self {
        let child = Child { name, node: const { &L::TREE } };
        let (width, has_elements) = (L::Out::LEN, L::LEN > 0);
        Self { child, width, has_elements, saved: L::SAVED, scratch: L::SCRATCH, infer: L::INFER }
    }
}

/// The children of the network's node.
pub const fn children<const N: usize>(parts: &[Part; N]) -> [Child; N] {
    let mut children = [parts[0].child; N];
    let mut i = 0;
    while i < N {
        children[i] = parts[i].child;
        i += 1;
    }
    children
}

/// What each layer saves, and each value between two layers.
pub const fn saved(parts: &[Part]) -> WorkspaceSize {
    let mut need = WorkspaceSize::NONE;
    let mut i = 0;
    while i < parts.len() {
        need = need.and(parts[i].saved);
        if i + 1 < parts.len() {
            need = need.and(WorkspaceSize::rows(parts[i].width));
        }
        i += 1;
    }
    need
}

/// Two gradients of values between layers, and what any of the layers takes.
pub const fn scratch(parts: &[Part]) -> WorkspaceSize {
    let mut need = WorkspaceSize::NONE;
    let mut i = 0;
    while i < parts.len() {
        need = need.or(parts[i].scratch);
        i += 1;
    }
    widest(parts, 0).and(widest(parts, 1)).and(need)
}

/// Two values between layers, and what any of the layers takes in use.
pub const fn inference(parts: &[Part]) -> WorkspaceSize {
    let mut need = WorkspaceSize::NONE;
    let mut i = 0;
    while i < parts.len() {
        need = need.or(parts[i].infer);
        i += 1;
    }
    widest(parts, 0).and(widest(parts, 1)).and(need)
}

/// The widest value between two layers that every second layer gives, from layer `start` on.
const fn widest(parts: &[Part], start: usize) -> WorkspaceSize {
    let mut need = WorkspaceSize::NONE;
    let mut i = start;
    while i + 1 < parts.len() {
        need = need.or(WorkspaceSize::rows(parts[i].width));
        i += 2;
    }
    need
}

/// The number of the first part that has parameters; of all parts, where none has.
const fn first_with_elements(parts: &[Part]) -> usize {
    let mut i = 0;
    while i < parts.len() && !parts[i].has_elements {
        i += 1;
    }
    i
}

/// The places that the values between the layers take in turn, and what the layers take.
#[inline(never)]
fn places<'a, T>(parts: &[Part], rows: usize, scratch: &'a mut [T]) -> (&'a mut [T], &'a mut [T], &'a mut [T]) {
    let mut space = Workspace::new(scratch, rows);
    (space.take(widest(parts, 0)), space.take(widest(parts, 1)), space.rest())
}

/// An activation of numbers of type `T`. The code of a network asks this of the types that the user wrote.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an activation of numbers of type `{T}`",
    label = "expected an activation",
    note = "an activation is one of the library's, such as `Relu`, or a type that implements `Activation`"
)]
pub trait IsActivation<T> {
    /// 0, where there is an answer.
    const YES: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<A: Activation<T>, T: Scalar> IsActivation<T> for A {}

/// A layer with an activation that the user wrote. Where that is no activation, `YES` has an error in it, and then all of
/// these are wrong without a word: the mistake is reported once.
pub trait LayerOf<const YES: usize> {
    /// The type.
    type Itself: Layer;

    /// One output.
    type Gives: Sample;

    /// The number of elements of an output.
    const WIDTH: usize;
}

impl<L: Layer> LayerOf<0> for L {
    type Itself = Self;
    type Gives = L::Out;
    const WIDTH: usize = L::Out::LEN;
}

/// The layer, as [`LayerOf`] knows it.
#[inline]
pub const fn own<const YES: usize, L: LayerOf<YES, Itself = L>>(layer: &L) -> &L::Itself {
    layer
}

/// The same, to be changed.
#[inline]
pub const fn own_mut<const YES: usize, L: LayerOf<YES, Itself = L>>(layer: &mut L) -> &mut L::Itself {
    layer
}

/// One output of `layer`, on the stack.
#[inline]
pub fn sample_of<L: Layer>(_: &L) -> L::Out {
    L::Out::zeros()
}

/// One sample under another name of its type; see [`same`].
#[inline]
pub fn same_one<A: Sample, B: Sample>(x: &A) -> &B {
    &same(core::slice::from_ref(x))[0]
}

/// A network that has passed the checks in its argument: the type form of `network!`.
pub trait Checked<const CHECKS: usize>: Sized {
    /// The network itself.
    type Network;
}

impl<L> Checked<0> for L {
    type Network = L;
}
