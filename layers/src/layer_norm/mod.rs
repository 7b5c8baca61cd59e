//! Layer normalisation.

pub(crate) mod kernels;

use typednet_tensor::{Key, RowParts, Sample, Scalar, flat, flat_mut, impl_flat};

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
        if N > 0 {
            kernels::infer([&self.scale, &self.bias], flat(x), flat_mut(y), run.parallel());
        }
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        if N > 0 {
            let saved = Workspace::new(saved, x.len()).samples();
            kernels::forward([&self.scale, &self.bias], flat(x), flat_mut(y), saved, run.parallel());
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
        if N == 0 {
            return;
        }
        let Trace { x, saved, .. } = trace;
        let saved = &*Workspace::new(saved, x.len()).samples();
        let (rows, parallel) = ([flat(x), flat(dy)], run.parallel());
        if !run.is_frozen() {
            kernels::parameter_gradients(rows, saved, [&mut grad.scale, &mut grad.bias], scratch, parallel);
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
