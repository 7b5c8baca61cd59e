//! The pass of a network in use.

use typednet_tensor::{Flat, Scalar, rows_mut, size};

use super::runs::Runs;
use super::{Part, places};
use crate::{Layer, PassContext};

/// A pass in use that has come to some layer; see [`Layer::infer`].
pub struct Infer<'a, T> {
    scratch: &'a mut [T],
    runs: Runs<'a>,
}

impl<'a, T: Scalar> Infer<'a, T> {
    /// The two places that the values between the layers take in turn, and the pass before the first layer.
    pub fn new(
        parts: &[Part],
        rows: usize,
        scratch: &'a mut [T],
        run: PassContext<'a>,
    ) -> (&'a mut [T], &'a mut [T], Self) {
        let (odd, even, scratch) = places(parts, rows, scratch);
        (odd, even, Self { scratch, runs: Runs::new(run, 0) })
    }

    /// Passes the batch through the next layer, which is not the last, and puts what it gives into `place`.
    #[inline(never)]
    pub fn layer<'b, L: Layer<Elem = T>>(&mut self, layer: &L, x: &[L::In], place: &'b mut [T]) -> &'b [L::Out] {
        let y = rows_mut(&mut place[..size::product(&[x.len(), L::Out::LEN])]);
        layer.infer(x, y, self.scratch, self.runs.child());
        self.runs.index += 1;
        y
    }

    /// Passes the batch through the last layer.
    #[inline(never)]
    pub fn last<L: Layer<Elem = T>>(self, layer: &L, x: &[L::In], y: &mut [L::Out]) {
        layer.infer(x, y, self.scratch, self.runs.last());
    }
}
