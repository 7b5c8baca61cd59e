//! Layer normalisation.

use typednet_tensor::simd::{Kernel, Simd};
use typednet_tensor::{Key, RowParts, Sample, Scalar, flat, flat_mut, impl_flat, ops};

use crate::moments::beyond_squares;
use crate::threads::{by_rows, by_rows_and};
use crate::vectors::{BLOCK, columns, load, store};
use crate::{
    Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, Trace, Workspace,
    WorkspaceSize,
};

/// Layer normalisation y = γ ⊙ (x − μ)/√(σ² + ε) + β, where μ and σ² = Σ (x − μ)²/N are the mean and the variance of the
/// sample's own N elements (Ba, Kiros, Hinton 2016). It is the same in training and in use. ε is 1e-5, as in PyTorch.
///
/// Elements may be so large that their squares are infinite, as 1e20 is in `f32`. Where even the distance of an element from
/// the mean is, or an element is not finite, so are outputs.
///
/// # Shapes
/// x and y are `[T; N]`. Arrays of more axes are normalised over the last one: [`Each`](crate::Each)`<L, LayerNorm<N>>` for `[[T; N]; L]`.
///
/// Parameters: 2·N, γ (at first 1) and β (at first 0).
///
/// ```
/// use typednet_layers::{LayerNorm, Network};
///
/// let [a, b] = LayerNorm::<2>::seeded(0).predict(&[10.0, 30.0]);
/// assert!((a + 1.0).abs() < 1e-6 && (b - 1.0).abs() < 1e-6);
/// ```
#[repr(C)]
pub struct LayerNorm<const N: usize, T = f32> {
    /// γ
    pub scale: [T; N],
    /// β
    pub bias: [T; N],
}

impl_flat! {
    [const N: usize, T: Scalar] LayerNorm<N, T>: T {
        scale: [T; N],
        bias: [T; N],
    }
}

impl<const N: usize, T> LayerNorm<N, T> {
    /// ε, which keeps the quotient finite.
    pub const EPSILON: f64 = EPSILON;
}

/// ε
const EPSILON: f64 = 1e-5;

/// y ← γ ⊙ (x − μ)·s + β for each row; μ and s = 1/√(σ² + ε) of each into `saved`, where that is asked for.
struct Forward<'a, T> {
    x: &'a [T],
    scale: &'a [T],
    bias: &'a [T],
    saved: Option<&'a mut [[T; 2]]>,
    y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, scale, bias, mut saved, y } = self;
        let n = scale.len();
        let size = T::of(n as f64);
        for (row, (x, y)) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).enumerate() {
            let mut sum = s.splat(T::ZERO);
            for at in columns(s, n) {
                sum = s.add(sum, load(s, &x[at], T::ZERO));
            }
            let mean = s.sum(sum) / size;
            let mu = s.splat(mean);
            let mut squares = s.splat(T::ZERO);
            for at in columns(s, n) {
                // The mean behind the row's end: its distance is 0.
                let distance = s.sub(load(s, &x[at], mean), mu);
                squares = s.add(squares, s.mul(distance, distance));
            }
            let variance = s.sum(squares) / size;
            let [mean, inverse] = if variance.is_finite() {
                [mean, (variance + T::of(EPSILON)).sqrt().recip()]
            } else {
                beyond_squares(x.iter().copied(), EPSILON)
            };
            let (mu, inv) = (s.splat(mean), s.splat(inverse));
            for at in columns(s, n) {
                let normalised = s.mul(s.sub(load(s, &x[at.clone()], T::ZERO), mu), inv);
                let (gamma, beta) = (load(s, &scale[at.clone()], T::ZERO), load(s, &bias[at.clone()], T::ZERO));
                store(s, s.add(s.mul(normalised, gamma), beta), &mut y[at]);
            }
            if let Some(saved) = saved.as_deref_mut() {
                saved[row] = [mean, inverse];
            }
        }
    }
}

/// ∂L/∂γ and ∂L/∂β over some rows; see [`Layer::backward`] of the layer.
struct Sums<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    saved: &'a [[T; 2]],
    of_scale: &'a mut [T],
    of_bias: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Sums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, saved, of_scale, of_bias } = self;
        let n = of_scale.len();
        of_scale.fill(T::ZERO);
        of_bias.fill(T::ZERO);
        let blocks = x.chunks(BLOCK * n).zip(dy.chunks(BLOCK * n)).zip(saved.chunks(BLOCK));
        for ((x, dy), saved) in blocks {
            for at in columns(s, n) {
                let [mut scales, mut biases] = [s.splat(T::ZERO); 2];
                for ((x, dy), [mean, inverse]) in x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(saved) {
                    let distance = s.sub(load(s, &x[at.clone()], T::ZERO), s.splat(*mean));
                    let dy = load(s, &dy[at.clone()], T::ZERO);
                    scales = s.add(scales, s.mul(s.mul(dy, distance), s.splat(*inverse)));
                    biases = s.add(biases, dy);
                }
                let (of_scale, of_bias) = (&mut of_scale[at.clone()], &mut of_bias[at]);
                store(s, s.add(load(s, of_scale, T::ZERO), scales), of_scale);
                store(s, s.add(load(s, of_bias, T::ZERO), biases), of_bias);
            }
        }
    }
}

/// ∂L/∂x of some rows; see [`Layer::backward`] of the layer.
struct InputGradient<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    scale: &'a [T],
    saved: &'a [[T; 2]],
    dx: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for InputGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, scale, saved, dx } = self;
        let n = scale.len();
        let size = T::of(n as f64);
        let rows = x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n)).zip(saved);
        for (((x, dy), dx), [mean, inverse]) in rows {
            let (mu, inv) = (s.splat(*mean), s.splat(*inverse));
            let [mut sum, mut product] = [s.splat(T::ZERO); 2];
            for at in columns(s, n) {
                let (gamma, dy) = (load(s, &scale[at.clone()], T::ZERO), load(s, &dy[at.clone()], T::ZERO));
                let (g, distance) = (s.mul(dy, gamma), s.sub(load(s, &x[at], *mean), mu));
                sum = s.add(sum, g);
                product = s.add(product, s.mul(s.mul(g, distance), inv));
            }
            let (sum, product) = (s.splat(s.sum(sum) / size), s.splat(s.sum(product) / size));
            for at in columns(s, n) {
                let (gamma, dy) = (load(s, &scale[at.clone()], T::ZERO), load(s, &dy[at.clone()], T::ZERO));
                let normalised = s.mul(s.sub(load(s, &x[at.clone()], T::ZERO), mu), inv);
                let rest = s.sub(s.sub(s.mul(dy, gamma), sum), s.mul(normalised, product));
                store(s, s.mul(inv, rest), &mut dx[at]);
            }
        }
    }
}

impl<const N: usize, T: Scalar> Layer for LayerNorm<N, T> {
    type In = [T; N];
    type Out = [T; N];
    type Head = Linear;

    const TREE: LayerInfo = {
        const fn param(name: &'static str, shape: typednet_tensor::Shape, kind: ParamKind, init: Init) -> Param {
            Param { name, shape, kind, init, fan_in: 1, fan_out: 1 }
        }
        LayerInfo {
            name: "LayerNorm",
            args: &[],
            input: <[T; N]>::SHAPE,
            output: <[T; N]>::SHAPE,
            params: &[
                param("scale", <[T; N]>::SHAPE, ParamKind::Scale, Init::Ones),
                param("bias", <[T; N]>::SHAPE, ParamKind::Bias, Init::Zeros),
            ],
            children: &[],
            flops: 8 * N as u64,
            behaviour: Behaviour::PLAIN.computing(Operation::OfLayerNorm { epsilon: EPSILON }),
        }
    };

    /// μ and 1/√(σ² + ε) of each row
    const SAVED: WorkspaceSize = WorkspaceSize::rows(2);

    /// The sums of parts of the rows.
    const SCRATCH: WorkspaceSize = WorkspaceSize::fixed(RowParts::scratch(2 * N));

    #[inline]
    fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
        self.infer(core::slice::from_ref(x), core::slice::from_mut(y), &mut [], PassContext::new(Key::new(0)));
    }

    fn infer(&self, x: &[[T; N]], y: &mut [[T; N]], _: &mut [T], run: PassContext<'_>) {
        let (Self { scale, bias }, x) = (self, flat(x));
        if N > 0 {
            by_rows(run.parallel(), flat_mut(y), N, |at, y| {
                T::dispatch(Forward { x: &x[at..at + y.len()], scale, bias, saved: None, y });
            });
        }
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        let (Self { scale, bias }, saved) = (self, Workspace::new(saved, x.len()).samples());
        let x = flat(x);
        if N > 0 {
            by_rows_and(run.parallel(), flat_mut(y), N, saved, |at, y, saved| {
                T::dispatch(Forward { x: &x[at..at + y.len()], scale, bias, saved: Some(saved), y });
            });
        }
    }

    /// With x̂ = (x − μ)·s, g = ∂L/∂y ⊙ γ and means over the N elements: ∂L/∂β = Σ ∂L/∂y and ∂L/∂γ = Σ ∂L/∂y ⊙ x̂ over the
    /// rows; ∂L/∂x = s·(g − mean(g) − x̂·mean(g ⊙ x̂)).
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; N]],
        dx: Option<&mut [[T; N]]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        let saved = &*Workspace::new(saved, x.len()).samples::<[T; 2]>();
        if N == 0 {
            return;
        }
        let (x, dy, parallel) = (flat(x), flat(dy), run.parallel());
        if !run.is_frozen() {
            let parts = RowParts::new(x.len(), N, parallel);
            let sums = parts.sums(2 * N, scratch, parallel, |at, sums| {
                let (of_scale, of_bias) = sums.split_at_mut(N);
                let saved = &saved[at.start / N..at.end / N];
                T::dispatch(Sums { x: &x[at.clone()], dy: &dy[at], saved, of_scale, of_bias });
            });
            (grad.scale, grad.bias) = ([T::ZERO; N], [T::ZERO; N]);
            for sums in sums.chunks_exact(2 * N) {
                ops::add(&sums[..N], &mut grad.scale);
                ops::add(&sums[N..], &mut grad.bias);
            }
        }
        if let Some(dx) = dx {
            by_rows(parallel, flat_mut(dx), N, |at, dx| {
                let (rows, saved) = (at..at + dx.len(), &saved[at / N..]);
                T::dispatch(InputGradient { x: &x[rows.clone()], dy: &dy[rows], scale: &self.scale, saved, dx });
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::SquaredError;
    use crate::{Network, pass};

    /// Output and gradients of a row, also of one of `f32` as `f64`.
    fn of<T: Scalar>(x: [f64; 9]) -> Vec<f64> {
        let mut model = LayerNorm::<9, T>::seeded(0);
        model.scale = core::array::from_fn(|i| T::of(1.0 + 0.25 * i as f64));
        model.bias = [T::of(0.5); 9];
        let x = [x.map(T::of)];
        let mut grad = LayerNorm::<9, T>::zeroed();
        let mut memory = vec![T::nan(); pass::training_need::<LayerNorm<9, T>>().of(1)];
        let run = PassContext::new(Key::new(0));
        pass::gradient(&*model, &SquaredError::Mean, &x, &[[T::zero(); 9]], &mut *grad, &mut memory, run);
        let y = model.predict(&x[0]);
        y.iter().chain(&grad.scale).chain(&grad.bias).map(|x| x.to_f64_exact()).collect()
    }

    #[test]
    fn rows_whose_squares_are_infinite_are_normalised_too() {
        let row = [1.0, 2.0, -1.0, 0.5, 0.25, -2.0, 3.0, 0.0, 1.5];
        // ε counts for nothing beside the variance.
        let wanted = of::<f64>(row.map(|x| x * 1e9));
        for (power, double) in
            [(18, false), (19, false), (20, false), (37, false), (100, true), (160, true), (300, true)]
        {
            let x = row.map(|x| x * 10_f64.powi(power));
            let found = if double { of::<f64>(x) } else { of::<f32>(x) };
            for (found, wanted) in found.iter().zip(&wanted) {
                assert!((found - wanted).abs() < 1e-5, "1e{power}: {found} for {wanted}");
            }
        }
        // The sum is infinite, the mean is not; and equal elements stay without variance.
        let found = of::<f32>([3e38; 9]);
        assert!(found[..9].iter().all(|y| (y - 0.5).abs() < 1e-2), "{found:?}");
    }

    #[test]
    fn elements_that_are_not_finite_give_no_numbers() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut row = [1.0; 9];
            row[4] = bad;
            assert!(of::<f32>(row)[..9].iter().all(|y| y.is_nan()));
        }
    }
}
