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

#[cfg(test)]
mod tests {
    use typednet_tensor::Key;

    use super::*;
    use crate::{Dense, Linear, Network, Relu};

    #[test]
    fn each_layer_sees_the_pass_of_its_own_number() {
        let (first, second) = (Dense::<2, 3, Relu>::seeded(0), Dense::<3, 1, Linear>::seeded(1));
        let parts = [Part::of::<Dense<2, 3, Relu>>("first"), Part::of::<Dense<3, 1, Linear>>("second")];
        let run = PassContext::new(Key::new(5));
        let (x, mut scratch) = ([[0.5, -1.0]; 4], vec![0.0; super::super::inference(&parts).of(4)]);
        let (place, _, mut pass) = Infer::new(&parts, x.len(), &mut scratch, run);
        let y = pass.layer(&*first, &x, place);
        assert_eq!((pass.runs.index, pass.runs.last().key()), (1, run.last(1).key()));
        let mut out = [[0.0]; 4];
        pass.last(&*second, y, &mut out);
        assert_eq!(out, x.map(|x| second.predict(&first.predict(&x))));
    }
}
