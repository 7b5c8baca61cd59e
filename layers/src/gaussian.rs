//! The sampling layer of a variational autoencoder.

use core::marker::PhantomData;

use num_traits::{Float, One};
use typednet_tensor::{Differentiable, Sample, Scalar, flat_mut, impl_flat, noise};

use crate::threads::{by_elements, by_rows_and, by_samples};
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace, Workspace, WorkspaceSize};

/// The sampling layer z = μ + σ ⊙ ε with ε from N(0, 1), which is told μ and ln σ² (Kingma and Welling 2014, the
/// reparametrisation).
///
/// In training ε is drawn from the pass's [`PassContext::key`]; at inference z = μ. The gradient goes through the sample as if ε were a
/// constant: ∂L/∂μ = ∂L/∂z and ∂L/∂(ln σ²) = ∂L/∂z ⊙ σ ⊙ ε / 2.
///
/// [`divergence`](Self::divergence) is the other term of the autoencoder's loss, which no output holds.
///
/// # Shapes
/// x is `[S; 2]`, μ and then ln σ², and z is `S`, any nested array. Parameters: none.
///
/// ```
/// use typednet_layers::{Gaussian, Layer, Network, PassContext};
/// use typednet_tensor::Key;
///
/// let layer = Gaussian::<[f32; 3]>::new();
/// let x = [[1.0, -1.0, 0.5], [0.0, -4.0, -100.0]];
/// assert_eq!(layer.predict(&x), [1.0, -1.0, 0.5]);
///
/// let (mut z, mut saved) = ([[0.0; 3]; 4], vec![0.0; Gaussian::<[f32; 3]>::SAVED.of(4)]);
/// layer.forward(&[x; 4], &mut z, &mut saved, &mut [], PassContext::new(Key::new(0)));
/// assert!(z[0][0] != z[1][0] && z[0][2] == 0.5, "a deviation of e⁻⁵⁰ is none");
/// ```
#[repr(C)]
pub struct Gaussian<S: Sample> {
    /// No elements; it gives the layer its element's alignment.
    elements: [S::Elem; 0],
    sample: PhantomData<fn() -> S>,
}

impl<S: Sample> Gaussian<S> {
    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [], sample: PhantomData }
    }
}

impl<S: Differentiable> Gaussian<S> {
    /// The sum over the batch of the divergence of N(μ, σ²) from N(0, 1), whose gradient is added to `dx` with this weight.
    ///
    /// KL = ½ Σ (μ² + σ² − ln σ² − 1); ∂KL/∂μ = μ and ∂KL/∂(ln σ²) = (σ² − 1)/2.
    ///
    /// ```
    /// use typednet_layers::Gaussian;
    ///
    /// let mut dx = [[[0.0_f64; 1]; 2]; 1];
    /// assert_eq!(Gaussian::<[f64; 1]>::divergence(&[[[3.0], [0.0]]], 0.5, &mut dx), 4.5);
    /// assert_eq!(dx, [[[1.5], [0.0]]]);
    /// ```
    ///
    /// # Panics
    /// If `x` and `dx` differ in length.
    pub fn divergence(x: &[[S; 2]], weight: f64, dx: &mut [[S; 2]]) -> f64 {
        assert_eq!(x.len(), dx.len(), "there must be one gradient for each input");
        let weight = S::Elem::of(weight);
        let half = S::Elem::of(0.5);
        let mut sum = 0.0;
        for ([mean, log_variance], [d_mean, d_log_variance]) in x.iter().zip(dx) {
            let given = mean.as_flat().iter().zip(log_variance.as_flat());
            for ((mu, log), (d_mu, d_log)) in
                given.zip(d_mean.as_flat_mut().iter_mut().zip(d_log_variance.as_flat_mut()))
            {
                let variance = Float::exp(*log);
                sum += (half * (*mu * *mu + variance - *log - S::Elem::one())).to_f64_exact();
                *d_mu += weight * *mu;
                *d_log += weight * half * (variance - S::Elem::one());
            }
        }
        sum
    }
}

impl<S: Sample> Default for Gaussian<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [S: Differentiable] Gaussian<S>: S::Elem {
        elements: [S::Elem; 0],
    } markers { sample }
}

impl<S: Differentiable> Layer for Gaussian<S> {
    type In = [S; 2];
    type Out = S;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Gaussian",
        args: &[],
        input: <[S; 2]>::SHAPE,
        output: S::SHAPE,
        params: &[],
        children: &[],
        flops: 2 * S::LEN as u64,
        behaviour: Behaviour::PLAIN.differing_in_training().computing(Operation::OfFirst),
    };

    /// σ ⊙ ε
    const SAVED: WorkspaceSize = WorkspaceSize::rows(S::LEN);

    #[inline]
    fn predict_into(&self, [mean, _]: &[S; 2], z: &mut S) {
        z.as_flat_mut().copy_from_slice(mean.as_flat());
    }

    fn infer(&self, x: &[[S; 2]], z: &mut [S], _: &mut [S::Elem], run: PassContext<'_>) {
        by_samples(run.parallel(), z, S::LEN, |first, z| {
            for ([mean, _], z) in x[first..].iter().zip(z) {
                *z = *mean;
            }
        });
    }

    fn forward(&self, x: &[[S; 2]], z: &mut [S], saved: &mut [S::Elem], _: &mut [S::Elem], run: PassContext<'_>) {
        let distance = Workspace::new(saved, x.len()).samples::<S>();
        by_elements(run.parallel(), flat_mut(distance), 1, |_, distance| distance.fill(S::Elem::ZERO));
        if !run.is_frozen() {
            noise::add_normal(run.key(), S::Elem::one(), flat_mut(distance), run.parallel());
        }
        by_rows_and(run.parallel(), flat_mut(z), S::LEN, distance, |at, z, distance| {
            let row = at / S::LEN.max(1);
            let rows = x[row..].iter().zip(distance).zip(z.chunks_exact_mut(S::LEN.max(1)));
            for (([mean, log_variance], distance), z) in rows {
                let given = mean.as_flat().iter().zip(log_variance.as_flat());
                for ((mean, log), (distance, z)) in given.zip(distance.as_flat_mut().iter_mut().zip(z)) {
                    *distance *= Float::exp(S::Elem::of(0.5) * *log);
                    *z = *mean + *distance;
                }
            }
        });
    }

    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dz: &mut [S],
        dx: Option<&mut [[S; 2]]>,
        _: &mut Self,
        _: &mut [S::Elem],
        run: PassContext<'_>,
    ) {
        let Some(dx) = dx else { return };
        let distance = &*Workspace::new(trace.saved, trace.x.len()).samples::<S>();
        let dz = &*dz;
        by_samples(run.parallel(), dx, 2 * S::LEN, |first, dx| {
            for (([d_mean, d_log_variance], distance), dz) in dx.iter_mut().zip(&distance[first..]).zip(&dz[first..]) {
                d_mean.as_flat_mut().copy_from_slice(dz.as_flat());
                for (d_log, (distance, dz)) in
                    d_log_variance.as_flat_mut().iter_mut().zip(distance.as_flat().iter().zip(dz.as_flat()))
                {
                    *d_log = *dz * *distance * S::Elem::of(0.5);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::{Key, flat};

    use super::*;
    use crate::assert_gradients;

    type Layer3 = Gaussian<[f64; 3]>;

    const X: [[[f64; 3]; 2]; 2] = [[[0.5, -1.0, 2.0], [0.3, -2.0, 1.0]], [[-0.5, 0.0, 1.0], [0.0, 1.5, -0.7]]];

    #[test]
    fn the_gradient_goes_through_the_sample() {
        assert_gradients(&Layer3::new(), &X);
    }

    /// Mean and variance of 30,000 samples, within 6 standard deviations of either.
    #[test]
    fn samples_have_the_mean_and_the_variance_that_it_is_told() {
        let n = 30_000.0_f64;
        let x = vec![[[0.5; 3], [2.0 * 0.25_f64.ln(); 3]]; 10_000];
        let (mut z, mut saved) = (vec![[0.0; 3]; x.len()], vec![0.0; Layer3::SAVED.of(x.len())]);
        Layer3::new().forward(&x, &mut z, &mut saved, &mut [], PassContext::new(Key::new(0)));
        let z = flat(&z);
        let mean = z.iter().sum::<f64>() / n;
        assert!((mean - 0.5).abs() < 6.0 * 0.25 / n.sqrt(), "the mean is {mean}");
        let variance = z.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n;
        assert!((variance - 0.0625).abs() < 6.0 * 0.0625 * (2.0 / n).sqrt(), "the variance is {variance}");
    }

    #[test]
    fn the_divergence_has_its_gradient_and_is_added() {
        let value = |x: &[[[f64; 3]; 2]]| Layer3::divergence(x, 1.0, &mut vec![[[0.0; 3]; 2]; x.len()]);
        let mut found = [[[10.0; 3]; 2]; 2];
        Layer3::divergence(&X, 0.5, &mut found);
        for (i, found) in flat(&found).iter().enumerate() {
            let at = |h: f64| {
                let mut x = X;
                flat_mut(&mut x)[i] += h;
                value(&x)
            };
            let expected = 10.0 + 0.5 * (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((found - expected).abs() < 1e-8, "{i}: {found} for {expected}");
        }
        assert_eq!(value(&[[[0.0; 3]; 2]; 2]).to_bits(), 0.0_f64.to_bits());
        // ∫ p ln(p/q), by the trapezoidal rule, for the one element that differs.
        let (mean, log_variance) = (0.5, -0.8);
        let density = |z: f64, mean: f64, variance: f64| {
            (-(z - mean).powi(2) / (2.0 * variance)).exp() / (core::f64::consts::TAU * variance).sqrt()
        };
        let divergence = (-8_000..8_000).map(|i| {
            let (z, variance) = (f64::from(i) * 1e-3, f64::exp(log_variance));
            let (p, q) = (density(z, mean, variance), density(z, 0.0, 1.0));
            if p > 0.0 { p * (p / q).ln() * 1e-3 } else { 0.0 }
        });
        let (divergence, found) =
            (divergence.sum::<f64>(), value(&[[[0.0, mean, 0.0], [0.0, log_variance, 0.0]]; 2]) / 2.0);
        assert!((found - divergence).abs() < 1e-9, "{found} for {divergence}");
    }
}
