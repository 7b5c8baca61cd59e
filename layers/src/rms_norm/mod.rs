//! Normalisation by the root mean square.

pub(crate) mod kernels;

use typednet_tensor::{Key, RowParts, Sample, Scalar, flat, flat_mut, impl_flat};

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
        if N > 0 {
            kernels::infer(&self.scale, flat(x), flat_mut(y), run.parallel());
        }
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        if N > 0 {
            let saved = Workspace::new(saved, x.len()).samples();
            kernels::forward(&self.scale, flat(x), flat_mut(y), saved, run.parallel());
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
        if N == 0 {
            return;
        }
        let Trace { x, saved, .. } = trace;
        let saved = &*Workspace::new(saved, x.len()).samples();
        let (rows, parallel) = ([flat(x), flat(dy)], run.parallel());
        if !run.is_frozen() {
            kernels::scale_gradient(rows, saved, &mut grad.scale, scratch, parallel);
        }
        if let Some(dx) = dx {
            kernels::input_gradient(&self.scale, rows, saved, flat_mut(dx), parallel);
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
