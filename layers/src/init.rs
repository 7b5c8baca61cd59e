//! How parameters start (lecture section 5).

use typednet_tensor::{Key, Scalar};

use crate::Node;

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
    pub fn fill<T: Scalar>(self, values: &mut [T], fan_in: usize, fan_out: usize, key: Key) {
        let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
        let root = |x: f64| num_traits::Float::sqrt(x);
        match self {
            Self::Zeros => values.fill(T::zero()),
            Self::Ones => values.fill(T::one()),
            Self::Constant(value) => values.fill(T::of(value)),
            Self::Normal(deviation) => normal(values, deviation, key),
            Self::UniformFanIn => uniform(values, 1.0 / root(fan_in), key),
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
pub(crate) fn initialise<T: Scalar>(block: &mut [T], tree: &'static Node, weights: Option<Init>, key: Key) {
    let mut index = 0;
    tree.visit(&mut |place| {
        let param = place.param;
        let init = if param.kind == crate::Kind::Weight { weights.unwrap_or(param.init) } else { param.init };
        init.fill(&mut block[place.range()], param.fan_in, param.fan_out, key.child(index));
        index += 1;
    });
}
