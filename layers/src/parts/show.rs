//! The pass of a network in use that shows what each layer gives.

use typednet_tensor::{Flat, Scalar, rows_mut, size};

use super::runs::Runs;
use super::{Part, places};
use crate::{Layer, Output, PassContext, Path};

/// A pass in use that has come to some layer and shows what each gives; see [`Layer::visit_outputs`].
pub struct Show<'a, T> {
    parts: &'a [Part],
    scratch: &'a mut [T],
    runs: Runs<'a>,
    path: &'a Path<'a>,
    visit: &'a mut dyn FnMut(Output<'_, T>),
}

impl<'a, T: Scalar> Show<'a, T> {
    /// The two places that the values between the layers take in turn, and the pass before the first layer.
    pub fn new(
        parts: &'a [Part],
        rows: usize,
        scratch: &'a mut [T],
        run: PassContext<'a>,
        path: &'a Path<'a>,
        visit: &'a mut dyn FnMut(Output<'_, T>),
    ) -> (&'a mut [T], &'a mut [T], Self) {
        let (odd, even, scratch) = places(parts, rows, scratch);
        (odd, even, Self { parts, scratch, runs: Runs::new(run, 0), path, visit })
    }

    /// Passes the batch through the next layer, which is not the last, and puts what it gives into `place`.
    #[inline(never)]
    pub fn layer<'b, L: Layer<Elem = T>>(&mut self, layer: &L, x: &[L::In], place: &'b mut [T]) -> &'b [L::Out] {
        let y = rows_mut(&mut place[..size::product(&[x.len(), L::Out::LEN])]);
        self.pass(layer, x, y, self.runs.child());
        self.runs.index += 1;
        y
    }

    /// Passes the batch through the last layer.
    #[inline(never)]
    pub fn last<L: Layer<Elem = T>>(mut self, layer: &L, x: &[L::In], y: &mut [L::Out]) {
        self.pass(layer, x, y, self.runs.last());
    }

    fn pass<L: Layer<Elem = T>>(&mut self, layer: &L, x: &[L::In], y: &mut [L::Out], run: PassContext<'_>) {
        let path = self.path.inner(self.parts[self.runs.index].child.name);
        Output::show(layer, x, y, self.scratch, run, &path, self.visit);
    }
}
