//! The parts of a network as the code that `network!` writes uses them.

use typednet_tensor::{Flat, Sample, Scalar, rows_mut, same, size};

use crate::{Activation, Child, Layer, Output, PassContext, Path, Workspace, WorkspaceSize};

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
pub const fn widest(parts: &[Part], start: usize) -> WorkspaceSize {
    let mut need = WorkspaceSize::NONE;
    let mut i = start;
    while i + 1 < parts.len() {
        need = need.or(WorkspaceSize::rows(parts[i].width));
        i += 2;
    }
    need
}

/// `d`, where somebody wants the gradient of what part `index` reads: a part before it that has parameters, or who asks for `dx`.
///
/// A network that begins with noise, dropout or a change of shape so has no product for a gradient that nobody reads.
#[inline(always)]
pub fn wanted<D, X>(parts: &[Part], index: usize, dx: &Option<X>, d: D) -> Option<D> {
    (dx.is_some() || parts[..index].iter().any(|part| part.has_elements)).then_some(d)
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

/// As many outputs of `layer` as there are rows, at the front of a buffer that others use too.
#[inline]
pub fn rows_of<'a, L: Layer>(_: &L, buffer: &'a mut [L::Elem], rows: usize) -> &'a mut [L::Out] {
    rows_mut(&mut buffer[..size::product(&[rows, L::Out::LEN])])
}

/// What `layer` saves, and its outputs.
#[inline]
pub fn kept_of<'a, L: Layer>(_: &L, space: &mut Workspace<'a, L::Elem>) -> (&'a mut [L::Elem], &'a mut [L::Out]) {
    (space.take(L::SAVED), space.samples())
}

/// A pass in use that shows what each layer of a network gives; see [`Layer::visit_outputs`].
pub struct Show<'a, T> {
    parts: &'a [Part],
    next: usize,
    scratch: &'a mut [T],
    run: PassContext<'a>,
    path: &'a Path<'a>,
    visit: &'a mut dyn FnMut(Output<'_, T>),
}

impl<'a, T: Scalar> Show<'a, T> {
    /// The two places that the values between the layers take in turn, and the pass that begins at the first layer.
    pub fn new(
        parts: &'a [Part],
        rows: usize,
        scratch: &'a mut [T],
        run: PassContext<'a>,
        path: &'a Path<'a>,
        visit: &'a mut dyn FnMut(Output<'_, T>),
    ) -> (&'a mut [T], &'a mut [T], Self) {
        let mut space = Workspace::new(scratch, rows);
        let (odd, even) = (space.take(widest(parts, 0)), space.take(widest(parts, 1)));
        (odd, even, Self { parts, next: 0, scratch: space.rest(), run, path, visit })
    }

    /// Passes the batch through the next layer, which is not the last, and puts what it gives into `buffer`.
    pub fn layer<'b, L: Layer<Elem = T>>(&mut self, layer: &L, x: &[L::In], buffer: &'b mut [T]) -> &'b mut [L::Out] {
        let y = rows_of(layer, buffer, x.len());
        let run = self.run.child(self.next as u64);
        self.pass(layer, x, y, run);
        y
    }

    /// Passes the batch through the last layer.
    pub fn last<L: Layer<Elem = T>>(&mut self, layer: &L, x: &[L::In], y: &mut [L::Out]) {
        let run = self.run.last(self.next as u64);
        self.pass(layer, x, y, run);
    }

    fn pass<L: Layer<Elem = T>>(&mut self, layer: &L, x: &[L::In], y: &mut [L::Out], run: PassContext<'_>) {
        let path = self.path.inner(self.parts[self.next].child.name);
        self.next += 1;
        Output::show(layer, x, y, self.scratch, run, &path, self.visit);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActivationLayer, Dense, Relu};

    #[test]
    fn a_gradient_is_wanted_behind_parameters_and_for_the_input() {
        let parts = [
            Part::of::<ActivationLayer<[f32; 3], Relu>>("a"),
            Part::of::<Dense<3, 3>>("b"),
            Part::of::<Dense<3, 3>>("c"),
        ];
        let (asked, none) = (Some(()), None::<()>);
        assert_eq!([1, 2].map(|index| wanted(&parts, index, &none, ())), [None, Some(())]);
        assert_eq!([1, 2].map(|index| wanted(&parts, index, &asked, ())), [Some(()), Some(())]);
    }
}
