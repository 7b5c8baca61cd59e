//! The backward pass of a network.

use typednet_tensor::{Flat, Scalar, flat, flat_mut, rows, rows_mut, same, same_mut};

use super::runs::Runs;
use super::{Part, first_with_elements, places};
use crate::activated::Kept;
use crate::over_slices::Block;
use crate::{BackwardOverSlices, Gradient, Layer, PassContext, Trace, Workspace, WorkspaceSize};

/// A backward pass that has come to some layer, from the last one on; see [`Layer::backward`].
///
/// What the layers have kept is cut from its end, as [`Forward`](super::Forward) has cut it from its front.
pub struct Backward<'a, T> {
    /// What the layers before this one have kept.
    kept: &'a mut [T],
    /// What this layer has saved.
    saved: &'a mut [T],
    scratch: &'a mut [T],
    rows: usize,
    runs: Runs<'a>,
    /// The number of the last layer.
    last: usize,
    /// The number of the first layer behind which somebody reads the gradient of what a layer gives.
    read_behind: Option<usize>,
}

/// A layer and what goes through it, as slices.
pub(super) struct Through<'l, 'b, T> {
    y: &'l [T],
    dy: &'l mut [T],
    /// Where the gradient of what it reads goes.
    place: &'b mut [T],
    layer: &'l [T],
    grad: &'l mut [T],
}

/// What a layer's part of a pass takes, beside what the layer knows.
pub(super) struct Step<'a, T> {
    /// What the layer before gives, which this one reads.
    x: &'a [T],
    saved: &'a mut [T],
    run: PassContext<'a>,
    /// Whether somebody reads the gradient of `x`: a layer before this one that has parameters, or who asks for that of the input.
    ///
    /// A network that begins with noise, dropout or a change of shape so has no product for a gradient that nobody reads.
    is_read: bool,
}

impl<'a, T: Scalar> Backward<'a, T> {
    /// The two places that the gradients of the values between the layers take in turn, and the pass before the last layer. `input` says
    /// whether the gradient of the network's input is asked for.
    #[inline(never)]
    pub fn new(
        parts: &[Part],
        rows: usize,
        saved: &'a mut [T],
        scratch: &'a mut [T],
        run: PassContext<'a>,
        input: bool,
    ) -> (&'a mut [T], &'a mut [T], Self) {
        let (odd, even, scratch) = places(parts, rows, scratch);
        let last = parts.len() - 1;
        let before: usize =
            parts[..last].iter().map(|part| Workspace::<T>::kept_len(part.saved, part.width, rows)).sum();
        let (kept, saved) = saved.split_at_mut(before);
        let read_behind = if input { None } else { Some(first_with_elements(parts)) };
        (odd, even, Self { kept, saved, scratch, rows, runs: Runs::new(run, last), last, read_behind })
    }

    /// The gradients of the next layer, which is not the first: of its parameters into `grad`, and of what the layer `before` it gives
    /// into `place`. Both of that layer come back, what it gives and its gradient.
    #[inline(never)]
    pub fn layer<'b, L: Layer<Elem = T>, B: Layer<Elem = T>>(
        &mut self,
        layer: &L,
        before: &B,
        y: &[L::Out],
        dy: &mut [L::Out],
        place: &'b mut [T],
        grad: &mut L,
    ) -> (&'a [B::Out], &'b mut [B::Out]) {
        let _ = before;
        if const { L::BACKWARD.is_some() } {
            let through =
                Through { y: flat(y), dy: flat_mut(dy), place, layer: layer.as_flat(), grad: grad.as_flat_mut() };
            let (x, dx) = self.over_slices(L::BACKWARD, through, B::SAVED, B::Out::LEN);
            return (rows(x), rows_mut(dx));
        }
        let Step { x, saved, run, is_read } = self.step(B::SAVED, B::Out::LEN);
        let dx = rows_mut(&mut place[..x.len()]);
        let x = rows(x);
        let wanted = is_read.then_some(same_mut(&mut *dx));
        layer.backward(Trace { x: same(x), y, saved }, dy, wanted, grad, self.scratch, run);
        (x, dx)
    }

    /// As [`layer`](Self::layer), where the layer before it saves `saved` and gives `width` elements for each row.
    #[inline(never)]
    pub(super) fn over_slices<'b>(
        &mut self,
        pass: Option<&'static dyn BackwardOverSlices<T>>,
        Through { y, dy, place, layer, grad }: Through<'_, 'b, T>,
        saved: WorkspaceSize,
        width: usize,
    ) -> (&'a [T], &'b mut [T]) {
        let Step { x, saved, run, is_read } = self.step(saved, width);
        let dx = &mut place[..x.len()];
        let wanted = is_read.then_some(&mut *dx);
        let pass = pass.expect("a layer that has such a pass");
        pass.backward(Kept { x, y, saved }, dy, wanted, Block { layer, grad, scratch: self.scratch }, run);
        (x, dx)
    }

    /// Goes one layer back, to one that saves `saved` and gives `width` elements for each row.
    #[inline(never)]
    pub(super) fn step(&mut self, saved: WorkspaceSize, width: usize) -> Step<'a, T> {
        let run = if self.runs.index == self.last { self.runs.last() } else { self.runs.child() };
        let is_read = self.read_behind.is_none_or(|first| first < self.runs.index);
        self.runs.index -= 1;
        let kept = core::mem::take(&mut self.kept);
        let (kept, here) = kept.split_at_mut(kept.len() - Workspace::<T>::kept_len(saved, width, self.rows));
        self.kept = kept;
        let (before, x) = Workspace::new(here, self.rows).kept(saved, width);
        Step { x, saved: core::mem::replace(&mut self.saved, before), run, is_read }
    }

    /// The gradients of the first layer: of its parameters, and of the network's input where that is asked for.
    #[inline(never)]
    pub fn first<L: Layer<Elem = T>>(
        self,
        layer: &L,
        x: &[L::In],
        y: &[L::Out],
        dy: &mut [L::Out],
        dx: Option<&mut [Gradient<L::In>]>,
        grad: &mut L,
    ) {
        let run = if self.last == 0 { self.runs.last() } else { self.runs.child() };
        layer.backward(Trace { x, y, saved: self.saved }, dy, dx, grad, self.scratch, run);
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Key;

    use super::*;
    use crate::{ActivationLayer, Dense, Gelu, Relu};

    const PARTS: [Part; 3] = [
        Part::of::<ActivationLayer<[f32; 3], Relu>>("a"),
        Part::of::<Dense<3, 5, Gelu>>("b"),
        Part::of::<Dense<5, 7, Gelu>>("c"),
    ];
    const ROWS: usize = 7;

    /// The pass before the last layer, in memory of as many elements as the parts say.
    fn pass<'a>(saved: &'a mut [f32], scratch: &'a mut [f32], input: bool) -> Backward<'a, f32> {
        Backward::new(&PARTS, ROWS, saved, scratch, PassContext::new(Key::new(0)), input).2
    }

    fn memory() -> (Vec<f32>, Vec<f32>) {
        let need = |need: WorkspaceSize| vec![0.0; need.of(ROWS)];
        (need(super::super::saved(&PARTS)), need(super::super::scratch(&PARTS)))
    }

    #[test]
    fn a_gradient_is_read_behind_parameters_and_for_the_input() {
        for (input, expected) in [(false, [true, false]), (true, [true, true])] {
            let (mut saved, mut scratch) = memory();
            let mut pass = pass(&mut saved, &mut scratch, input);
            assert_eq!([1, 0].map(|part| pass.step(PARTS[part].saved, PARTS[part].width).is_read), expected);
        }
    }

    #[test]
    fn what_was_kept_is_found_where_it_is() {
        let (mut saved, mut scratch) = memory();
        let mut space = Workspace::new(&mut saved, ROWS);
        let mut kept = |part: &Part, at: f32| {
            let (saved, y) = space.kept(part.saved, part.width);
            saved.fill(at + 0.5);
            y.fill(at);
            [saved.len(), y.len()]
        };
        let lens = [kept(&PARTS[0], 1.0), kept(&PARTS[1], 2.0)];
        space.rest().fill(3.5);
        let mut pass = pass(&mut saved, &mut scratch, false);
        for (part, here, behind) in [(1, 2.0, 3.5), (0, 1.0, 2.5)] {
            let Step { x, saved, .. } = pass.step(PARTS[part].saved, PARTS[part].width);
            assert_eq!(x, vec![here; lens[part][1]]);
            assert_eq!(saved, vec![behind; saved.len()]);
            assert!(!saved.is_empty());
        }
        assert_eq!(pass.saved, vec![1.5; lens[0][0]]);
        assert!(pass.kept.is_empty());
    }
}
