//! Normalisation by the root mean square.

use num_traits::Float;
use typednet_tensor::simd::{Kernel, Simd};
use typednet_tensor::{Key, RowParts, Sample, Scalar, flat, flat_mut, impl_flat, ops};

use crate::threads::{by_rows, by_rows_and};
use crate::vectors::{BLOCK, columns, load, store};
use crate::{
    Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, Trace, Workspace,
    WorkspaceSize,
};

/// Normalisation y = γ ⊙ x/√(q + ε) by the root of q = Σ x²/N, the mean square of the sample's own N elements (Zhang, Sennrich
/// 2019): a [`LayerNorm`](crate::LayerNorm) that takes no mean away and adds nothing. It is the same in training and at
/// inference. ε is 1e-5; `PyTorch`'s `RMSNorm` has another unless it is told.
///
/// Elements may be so large that their squares are infinite, as 1e20 is in `f32`. Where an element is not finite, no output
/// is a number.
///
/// # Shapes
/// x and y are `[T; N]`. Arrays of more axes are normalised over the last one: [`Each`](crate::Each)`<L, RmsNorm<N>>` for
/// `[[T; N]; L]`.
///
/// Parameters: N, γ (at first 1).
///
/// ```
/// use typednet_layers::{Network, RmsNorm};
///
/// let [a, b] = RmsNorm::<2>::seeded(0).predict(&[10.0, 70.0]);
/// assert!((a - 0.2).abs() < 1e-6 && (b - 1.4).abs() < 1e-6, "the root mean square is 50");
/// ```
#[repr(C)]
pub struct RmsNorm<const N: usize, T = f32> {
    /// γ
    pub scale: [T; N],
}

impl_flat! {
    [const N: usize, T: Scalar] RmsNorm<N, T>: T {
        scale: [T; N],
    }
}

impl<const N: usize, T> RmsNorm<N, T> {
    /// ε, which keeps the quotient finite.
    pub const EPSILON: f64 = EPSILON;
}

/// ε
const EPSILON: f64 = 1e-5;

/// 1/√(q + ε) of a row whose squares are beyond the numbers of its type, from numbers that are made smaller first; NaN where
/// an element is not finite.
#[cold]
fn beyond_squares<T: Scalar>(x: &[T]) -> T {
    /// 2⁻⁵⁴⁰, with which the squares of all numbers, and sums of as many as there can be, are finite.
    const SCALE: f64 = f64::from_bits((1023 - 540) << 52);
    let square = |x: &T| (x.to_f64_exact() * SCALE) * (x.to_f64_exact() * SCALE);
    let mean = x.iter().map(square).sum::<f64>() / x.len() as f64;
    let whole = mean / SCALE / SCALE;
    T::of(if whole.is_finite() {
        Float::recip(Float::sqrt(whole + EPSILON))
    } else if mean.is_finite() {
        SCALE / Float::sqrt(mean)
    } else {
        f64::NAN
    })
}

/// y ← γ ⊙ x·s for each row; s = 1/√(q + ε) of each into `saved`, where that is asked for.
struct Forward<'a, T> {
    x: &'a [T],
    scale: &'a [T],
    saved: Option<&'a mut [[T; 1]]>,
    y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, scale, mut saved, y } = self;
        let n = scale.len();
        let size = T::of(n as f64);
        for (row, (x, y)) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).enumerate() {
            let mut squares = s.splat(T::ZERO);
            for at in columns(s, n) {
                let x = load(s, &x[at], T::ZERO);
                squares = s.add(squares, s.mul(x, x));
            }
            let mean = s.sum(squares) / size;
            let inverse = if mean.is_finite() { (mean + T::of(EPSILON)).sqrt().recip() } else { beyond_squares(x) };
            let inv = s.splat(inverse);
            for at in columns(s, n) {
                let normalised = s.mul(load(s, &x[at.clone()], T::ZERO), inv);
                store(s, s.mul(normalised, load(s, &scale[at.clone()], T::ZERO)), &mut y[at]);
            }
            if let Some(saved) = saved.as_deref_mut() {
                saved[row] = [inverse];
            }
        }
    }
}

/// ∂L/∂γ over some rows; see [`Layer::backward`] of the layer.
struct Sums<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    saved: &'a [[T; 1]],
    of_scale: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Sums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, saved, of_scale } = self;
        let n = of_scale.len();
        of_scale.fill(T::ZERO);
        let blocks = x.chunks(BLOCK * n).zip(dy.chunks(BLOCK * n)).zip(saved.chunks(BLOCK));
        for ((x, dy), saved) in blocks {
            for at in columns(s, n) {
                let mut scales = s.splat(T::ZERO);
                for ((x, dy), [inverse]) in x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(saved) {
                    let normalised = s.mul(load(s, &x[at.clone()], T::ZERO), s.splat(*inverse));
                    scales = s.add(scales, s.mul(load(s, &dy[at.clone()], T::ZERO), normalised));
                }
                let of_scale = &mut of_scale[at];
                store(s, s.add(load(s, of_scale, T::ZERO), scales), of_scale);
            }
        }
    }
}

/// ∂L/∂x of some rows; see [`Layer::backward`] of the layer.
struct InputGradient<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    scale: &'a [T],
    saved: &'a [[T; 1]],
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
        for (((x, dy), dx), [inverse]) in rows {
            let inv = s.splat(*inverse);
            let part = |at: &core::ops::Range<usize>| {
                let (gamma, dy) = (load(s, &scale[at.clone()], T::ZERO), load(s, &dy[at.clone()], T::ZERO));
                (s.mul(dy, gamma), s.mul(load(s, &x[at.clone()], T::ZERO), inv))
            };
            let mut product = s.splat(T::ZERO);
            for at in columns(s, n) {
                let (g, normalised) = part(&at);
                product = s.add(product, s.mul(g, normalised));
            }
            let product = s.splat(s.sum(product) / size);
            for at in columns(s, n) {
                let (g, normalised) = part(&at);
                store(s, s.mul(inv, s.sub(g, s.mul(normalised, product))), &mut dx[at]);
            }
        }
    }
}

impl<const N: usize, T: Scalar> Layer for RmsNorm<N, T> {
    type In = [T; N];
    type Out = [T; N];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "RmsNorm",
        args: &[],
        input: <[T; N]>::SHAPE,
        output: <[T; N]>::SHAPE,
        params: &[Param {
            name: "scale",
            shape: <[T; N]>::SHAPE,
            kind: ParamKind::Scale,
            init: Init::Ones,
            fan_in: 1,
            fan_out: 1,
        }],
        children: &[],
        flops: 4 * N as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfRmsNorm { epsilon: EPSILON }),
    };

    /// 1/√(q + ε) of each row
    const SAVED: WorkspaceSize = WorkspaceSize::rows(1);

    /// The sums of parts of the rows.
    const SCRATCH: WorkspaceSize = WorkspaceSize::fixed(RowParts::scratch(N));

    #[inline]
    fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
        self.infer(core::slice::from_ref(x), core::slice::from_mut(y), &mut [], PassContext::new(Key::new(0)));
    }

    fn infer(&self, x: &[[T; N]], y: &mut [[T; N]], _: &mut [T], run: PassContext<'_>) {
        let (scale, x) = (&self.scale, flat(x));
        if N > 0 {
            by_rows(run.parallel(), flat_mut(y), N, |at, y| {
                T::dispatch(Forward { x: &x[at..at + y.len()], scale, saved: None, y });
            });
        }
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        let (scale, saved) = (&self.scale, Workspace::new(saved, x.len()).samples());
        let x = flat(x);
        if N > 0 {
            by_rows_and(run.parallel(), flat_mut(y), N, saved, |at, y, saved| {
                T::dispatch(Forward { x: &x[at..at + y.len()], scale, saved: Some(saved), y });
            });
        }
    }

    /// With s = (q + ε)^(−½), of which ∂s/∂xⱼ = −½·(q + ε)^(−3/2)·2xⱼ/N = −s³·xⱼ/N, x̂ = x·s and g = ∂L/∂y ⊙ γ:
    /// ∂L/∂γ = Σ ∂L/∂y ⊙ x̂ over the rows, and ∂L/∂xⱼ = s·gⱼ + Σᵢ gᵢ·xᵢ·∂s/∂xⱼ = s·(gⱼ − x̂ⱼ·mean(g ⊙ x̂)) with the mean over
    /// the N elements.
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
        let saved = &*Workspace::new(saved, x.len()).samples::<[T; 1]>();
        if N == 0 {
            return;
        }
        let (x, dy, parallel) = (flat(x), flat(dy), run.parallel());
        if !run.is_frozen() {
            let parts = RowParts::new(x.len(), N, parallel);
            let sums = parts.sums(N, scratch, parallel, |at, of_scale| {
                let saved = &saved[at.start / N..at.end / N];
                T::dispatch(Sums { x: &x[at.clone()], dy: &dy[at], saved, of_scale });
            });
            grad.scale = [T::ZERO; N];
            for sums in sums.chunks_exact(N) {
                ops::add(sums, &mut grad.scale);
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

    /// Output and gradient of γ for a row, also for one of `f32` as `f64`.
    fn of<T: Scalar>(x: [f64; 9]) -> Vec<f64> {
        let mut model = RmsNorm::<9, T>::seeded(0);
        model.scale = core::array::from_fn(|i| T::of(1.0 + 0.25 * i as f64));
        let x = [x.map(T::of)];
        let mut grad = RmsNorm::<9, T>::zeroed();
        let mut memory = vec![T::nan(); pass::training_need::<RmsNorm<9, T>>().of(1)];
        let run = PassContext::new(Key::new(0));
        pass::gradient(&*model, &SquaredError::Mean, &x, &[[T::zero(); 9]], &mut *grad, &mut memory, run);
        model.predict(&x[0]).iter().chain(&grad.scale).map(|x| x.to_f64_exact()).collect()
    }

    #[test]
    fn rows_whose_squares_are_infinite_are_normalised_too() {
        let row = [1.0, 2.0, -1.0, 0.5, 0.25, -2.0, 3.0, 0.0, 1.5];
        // ε counts for nothing beside the squares.
        let wanted = of::<f64>(row.map(|x| x * 1e9));
        for (power, double) in [(18, false), (19, false), (20, false), (37, false), (160, true), (300, true)] {
            let x = row.map(|x| x * 10_f64.powi(power));
            let found = if double { of::<f64>(x) } else { of::<f32>(x) };
            for (found, wanted) in found.iter().zip(&wanted) {
                assert!((found - wanted).abs() < 1e-5, "1e{power}: {found} for {wanted}");
            }
        }
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
