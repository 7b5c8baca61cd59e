//! The forward pass of a network in training.

use typednet_tensor::{Flat, Scalar, flat, rows, rows_mut, same};

use super::runs::Runs;
use crate::{ForwardOverSlices, Layer, PassContext, Workspace, WorkspaceSize};

/// A forward pass that has come to some layer; see [`Layer::forward`].
pub struct Forward<'a, T> {
    kept: Workspace<'a, T>,
    scratch: &'a mut [T],
    runs: Runs<'a>,
}

impl<'a, T: Scalar> Forward<'a, T> {
    /// The pass before the first layer.
    pub fn new(rows: usize, saved: &'a mut [T], scratch: &'a mut [T], run: PassContext<'a>) -> Self {
        Self { kept: Workspace::new(saved, rows), scratch, runs: Runs::new(run, 0) }
    }

    /// Passes the batch through the next layer, which is not the last. What it gives is kept.
    #[inline(never)]
    pub fn layer<L: Layer<Elem = T>>(&mut self, layer: &L, x: &[L::In]) -> &'a [L::Out] {
        if const { L::FORWARD.is_some() } {
            return rows(self.over_slices(L::FORWARD, layer.as_flat(), same(flat(x)), L::SAVED, L::Out::LEN));
        }
        let (saved, y) = self.kept.kept(L::SAVED, L::Out::LEN);
        let y = rows_mut(y);
        layer.forward(x, y, saved, self.scratch, self.runs.child());
        self.runs.index += 1;
        y
    }

    /// As [`layer`](Self::layer), through a layer that saves `saved` and gives `width` elements for each row.
    #[inline(never)]
    pub(super) fn over_slices(
        &mut self,
        pass: Option<&'static dyn ForwardOverSlices<T>>,
        layer: &[T],
        x: &[T],
        saved: WorkspaceSize,
        width: usize,
    ) -> &'a [T] {
        let (saved, y) = self.kept.kept(saved, width);
        let pass = pass.expect("a layer that has such a pass");
        pass.forward(layer, x, y, saved, self.scratch, self.runs.child());
        self.runs.index += 1;
        y
    }

    /// Passes the batch through the last layer.
    #[inline(never)]
    pub fn last<L: Layer<Elem = T>>(self, layer: &L, x: &[L::In], y: &mut [L::Out]) {
        layer.forward(x, y, self.kept.rest(), self.scratch, self.runs.last());
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Key;

    use super::*;
    use crate::{Dense, Dropout, Network, Relu, bits};

    /// A layer behind one whose passes are over slices, and behind one that has none, draws the random numbers of its own place.
    #[test]
    fn each_layer_sees_the_pass_of_its_own_number() {
        type Noisy = Dropout<[f32; 64], { bits(0.5) }>;
        let (dense, noisy) = (Dense::<2, 64, Relu>::seeded(0), Noisy::zeroed());
        let run = PassContext::new(Key::new(3));
        let (x, mut saved) = ([[0.5, 2.0]; 3], [0.0; 3 * 64 * 3]);
        let mut pass = Forward::new(x.len(), &mut saved, &mut [], run);
        let y = pass.layer(&*dense, &x);
        let once = pass.layer(&*noisy, y);
        let mut twice = [[0.0; 64]; 3];
        pass.last(&*noisy, once, &mut twice);

        let mut expected = [[0.0; 64]; 3];
        for (place, input, found) in [(run.child(1), y, once), (run.last(2), once, &twice)] {
            noisy.forward(input, &mut expected, &mut [], &mut [], place);
            assert_eq!(found, &expected);
        }
        assert_ne!(once, y);
        assert_ne!(&twice, once);
    }
}
