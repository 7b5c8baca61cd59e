//! Initialisation of parameters (lecture section 5).

use typednet_tensor::{Key, Scalar};

use crate::LayerInfo;

/// A distribution to draw first values from.
///
/// `fan_in` is the number of inputs that an output adds up, `fan_out` the number of outputs that an input goes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// 0: right for biases, and wrong for weights, which then all learn the same (symmetry).
    Zeros,
    /// 1, for the scales of normalisations.
    Ones,
    /// One value for all.
    Constant(f64),
    /// N(0, σ²) with the given standard deviation σ, whatever the layer's size: 1 saturates, 0.01 is too weak.
    Normal(f64),
    /// Uniform in ±1/√`fan_in`.
    UniformFanIn,
    /// Uniform in ±1/√`fan_out`: of a recurrent layer, ±1/√H for its H units.
    UniformFanOut,
    /// N(0, 2/(`fan_in` + `fan_out`)) for sigmoid and tanh (Glorot and Bengio 2010).
    XavierNormal,
    /// Uniform in ±√6/√(`fan_in` + `fan_out`).
    XavierUniform,
    /// N(0, 2/`fan_in`) for the ReLU family (He and others 2015).
    HeNormal,
    /// Uniform in ±√6/√`fan_in`.
    HeUniform,
}

impl Init {
    /// Fills `values`, the n-th from place n of `key`.
    #[inline(never)]
    pub fn fill<T: Scalar>(self, values: &mut [T], fan_in: usize, fan_out: usize, key: Key) {
        let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
        let root = |x: f64| num_traits::Float::sqrt(x);
        match self {
            Self::Zeros => values.fill(T::zero()),
            Self::Ones => values.fill(T::one()),
            Self::Constant(value) => values.fill(T::of(value)),
            Self::Normal(deviation) => normal(values, deviation, key),
            Self::UniformFanIn => uniform(values, 1.0 / root(fan_in), key),
            Self::UniformFanOut => uniform(values, 1.0 / root(fan_out), key),
            Self::XavierNormal => normal(values, root(2.0 / (fan_in + fan_out)), key),
            Self::XavierUniform => uniform(values, root(6.0 / (fan_in + fan_out)), key),
            Self::HeNormal => normal(values, root(2.0 / fan_in), key),
            Self::HeUniform => uniform(values, root(6.0 / fan_in), key),
        }
    }
}

fn normal<T: Scalar>(values: &mut [T], deviation: f64, key: Key) {
    for (n, value) in values.iter_mut().enumerate() {
        *value = T::of(deviation * key.normal::<f64>(n as u64));
    }
}

fn uniform<T: Scalar>(values: &mut [T], bound: f64, key: Key) {
    for (n, value) in values.iter_mut().enumerate() {
        *value = T::of(bound * (2.0 * key.uniform::<f64>(n as u64) - 1.0));
    }
}

/// Fills the flat block of a layer: each run of parameters as its [`Param`](crate::Param) says, or its weights by
/// `weights` where that is given. Run i draws from child i of `key`.
#[inline(never)]
pub(crate) fn initialise<T: Scalar>(block: &mut [T], tree: &'static LayerInfo, weights: Option<Init>, key: Key) {
    let mut index = 0;
    tree.visit(&mut |place| {
        let param = place.param;
        let init = if param.kind == crate::ParamKind::Weight { weights.unwrap_or(param.init) } else { param.init };
        init.fill(&mut block[place.range()], param.fan_in, param.fan_out, key.child(index));
        index += 1;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: usize = 40_000;
    const FAN_IN: usize = 30;
    const FAN_OUT: usize = 70;

    fn draw<T: Scalar>(init: Init, seed: u64) -> Vec<T> {
        let mut values = vec![T::nan(); COUNT];
        init.fill(&mut values, FAN_IN, FAN_OUT, Key::new(seed));
        values
    }

    /// Checks the mean, which should be 0, and the variance, each within 6 standard deviations of its estimate:
    /// √(σ²/n) and √((μ₄ − σ⁴)/n), where `fourth` is μ₄/σ⁴.
    fn check_moments(init: Init, variance: f64, fourth: f64) {
        let values = draw::<f64>(init, 3);
        let n = COUNT as f64;
        let mean = values.iter().sum::<f64>() / n;
        let found = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 6.0 * (variance / n).sqrt(), "{init:?}: the mean is {mean}");
        let bound = 6.0 * variance * ((fourth - 1.0) / n).sqrt();
        assert!((found - variance).abs() < bound, "{init:?}: the variance is {found}, not {variance}");
    }

    #[test]
    fn section_5_normal_distributions() {
        let (fan_in, fan_out) = (FAN_IN as f64, FAN_OUT as f64);
        for (init, variance) in [
            (Init::Normal(1.0), 1.0),
            (Init::Normal(0.01), 1e-4),
            (Init::XavierNormal, 2.0 / (fan_in + fan_out)),
            (Init::HeNormal, 2.0 / fan_in),
        ] {
            check_moments(init, variance, 3.0);
            let within = draw::<f64>(init, 4).iter().filter(|value| value.abs() < variance.sqrt()).count() as f64;
            // 68.27 % of a normal distribution is within one standard deviation; the bound is 6 deviations of the count.
            let (share, n) = (0.682_689, COUNT as f64);
            assert!((within - share * n).abs() < 6.0 * (share * (1.0 - share) * n).sqrt(), "{init:?}: {within}");
        }
    }

    #[test]
    fn section_5_uniform_distributions() {
        let (fan_in, fan_out) = (FAN_IN as f64, FAN_OUT as f64);
        for (init, bound) in [
            (Init::UniformFanIn, 1.0 / fan_in.sqrt()),
            (Init::UniformFanOut, 1.0 / fan_out.sqrt()),
            (Init::XavierUniform, 6_f64.sqrt() / (fan_in + fan_out).sqrt()),
            (Init::HeUniform, 6_f64.sqrt() / fan_in.sqrt()),
        ] {
            check_moments(init, bound * bound / 3.0, 9.0 / 5.0);
            let largest = draw::<f64>(init, 4).into_iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            // The chance that none of 40,000 comes within 0.1 % of the bound is below e⁻⁴⁰.
            assert!(largest <= bound && largest > 0.999 * bound, "{init:?}: {largest} of {bound}");
        }
    }

    #[test]
    fn section_5_constants() {
        for (init, value) in [(Init::Zeros, 0.0), (Init::Ones, 1.0), (Init::Constant(0.5), 0.5)] {
            assert!(draw::<f32>(init, 0).iter().all(|found| found.to_bits() == f32::to_bits(value)), "{init:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bits() {
        for init in [Init::HeNormal, Init::XavierUniform] {
            let bits = |seed| draw::<f32>(init, seed).into_iter().map(f32::to_bits).collect::<Vec<_>>();
            assert_eq!(bits(1), bits(1));
            assert_ne!(bits(1), bits(2));
            let rounded: Vec<_> = draw::<f64>(init, 1).into_iter().map(|value| (value as f32).to_bits()).collect();
            assert_eq!(bits(1), rounded, "both scalars start from the same values");
        }
    }
}
