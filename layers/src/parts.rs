//! What the code that `network!` writes is made of.

use typednet_tensor::{Flat, Sample, rows_mut, same};

use crate::{Child, Layer, Need, Space};

/// One layer of a network, as const data.
#[derive(Clone, Copy)]
pub struct Part {
    child: Child,
    /// The number of elements that it gives.
    width: usize,
    saved: Need,
    scratch: Need,
    infer: Need,
}

impl Part {
    /// Layer `L` in the field `name`.
    pub const fn of<L: Layer>(name: &'static str) -> Self {
        let child = Child { name, node: const { &L::TREE } };
        Self { child, width: L::Out::LEN, saved: L::SAVED, scratch: L::SCRATCH, infer: L::INFER }
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
pub const fn saved(parts: &[Part]) -> Need {
    let mut need = Need::NONE;
    let mut i = 0;
    while i < parts.len() {
        need = need.and(parts[i].saved);
        if i + 1 < parts.len() {
            need = need.and(Need::rows(parts[i].width));
        }
        i += 1;
    }
    need
}

/// Two gradients of values between layers, and what any of the layers takes.
pub const fn scratch(parts: &[Part]) -> Need {
    let mut need = Need::NONE;
    let mut i = 0;
    while i < parts.len() {
        need = need.or(parts[i].scratch);
        i += 1;
    }
    widest(parts, 0).and(widest(parts, 1)).and(need)
}

/// Two values between layers, and what any of the layers takes in use.
pub const fn inference(parts: &[Part]) -> Need {
    let mut need = Need::NONE;
    let mut i = 0;
    while i < parts.len() {
        need = need.or(parts[i].infer);
        i += 1;
    }
    widest(parts, 0).and(widest(parts, 1)).and(need)
}

/// The widest value between two layers that every second layer gives, from layer `start` on.
pub const fn widest(parts: &[Part], start: usize) -> Need {
    let mut need = Need::NONE;
    let mut i = start;
    while i + 1 < parts.len() {
        need = need.or(Need::rows(parts[i].width));
        i += 2;
    }
    need
}

/// The number of elements that a layer gives.
pub const fn width<L: Layer>() -> usize {
    L::Out::LEN
}

/// One output of `layer`, on the stack.
#[inline]
pub fn sample_of<L: Layer>(_: &L) -> L::Out {
    L::Out::zeros()
}

/// As many outputs of `layer` as there are rows, at the front of a buffer that others use too.
#[inline]
pub fn rows_of<'a, L: Layer>(_: &L, buffer: &'a mut [L::Elem], rows: usize) -> &'a mut [L::Out] {
    rows_mut(&mut buffer[..rows * L::Out::LEN])
}

/// What `layer` saves, and its outputs.
#[inline]
pub fn kept_of<'a, L: Layer>(_: &L, space: &mut Space<'a, L::Elem>) -> (&'a mut [L::Elem], &'a mut [L::Out]) {
    (space.take(L::SAVED), space.samples())
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

/// A wrong network, with a place for more errors.
pub type Wrong<L, const ERRORS: usize> = L;
