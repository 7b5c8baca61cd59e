//! y[f, i, j] = b[f] + Σ w[f, c, p, q] x[c, i + p, j + q], without a border

use typednet::layers::{Arg, Behaviour, BuildLayer, Complaint, Init, LayerInfo, LayerSpec, Param, ParamKind, Trace};
use typednet::prelude::*;

/// A convolution of `FILTERS` squares of `KERNEL` pixels, without a border, in steps of one pixel.
///
/// Stable Rust cannot compute H − K + 1 of const parameters: the shape that it gives stands behind it, and is checked.
///
/// ```
/// use typednet::prelude::*;
/// use typednet_foreign::ValidConv;
///
/// network! { struct Net: [1, 6, 6] => ValidConv<2, 3> -> [2, 4, 4] => Relu => ValidConv<5, 4> -> [5, 1, 1] }
/// assert_eq!(Net::PARAMS, 2 * 3 * 3 + 2 + 5 * 2 * 4 * 4 + 5);
/// ```
pub struct ValidConv<const FILTERS: usize, const KERNEL: usize>;

/// `C` pictures of `H` × `W` pixels.
pub type Image<T, const C: usize, const H: usize, const W: usize> = [[[T; W]; H]; C];

impl<const F: usize, const K: usize> LayerSpec for ValidConv<F, K> {
    const NEEDS_SHAPE: bool = true;
}

impl<
    T: Scalar,
    const C: usize,
    const H: usize,
    const W: usize,
    const F: usize,
    const K: usize,
    const OH: usize,
    const OW: usize,
> BuildLayer<T, Image<T, C, H, W>, Image<T, F, OH, OW>> for ValidConv<F, K>
{
    type Layer = ValidConvLayer<T, C, H, W, F, K, OH, OW>;

    const COMPLAINT: Option<Complaint> = match complaint("height", H, K, OH) {
        None => complaint("width", W, K, OW),
        complaint => complaint,
    };
}

/// What is wrong with the size that is declared for one that comes in.
const fn complaint(what: &str, size: usize, kernel: usize, declared: usize) -> Option<Complaint> {
    let text = Complaint::new().text("the ").text(what);
    if kernel == 0 || kernel > size {
        return Some(text.text(" of ").number(size).text(" has no place for a kernel of ").number(kernel));
    }
    let given = size - kernel + 1;
    if given == declared {
        return None;
    }
    let text = text.text(" that comes out is ").number(size).text(" - ").number(kernel).text(" + 1 = ").number(given);
    Some(text.text(", but ").number(declared).text(" is declared"))
}

/// The layer that [`ValidConv`] stands for. Parameters: w of F × C × K × K, b of F.
#[derive(Flat)]
#[repr(C)]
pub struct ValidConvLayer<
    T: Scalar,
    const C: usize,
    const H: usize,
    const W: usize,
    const F: usize,
    const K: usize,
    const OH: usize,
    const OW: usize,
> {
    /// w
    pub weight: [[[[T; K]; K]; C]; F],
    /// b
    pub bias: [T; F],
}

impl<
    T: Scalar,
    const C: usize,
    const H: usize,
    const W: usize,
    const F: usize,
    const K: usize,
    const OH: usize,
    const OW: usize,
> ValidConvLayer<T, C, H, W, F, K, OH, OW>
{
    /// Each place (f, i, j) of the output.
    fn places() -> impl Iterator<Item = (usize, usize, usize)> {
        (0..F).flat_map(|f| (0..OH).flat_map(move |i| (0..OW).map(move |j| (f, i, j))))
    }

    /// Each place (c, p, q) of a filter.
    fn taps() -> impl Iterator<Item = (usize, usize, usize)> {
        (0..C).flat_map(|c| (0..K).flat_map(move |p| (0..K).map(move |q| (c, p, q))))
    }
}

impl<
    T: Scalar,
    const C: usize,
    const H: usize,
    const W: usize,
    const F: usize,
    const K: usize,
    const OH: usize,
    const OW: usize,
> Layer for ValidConvLayer<T, C, H, W, F, K, OH, OW>
{
    type In = Image<T, C, H, W>;
    type Out = Image<T, F, OH, OW>;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "ValidConv",
        args: &[Arg::Size(F), Arg::Size(K)],
        input: <Image<T, C, H, W>>::SHAPE,
        output: <Image<T, F, OH, OW>>::SHAPE,
        params: &[
            Param {
                name: "weight",
                shape: <[[[[T; K]; K]; C]; F]>::SHAPE,
                kind: ParamKind::Weight,
                init: Init::HeNormal,
                fan_in: C * K * K,
                fan_out: F * K * K,
            },
            Param {
                name: "bias",
                shape: <[T; F]>::SHAPE,
                kind: ParamKind::Bias,
                init: Init::Zeros,
                fan_in: C * K * K,
                fan_out: F * K * K,
            },
        ],
        children: &[],
        flops: (2 * F * OH * OW * C * K * K) as u64,
        behaviour: Behaviour::PLAIN,
    };

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        for (f, i, j) in Self::places() {
            let products = Self::taps().map(|(c, p, q)| self.weight[f][c][p][q] * x[c][i + p][j + q]);
            y[f][i][j] = products.fold(self.bias[f], |sum, product| sum + product);
        }
    }

    fn forward(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        _saved: &mut [T],
        _scratch: &mut [T],
        _run: PassContext<'_>,
    ) {
        for (x, y) in x.iter().zip(y) {
            self.predict_into(x, y);
        }
    }

    /// `∂L/∂w[f, c, p, q] = Σ dy[f, i, j] x[c, i + p, j + q], ∂L/∂b[f] = Σ dy[f], ∂L/∂x[c, i + p, j + q] += dy[f, i, j] w[f, c, p, q]`.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        mut dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        _scratch: &mut [T],
        _run: PassContext<'_>,
    ) {
        grad.as_flat_mut().fill(T::ZERO);
        for (row, (x, dy)) in trace.x.iter().zip(dy.iter()).enumerate() {
            let mut dx = dx.as_deref_mut().map(|dx| &mut dx[row]);
            if let Some(dx) = dx.as_deref_mut() {
                dx.as_flat_mut().fill(T::ZERO);
            }
            for (f, i, j) in Self::places() {
                let dy = dy[f][i][j];
                grad.bias[f] += dy;
                for (c, p, q) in Self::taps() {
                    grad.weight[f][c][p][q] += dy * x[c][i + p][j + q];
                    if let Some(dx) = dx.as_deref_mut() {
                        dx[c][i + p][j + q] += dy * self.weight[f][c][p][q];
                    }
                }
            }
        }
    }
}
