//! Batch normalisation.

use typednet_tensor::{Flat as _, Sample, Scalar, impl_flat};

use crate::{Init, Kind, Layer, Linear, Need, Node, Param, Run, Space, Trace};

/// Batch normalisation y = γ ⊙ (x − μ)/√(σ² + ε) + β (lecture section 7; Ioffe and Szegedy 2015).
///
/// In training μ and σ² are the mean and the variance of each feature over the batch, Σ (x − μ)²/m over m rows. In use
/// they are the running ones, which each step moves by a tenth of the way towards the batch's: running ← 0.9·running +
/// 0.1·batch, with the unbiased variance Σ (x − μ)²/(m − 1), and ε is 1e-5; all as in PyTorch.
///
/// A batch of one row has no variance: its output is β, and it leaves the running variance as it is.
///
/// # Shapes
/// x and y are `[T; N]`.
///
/// Parameters: 2·N trained, γ (at first 1) and β (at first 0); 2·N kept beside them.
///
/// ```
/// use typednet_layers::{BatchNorm, Network};
///
/// let layer = BatchNorm::<2>::seeded(0);
/// assert_eq!((BatchNorm::<2>::PARAMS, layer.running_variance), (4, [1.0, 1.0]));
/// let [a, b] = layer.predict(&[1.0, -2.0]);
/// assert!((a - 1.0).abs() < 1e-4 && (b + 2.0).abs() < 1e-4);
/// ```
#[repr(C)]
pub struct BatchNorm<const N: usize, T = f32> {
    /// γ
    pub scale: [T; N],
    /// β
    pub bias: [T; N],
    /// The mean of each feature, as far as training has seen it.
    pub running_mean: [T; N],
    /// The unbiased variance of each feature, as far as training has seen it.
    pub running_variance: [T; N],
}

impl_flat! {
    [const N: usize, T: Scalar] BatchNorm<N, T>: T {
        scale: [T; N],
        bias: [T; N],
        running_mean: [T; N],
        running_variance: [T; N],
    }
}

impl<const N: usize, T> BatchNorm<N, T> {
    /// ε, which keeps the quotient finite.
    pub const EPSILON: f64 = 1e-5;

    /// How far each step moves the running statistics.
    pub const MOMENTUM: f64 = 0.1;
}

impl<const N: usize, T: Scalar> BatchNorm<N, T> {
    /// y ← γ ⊙ (x − μ)·s + β
    fn normalise(&self, x: &[[T; N]], mean: &[T], inverse: &[T], y: &mut [[T; N]]) {
        for (x, y) in x.iter().zip(y) {
            let features = x.iter().zip(y).zip(mean.iter().zip(inverse)).zip(self.scale.iter().zip(&self.bias));
            for (((x, y), (mean, inverse)), (scale, bias)) in features {
                *y = (*x - *mean) * *inverse * *scale + *bias;
            }
        }
    }

    /// As [`normalise`](Self::normalise) with the running statistics.
    fn apply(&self, x: &[[T; N]], y: &mut [[T; N]]) {
        for (x, y) in x.iter().zip(y) {
            let statistics = self.running_mean.iter().zip(&self.running_variance);
            let features = x.iter().zip(y).zip(statistics).zip(self.scale.iter().zip(&self.bias));
            for (((x, y), (mean, variance)), (scale, bias)) in features {
                *y = (*x - *mean) / (*variance + T::of(Self::EPSILON)).sqrt() * *scale + *bias;
            }
        }
    }
}

/// mean ← Σ x/m and variance ← Σ (x − mean)²/m for each feature; two passes, since Σx²/m − mean² would cancel.
fn statistics<T: Scalar, const N: usize>(x: &[[T; N]], mean: &mut [T], variance: &mut [T]) {
    let rows = T::of(x.len() as f64);
    mean.fill(T::zero());
    for x in x {
        mean.iter_mut().zip(x).for_each(|(mean, x)| *mean += *x);
    }
    for mean in mean.iter_mut() {
        *mean /= rows;
    }
    variance.fill(T::zero());
    for x in x {
        for ((variance, mean), x) in variance.iter_mut().zip(&*mean).zip(x) {
            let distance = *x - *mean;
            *variance += distance * distance;
        }
    }
    for variance in variance.iter_mut() {
        *variance /= rows;
    }
}

impl<const N: usize, T: Scalar> Layer for BatchNorm<N, T> {
    type In = [T; N];
    type Out = [T; N];
    type Head = Linear;

    const TREE: Node = {
        const fn param(name: &'static str, shape: typednet_tensor::Shape, kind: Kind, init: Init) -> Param {
            Param { name, shape, kind, init, fan_in: 1, fan_out: 1 }
        }
        Node {
            name: "BatchNorm",
            args: &[],
            input: <[T; N]>::SHAPE,
            output: <[T; N]>::SHAPE,
            params: &[
                param("scale", <[T; N]>::SHAPE, Kind::Scale, Init::Ones),
                param("bias", <[T; N]>::SHAPE, Kind::Bias, Init::Zeros),
                param("running_mean", <[T; N]>::SHAPE, Kind::Buffer, Init::Zeros),
                param("running_variance", <[T; N]>::SHAPE, Kind::Buffer, Init::Ones),
            ],
            children: &[],
            flops: 4 * N as u64,
        }
    };

    /// μ and 1/√(σ² + ε)
    const SAVED: Need = Need::fixed(N).and(Need::fixed(N));

    #[inline]
    fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
        self.apply(core::slice::from_ref(x), core::slice::from_mut(y));
    }

    fn infer(&self, x: &[[T; N]], y: &mut [[T; N]], _: &mut [T], _: Run<'_>) {
        self.apply(x, y);
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], _: &mut [T], _: Run<'_>) {
        let mut saved = Space::new(saved, x.len());
        let (mean, inverse) = (saved.elements(N), saved.elements(N));
        statistics(x, mean, inverse);
        for inverse in inverse.iter_mut() {
            *inverse = (*inverse + T::of(Self::EPSILON)).sqrt().recip();
        }
        self.normalise(x, mean, inverse, y);
    }

    /// With x̂ = (x − μ)·s, s = 1/√(σ² + ε) and means over the rows: ∂L/∂β = Σ ∂L/∂y; ∂L/∂γ = Σ ∂L/∂y ⊙ x̂;
    /// ∂L/∂x = γ·s·(∂L/∂y − mean(∂L/∂y) − x̂·mean(∂L/∂y ⊙ x̂)).
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
        let rows = T::of(x.len() as f64);
        let mut saved = Space::new(saved, x.len());
        let (mean, inverse) = (saved.elements(N), saved.elements(N));
        grad.as_flat_mut().fill(T::zero());
        for (x, dy) in x.iter().zip(&*dy) {
            let statistics = mean.iter().zip(&*inverse);
            let sums = grad.scale.iter_mut().zip(&mut grad.bias);
            for (((x, dy), (mean, inverse)), (scale, bias)) in x.iter().zip(dy).zip(statistics).zip(sums) {
                *scale += *dy * (*x - *mean) * *inverse;
                *bias += *dy;
            }
        }
        // What the running statistics will move towards.
        grad.running_mean.copy_from_slice(mean);
        if x.len() > 1 {
            for x in x {
                for ((variance, mean), x) in grad.running_variance.iter_mut().zip(&*mean).zip(x) {
                    let distance = *x - *mean;
                    *variance += distance * distance;
                }
            }
            grad.running_variance.iter_mut().for_each(|variance| *variance /= rows - T::one());
        } else {
            grad.running_variance = self.running_variance;
        }
        let Some(dx) = dx else { return };
        for ((x, dy), dx) in x.iter().zip(&*dy).zip(dx) {
            let statistics = mean.iter().zip(&*inverse);
            let sums = grad.scale.iter().zip(&grad.bias).zip(&self.scale);
            for ((((x, dy), dx), (mean, inverse)), ((of_scale, of_bias), scale)) in
                x.iter().zip(dy).zip(dx).zip(statistics).zip(sums)
            {
                let normalised = (*x - *mean) * *inverse;
                *dx = *scale * *inverse * (*dy - *of_bias / rows - normalised * (*of_scale / rows));
            }
        }
    }

    /// running ← 0.9·running + 0.1·batch
    fn commit(&mut self, grad: &Self) {
        let momentum = T::of(Self::MOMENTUM);
        let running = self.running_mean.iter_mut().chain(&mut self.running_variance);
        for (running, batch) in running.zip(grad.running_mean.iter().chain(&grad.running_variance)) {
            *running += momentum * (*batch - *running);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Network, pass};
    use typednet_tensor::{Key, flat, flat_mut, ops};

    #[test]
    fn section_7_a_batch_leaves_with_mean_0_and_variance_1() {
        let mut model = BatchNorm::<3, f64>::seeded(0);
        let x: Vec<[f64; 3]> = (0..50)
            .map(|row| {
                core::array::from_fn(|i| {
                    100.0 * i as f64 + (i + 1) as f64 * Key::new(1).child(row).normal::<f64>(i as u64)
                })
            })
            .collect();
        let mut y = x.clone();
        let mut saved = vec![f64::NAN; BatchNorm::<3, f64>::SAVED.of(x.len())];
        model.forward(&x, &mut y, &mut saved, &mut [], Run::new(Key::new(0)));
        for feature in 0..3 {
            let mean = y.iter().map(|y| y[feature]).sum::<f64>() / 50.0;
            let variance = y.iter().map(|y| (y[feature] - mean).powi(2)).sum::<f64>() / 50.0;
            assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-4, "feature {feature}: {mean}, {variance}");
        }
        // Many steps over one batch: the running statistics are its own, and use gives what training gives.
        let mut grad = BatchNorm::<3, f64>::zeroed();
        let mut dy = vec![[0.0; 3]; 50];
        for _ in 0..300 {
            let trace = Trace { x: &x, y: &y, saved: &mut saved };
            model.backward(trace, &mut dy, None, &mut grad, &mut [], Run::new(Key::new(0)));
            model.commit(&grad);
        }
        let mut used = y.clone();
        model.infer(&x, &mut used, &mut [], Run::new(Key::new(0)));
        ops::scale((50.0_f64 / 49.0).sqrt(), flat_mut(&mut used));
        for (used, y) in flat(&used).iter().zip(flat(&y)) {
            assert!((used - y).abs() < 1e-4, "{used} should be {y}");
        }
    }

    #[test]
    fn one_row_leaves_the_running_variance() {
        let mut model = BatchNorm::<2, f32>::seeded(0);
        model.running_variance = [3.0, 4.0];
        let mut grad = BatchNorm::<2, f32>::zeroed();
        let mut memory = vec![f32::NAN; pass::training_need::<BatchNorm<2>>().of(1)];
        let loss = crate::loss::SquaredError::Mean;
        let run = Run::new(Key::new(0));
        pass::gradient(&*model, &loss, &[[10.0, 20.0]], &[[0.0, 0.0]], &mut *grad, &mut memory, run);
        model.commit(&grad);
        assert_eq!((model.running_mean, model.running_variance), ([1.0, 2.0], [3.0, 4.0]));
    }
}
