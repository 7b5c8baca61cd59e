//! LAMB.

use num_traits::Float;
use typednet_tensor::Scalar;
use typednet_tensor::simd::{Kernel, Simd};

use crate::adam::AdamStep;
use crate::fused::{Formula, fused};
use crate::{Adam, Extent, OptimError, Optimizer, StepInfo};

/// [`AdamW`](crate::AdamW) whose step in each parameter is as large as the parameter is (You et al. 2020).
///
/// u = m̂ / (√v̂ + ε) + λ·w, with m and v as in Adam<br>
/// w ← w − α·‖w‖/‖u‖·u, the norms over all elements of one parameter of a layer
///
/// Where ‖w‖ or ‖u‖ is 0, the step is α·u. It is made for very large batches and their large learning rates. The norms
/// make it a rule for whole parameters ([`Optimizer::BY_PARAMETER`]): it reads each of them twice, on one thread.
///
/// m is set to 0 where it is [tiny](crate#tiny-moments), as in Adam.
///
/// ```
/// use typednet_optim::{Lamb, Optimizer, StepInfo};
///
/// let (mut w, mut m, mut v) = ([3.0_f64, 4.0], [0.0; 2], [0.0; 2]);
/// let lamb = Lamb::new(0.1).weight_decay(0.0);
/// lamb.update(StepInfo::new(1, 0.1), &mut w, &[7.0, 0.01], &mut [&mut m, &mut v]);
/// let moved = (w[0] - 3.0).hypot(w[1] - 4.0);
/// assert!((moved - 0.1 * 5.0).abs() < 1e-12, "α·‖w‖");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lamb {
    adam: Adam,
    weight_decay: f64,
}

impl Lamb {
    /// With the learning rate α and the paper's other values: β₁ = 0.9, β₂ = 0.999, ε = 1e-6, λ = 0.01.
    pub const fn new(learning_rate: f64) -> Self {
        Self { adam: Adam::new(learning_rate).epsilon(1e-6), weight_decay: 0.01 }
    }

    /// See [`Adam::betas`].
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self { adam: self.adam.betas(beta1, beta2), ..self }
    }

    /// See [`Adam::epsilon`].
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { adam: self.adam.epsilon(epsilon), ..self }
    }

    /// How much of each parameter is taken into its own step (λ).
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Default for Lamb {
    /// Learning rate 0.001.
    fn default() -> Self {
        Self::new(0.001)
    }
}

impl Optimizer for Lamb {
    const MOMENTS: usize = 2;

    const BY_PARAMETER: bool = true;

    fn learning_rate(&self) -> f64 {
        self.adam.learning_rate()
    }

    fn check(&self) -> Result<(), OptimError> {
        self.adam.check()?;
        OptimError::amount("weight decay", self.weight_decay)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        assert_eq!(gradient.len(), weights.len(), "there must be one gradient for each weight");
        let [m, v] = moments else { panic!("this optimiser needs another number of moments") };
        assert!(m.len() == weights.len() && v.len() == weights.len(), "there must be one moment for each weight");
        // Adam's change for the rate −1 is m̂ / (√v̂ + ε).
        let adam = self.adam.at::<T>(StepInfo::new(step.count, -1.0));
        let direction = Direction { adam, decay: T::of(self.weight_decay) };
        let mut squares = [0.0; 2];
        for start in (0..weights.len()).step_by(BLOCK) {
            let block = start..weights.len().min(start + BLOCK);
            let moments = [&mut m[block.clone()], &mut v[block.clone()]];
            let measure = Measure { direction, weights: &weights[block.clone()], gradient: &gradient[block], moments };
            let sums = measured(measure);
            squares = [0, 1].map(|i| squares[i] + sums[i].to_f64_exact());
        }
        let [of_weights, of_step] = squares.map(Float::sqrt);
        let trust = if of_weights > 0.0 && of_step > 0.0 { of_weights / of_step } else { 1.0 };
        let rate = T::of(-step.learning_rate * trust);
        fused(step, Go { direction, rate }, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let Extent { weights, gradient, moments } = before;
        // Adam's change for the rate −1 is m̂ / (√v̂ + ε).
        let direction =
            self.adam.at::<f64>(StepInfo::new(step.count, -1.0)).reach(before) + self.weight_decay * weights;
        // No step is longer than α·‖w‖, but for rounding, or α·‖u‖ where a norm is 0. The norm of more than can be squared
        // is not known, and a quotient of norms is to fit too: no norm of an `f32` but 0 is below 1e-23.
        let fits = weights < 1e14 && direction < 1e18;
        let change = if fits { step.learning_rate.abs() * (weights * 1e23).max(direction) } else { f64::INFINITY };
        Extent { weights: weights + change, moments: moments.max(gradient * gradient), ..before }
    }
}

/// So many elements are summed in their own type; the sums of blocks are summed in `f64`.
const BLOCK: usize = 4096;

/// The direction u of a step, from moments that are up to date.
#[derive(Clone, Copy)]
struct Direction<T> {
    adam: AdamStep<T>,
    decay: T,
}

impl<T: Scalar> Direction<T> {
    #[inline(always)]
    fn of<S: Simd<T>>(&self, s: S, w: S::V, moments: [S::V; 2]) -> S::V {
        s.mul_add(s.splat(self.decay), w, self.adam.change(s, moments))
    }
}

/// The first pass: brings the moments up to date, and sums w² and u².
struct Measure<'a, T> {
    direction: Direction<T>,
    weights: &'a [T],
    gradient: &'a [T],
    moments: [&'a mut [T]; 2],
}

/// Runs the first pass over a block.
#[inline(never)]
fn measured<T: Scalar>(measure: Measure<'_, T>) -> [T; 2] {
    T::dispatch(measure)
}

impl<T: Scalar> Kernel<T> for Measure<'_, T> {
    type Output = [T; 2];

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) -> [T; 2] {
        let Self { direction, weights, gradient, moments: [m, v] } = self;
        let mut sums = [s.splat(T::zero()); 2];
        let vectors = weights.chunks(S::LANES).zip(gradient.chunks(S::LANES));
        let moments = m.chunks_mut(S::LANES).zip(v.chunks_mut(S::LANES));
        for ((w, g), (m, v)) in vectors.zip(moments) {
            let part = |x: &[T]| s.load_part(x, T::zero());
            // Behind the end w, g and m are 0, and u too, as v is not.
            let (w_now, m_now, v_now) = (part(w), part(m), s.load_part(v, T::one()));
            let now = direction.adam.remember(s, part(g), [m_now, v_now]);
            let u = direction.of(s, w_now, now);
            sums = [s.mul_add(w_now, w_now, sums[0]), s.mul_add(u, u, sums[1])];
            s.store_part(now[0], m);
            s.store_part(now[1], v);
        }
        sums.map(|sum| s.sum(sum))
    }
}

/// The second pass: what it does to every weight.
struct Go<T> {
    direction: Direction<T>,
    rate: T,
}

impl<T: Scalar> Formula<T, 2> for Go<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, _: S::V, moments: [S::V; 2]) -> (S::V, [S::V; 2]) {
        (s.mul_add(s.splat(self.rate), self.direction.of(s, w, moments), w), moments)
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Key;

    use super::*;

    #[test]
    fn a_step_is_as_large_as_its_weights_for_any_number_of_them() {
        for len in [1, 2, 7, 9, 63, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5] {
            let random = |seed, i| Key::new(seed).uniform::<f64>(i) + 0.5;
            let mut weights: Vec<f64> = (0..len as u64).map(|i| random(1, i)).collect();
            let gradient: Vec<f64> = (0..len as u64).map(|i| random(2, i)).collect();
            let before = weights.clone();
            let (mut m, mut v) = (vec![0.0; len], vec![0.0; len]);
            let lamb = Lamb::new(0.25).epsilon(0.0).weight_decay(0.5);
            lamb.update(StepInfo::new(1, 0.25), &mut weights, &gradient, &mut [&mut m, &mut v]);
            let norm = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x * x).sum::<f64>().sqrt();
            let moved = norm(&mut weights.iter().zip(&before).map(|(w, before)| w - before));
            let expected = 0.25 * norm(&mut before.iter().copied());
            assert!((moved / expected - 1.0).abs() < 1e-12, "{len} weights: {moved} for {expected}");
        }
    }

    #[test]
    #[should_panic(expected = "one moment for each weight")]
    fn a_moment_of_another_length_is_refused() {
        Lamb::default().update(StepInfo::new(1, 0.1), &mut [1.0; 8], &[1.0; 8], &mut [&mut [0.0; 8], &mut [0.0; 9]]);
    }

    #[test]
    fn parameters_of_zeros_are_moved() {
        let mut weights = [0.0_f64; 2];
        Lamb::default().update(StepInfo::new(1, 0.1), &mut weights, &[1.0, -1.0], &mut [&mut [0.0; 2], &mut [0.0; 2]]);
        assert!((weights[0] + 0.1).abs() < 1e-6 && (weights[1] - 0.1).abs() < 1e-6, "{weights:?}");
        let mut weights = [1.0_f64; 2];
        let lamb = Lamb::default().weight_decay(0.0);
        lamb.update(StepInfo::new(1, 0.1), &mut weights, &[0.0; 2], &mut [&mut [0.0; 2], &mut [0.0; 2]]);
        assert_eq!(weights.map(f64::to_bits), [1.0_f64; 2].map(f64::to_bits), "and a gradient of zeros moves nothing");
    }
}
