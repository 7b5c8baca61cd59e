//! Noise, which augments the data as a layer.

use core::marker::PhantomData;

use crate::{Arg, Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace, threads};
use typednet_tensor::{Differentiable, Sample, Scalar, flat, flat_mut, impl_flat, noise};

/// Adds normal noise while training, so that a network does not learn single values by heart (lecture section 7,
/// augmentation by noise; Bishop 1995).
///
/// In training y = x + σ·ε with ε from N(0, 1) for each element, and in use y = x. It usually stands first.
///
/// The noise is drawn from the pass's [`PassContext::key`] and the element's place in the batch, so it does not depend on threads,
/// and is another in each step.
///
/// # Shapes
/// x and y are `S`, any nested array.
///
/// σ is written as [`bits`](crate::bits), and is finite and not negative; in `network!` it is the plain number,
/// `Noise<0.1>`. It is in the units of x: scale the data first. Parameters: none.
///
/// ```
/// use typednet_layers::{Layer, Network, Noise, PassContext, bits};
/// use typednet_tensor::Key;
///
/// let layer = Noise::<[f32; 4], { bits(0.1) }>::new();
/// assert_eq!(layer.predict(&[1.0, 2.0, 3.0, 4.0]), [1.0, 2.0, 3.0, 4.0]);
///
/// let mut y = [[0.0; 4]; 100];
/// layer.forward(&[[1.0; 4]; 100], &mut y, &mut [], &mut [], PassContext::new(Key::new(0)));
/// assert!(y.iter().flatten().all(|y| *y != 1.0 && (y - 1.0).abs() < 0.7));
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Layer, LayerInfo, Noise, bits};
///
/// const TREE: LayerInfo = Noise::<[f32; 4], { bits(f64::NAN) }>::TREE; // no deviation
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Layer, LayerInfo, Noise, bits};
/// use typednet_tensor::Padded;
///
/// const TREE: LayerInfo = Noise::<Padded<[[f32; 2]; 3]>, { bits(0.5) }>::TREE; // only in `OnPadded`
/// ```
#[repr(C)]
pub struct Noise<S: Sample, const D: u64> {
    /// No elements; it gives the layer its element's alignment.
    elements: [S::Elem; 0],
    sample: PhantomData<fn() -> S>,
}

impl<S: Sample, const D: u64> Noise<S, D> {
    /// σ
    const DEVIATION: f64 = {
        let deviation = f64::from_bits(D);
        assert!(
            !S::SHAPE.has_padding(),
            "`Noise` is added to numbers, and how many padded steps count is none: write `OnPadded<Noise<…>>`, in a pair on that half"
        );
        assert!(deviation >= 0.0 && deviation.is_finite(), "a noise's deviation is finite and not negative");
        deviation
    };

    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [], sample: PhantomData }
    }
}

impl<S: Sample, const D: u64> Default for Noise<S, D> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [S: Differentiable, const D: u64] Noise<S, D>: S::Elem {
        elements: [S::Elem; 0],
    } markers { sample }
}

impl<S: Differentiable, const D: u64> Layer for Noise<S, D> {
    type In = S;
    type Out = S;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Noise",
        args: &[Arg::Number(Self::DEVIATION)],
        input: S::SHAPE,
        output: S::SHAPE,
        params: &[],
        children: &[],
        flops: 0,
        behaviour: Behaviour::PLAIN.differing_in_training().computing(Operation::OfIdentity),
    };

    #[inline]
    fn predict_into(&self, x: &S, y: &mut S) {
        y.as_flat_mut().copy_from_slice(x.as_flat());
    }

    fn infer(&self, x: &[S], y: &mut [S], _: &mut [S::Elem], run: PassContext<'_>) {
        threads::copy(run.parallel(), flat(x), flat_mut(y));
    }

    fn forward(&self, x: &[S], y: &mut [S], _: &mut [S::Elem], _: &mut [S::Elem], run: PassContext<'_>) {
        if run.is_frozen() {
            return self.infer(x, y, &mut [], run);
        }
        noise::plus_normal(run.key(), S::Elem::of(Self::DEVIATION), flat(x), flat_mut(y), run.parallel());
    }

    /// ∂L/∂x = ∂L/∂y: the noise does not depend on x
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [S],
        dx: Option<&mut [S]>,
        _: &mut Self,
        _: &mut [S::Elem],
        run: PassContext<'_>,
    ) {
        if let Some(dx) = dx {
            threads::copy(run.parallel(), flat(dy), flat_mut(dx));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits;
    use typednet_tensor::Key;

    const DEVIATION: f64 = 0.25;

    type Quarter = Noise<[f64; 10], { bits(DEVIATION) }>;

    fn noise<L: Layer<In = [f64; 10], Out = [f64; 10], Elem = f64>>(layer: &L, rows: usize, seed: u64) -> Vec<f64> {
        let mut y = vec![[f64::NAN; 10]; rows];
        layer.forward(&vec![[0.0; 10]; rows], &mut y, &mut [], &mut [], PassContext::new(Key::new(seed)));
        y.concat()
    }

    /// Mean and variance of the noise, within 6 standard deviations of either.
    #[test]
    fn section_7_the_noise_has_mean_0_and_variance_sigma_squared() {
        let n = 100_000.0_f64;
        for seed in 0..5 {
            let y = noise(&Quarter::new(), 10_000, seed);
            let mean = y.iter().sum::<f64>() / n;
            assert!(mean.abs() < 6.0 * DEVIATION / n.sqrt(), "the mean is {mean}");
            let variance = y.iter().map(|y| y * y).sum::<f64>() / n;
            let bound = 6.0 * DEVIATION * DEVIATION * (2.0 / n).sqrt();
            assert!((variance - DEVIATION * DEVIATION).abs() < bound, "the variance is {variance}");
        }
    }

    #[test]
    fn each_step_has_its_noise() {
        let layer = Quarter::new();
        assert_eq!(noise(&layer, 3, 1), noise(&layer, 3, 1));
        assert_ne!(noise(&layer, 3, 1), noise(&layer, 3, 2));
    }

    #[test]
    fn nothing_is_added_at_0() {
        let layer = Noise::<[f64; 10], { bits(0.0) }>::new();
        assert!(noise(&layer, 100, 1).iter().all(|y| *y == 0.0));
    }
}
