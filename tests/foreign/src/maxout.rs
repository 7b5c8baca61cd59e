//! y = maxₖ (Wₖᵀ x + bₖ) (Goodfellow and others 2013)

use typednet::layers::{Arg, Behaviour, BuildLayer, Init, LayerInfo, LayerSpec, Param, ParamKind, Trace};
use typednet::prelude::*;

/// `OUTPUTS` numbers, each the largest of `PIECES` linear functions of a row.
///
/// ```
/// use typednet::prelude::*;
/// use typednet_foreign::Maxout;
///
/// network! { struct Net<T, const WIDTH: usize>: 4 => Maxout<WIDTH, 3> -> WIDTH => Dense<2, Softmax> }
/// assert_eq!(Net::<f64, 5>::PARAMS, 3 * (4 * 5 + 5) + 5 * 2 + 2);
/// ```
pub struct Maxout<const OUTPUTS: usize, const PIECES: usize>;

impl<const O: usize, const K: usize> LayerSpec for Maxout<O, K> {}

impl<T: Scalar, Declared, const I: usize, const O: usize, const K: usize> BuildLayer<T, [T; I], Declared>
    for Maxout<O, K>
{
    type Layer = MaxoutLayer<T, I, O, K>;
}

/// The layer that [`Maxout`] stands for. Parameters: W of K × I × O, b of K × O.
#[derive(Flat)]
#[repr(C)]
pub struct MaxoutLayer<T: Scalar, const I: usize, const O: usize, const K: usize> {
    /// W
    pub weight: [[[T; O]; I]; K],
    /// b
    pub bias: [[T; O]; K],
}

impl<T: Scalar, const I: usize, const O: usize, const K: usize> MaxoutLayer<T, I, O, K> {
    /// What piece `k` says of output `o`.
    fn piece(&self, k: usize, o: usize, x: &[T; I]) -> T {
        let products = self.weight[k].iter().zip(x).map(|(weight, &x)| weight[o] * x);
        products.fold(self.bias[k][o], |sum, product| sum + product)
    }

    /// The largest piece of output `o`, and its value. NaN is none of the larger ones.
    fn largest(&self, o: usize, x: &[T; I]) -> (usize, T) {
        let first = (0, self.piece(0, o, x));
        (1..K).map(|k| (k, self.piece(k, o, x))).fold(first, |most, piece| if piece.1 > most.1 { piece } else { most })
    }
}

impl<T: Scalar, const I: usize, const O: usize, const K: usize> Layer for MaxoutLayer<T, I, O, K> {
    type In = [T; I];
    type Out = [T; O];
    type Head = Linear;

    const TREE: LayerInfo = {
        assert!(K > 0, "a maxout needs at least one piece");
        LayerInfo {
            name: "Maxout",
            args: &[Arg::Size(O), Arg::Size(K)],
            input: <[T; I]>::SHAPE,
            output: <[T; O]>::SHAPE,
            params: &[
                Param {
                    name: "weight",
                    shape: <[[[T; O]; I]; K]>::SHAPE,
                    kind: ParamKind::Weight,
                    init: Init::HeNormal,
                    fan_in: I,
                    fan_out: O,
                },
                Param {
                    name: "bias",
                    shape: <[[T; O]; K]>::SHAPE,
                    kind: ParamKind::Bias,
                    init: Init::Zeros,
                    fan_in: I,
                    fan_out: O,
                },
            ],
            children: &[],
            flops: (2 * I * O * K) as u64,
            behaviour: Behaviour::PLAIN,
        }
    };

    fn predict_into(&self, x: &[T; I], y: &mut [T; O]) {
        for (o, y) in y.iter_mut().enumerate() {
            *y = self.largest(o, x).1;
        }
    }

    fn forward(&self, x: &[[T; I]], y: &mut [[T; O]], _saved: &mut [T], _scratch: &mut [T], _run: PassContext<'_>) {
        for (x, y) in x.iter().zip(y) {
            self.predict_into(x, y);
        }
    }

    /// Only the largest piece k of an output o has a part in it: ∂L/∂Wₖₒ += dyₒ x, ∂L/∂bₖₒ += dyₒ, ∂L/∂x += dyₒ Wₖₒ.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; O]],
        mut dx: Option<&mut [[T; I]]>,
        grad: &mut Self,
        _scratch: &mut [T],
        _run: PassContext<'_>,
    ) {
        grad.as_flat_mut().fill(T::ZERO);
        if let Some(dx) = dx.as_deref_mut() {
            dx.fill([T::ZERO; I]);
        }
        for (row, (x, dy)) in trace.x.iter().zip(dy.iter()).enumerate() {
            for (o, &dy) in dy.iter().enumerate() {
                let k = self.largest(o, x).0;
                grad.bias[k][o] += dy;
                for i in 0..I {
                    grad.weight[k][i][o] += dy * x[i];
                    if let Some(dx) = dx.as_deref_mut() {
                        dx[row][i] += dy * self.weight[k][i][o];
                    }
                }
            }
        }
    }
}
