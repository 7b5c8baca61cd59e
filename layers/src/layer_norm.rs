//! Layer normalisation.

use typednet_tensor::{Sample, Scalar, impl_flat};

use crate::{Init, Kind, Layer, Linear, Need, Node, Param, Run, Space, Trace};

/// Layer normalisation y = γ ⊙ (x − μ)/√(σ² + ε) + β, where μ and σ² = Σ (x − μ)²/N are the mean and the variance of the
/// sample's own N elements (Ba, Kiros, Hinton 2016). It is the same in training and in use. ε is 1e-5, as in PyTorch.
///
/// # Shapes
/// x and y are `[T; N]`.
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
    pub const EPSILON: f64 = 1e-5;
}

impl<const N: usize, T: Scalar> LayerNorm<N, T> {
    /// One row; μ and s = 1/√(σ² + ε) back.
    fn row(&self, x: &[T; N], y: &mut [T; N]) -> [T; 2] {
        let size = T::of(N as f64);
        let mean = x.iter().copied().sum::<T>() / size;
        let variance = x.iter().map(|x| (*x - mean) * (*x - mean)).sum::<T>() / size;
        let inverse = (variance + T::of(Self::EPSILON)).sqrt().recip();
        for ((x, y), (scale, bias)) in x.iter().zip(y).zip(self.scale.iter().zip(&self.bias)) {
            *y = (*x - mean) * inverse * *scale + *bias;
        }
        [mean, inverse]
    }
}

impl<const N: usize, T: Scalar> Layer for LayerNorm<N, T> {
    type In = [T; N];
    type Out = [T; N];
    type Head = Linear;

    const TREE: Node = {
        const fn param(name: &'static str, shape: typednet_tensor::Shape, kind: Kind, init: Init) -> Param {
            Param { name, shape, kind, init, fan_in: 1, fan_out: 1 }
        }
        Node {
            name: "LayerNorm",
            args: &[],
            input: <[T; N]>::SHAPE,
            output: <[T; N]>::SHAPE,
            params: &[
                param("scale", <[T; N]>::SHAPE, Kind::Scale, Init::Ones),
                param("bias", <[T; N]>::SHAPE, Kind::Bias, Init::Zeros),
            ],
            children: &[],
            flops: 8 * N as u64,
        }
    };

    /// μ and 1/√(σ² + ε) of each row
    const SAVED: Need = Need::rows(2);

    #[inline]
    fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
        self.row(x, y);
    }

    fn infer(&self, x: &[[T; N]], y: &mut [[T; N]], _: &mut [T], _: Run<'_>) {
        for (x, y) in x.iter().zip(y) {
            self.row(x, y);
        }
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], _: &mut [T], _: Run<'_>) {
        let saved = Space::new(saved, x.len()).samples::<[T; 2]>();
        for ((x, y), saved) in x.iter().zip(y).zip(saved) {
            *saved = self.row(x, y);
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
        _: &mut [T],
        _: Run<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        let saved = &*Space::new(saved, x.len()).samples::<[T; 2]>();
        grad.scale.fill(T::zero());
        grad.bias.fill(T::zero());
        for ((x, dy), [mean, inverse]) in x.iter().zip(&*dy).zip(saved) {
            let sums = grad.scale.iter_mut().zip(&mut grad.bias);
            for ((x, dy), (scale, bias)) in x.iter().zip(dy).zip(sums) {
                *scale += *dy * (*x - *mean) * *inverse;
                *bias += *dy;
            }
        }
        let Some(dx) = dx else { return };
        let size = T::of(N as f64);
        for (((x, dy), dx), [mean, inverse]) in x.iter().zip(&*dy).zip(dx).zip(saved) {
            let (mut sum, mut product) = (T::zero(), T::zero());
            for ((x, dy), scale) in x.iter().zip(dy).zip(&self.scale) {
                let g = *dy * *scale;
                sum += g;
                product += g * (*x - *mean) * *inverse;
            }
            for (((x, dy), dx), scale) in x.iter().zip(dy).zip(dx).zip(&self.scale) {
                let normalised = (*x - *mean) * *inverse;
                *dx = *inverse * (*dy * *scale - sum / size - normalised * (product / size));
            }
        }
    }
}
