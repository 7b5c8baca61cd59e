//! Every activation: its formula in `f64`, one implementation for each type, and the one list over which tests loop.

use typednet_layers::loss::{BinaryCrossEntropy, CrossEntropy, SquaredError};
use typednet_layers::{
    Activation, ActivationLayer, Chain, Dense, Elu, Gelu, GeluTanh, HardSwish, LeakyRelu, Linear, LogSoftmax, Relu,
    Sigmoid, Silu, Softmax, Softplus, Step, Tanh, bits,
};
use typednet_tensor::Scalar;

use super::subject::{Table, Target, subject};

/// An activation as its formula says it.
pub(crate) trait NaiveActivation: 'static {
    /// Where its derivative jumps.
    const KINKS: &'static [f64] = &[];
    /// Whether it gives logarithms of probabilities.
    const GIVES_LOGARITHMS: bool = false;

    /// Its values for z, in rows of `width`.
    fn naive(z: &[f64], width: usize) -> Vec<f64>;

    /// As [`naive`](NaiveActivation::naive), and how near z came to a kink.
    fn activate(z: &[f64], width: usize, margin: &mut f64) -> Vec<f64> {
        for kink in Self::KINKS {
            *margin = z.iter().fold(*margin, |margin, z| margin.min((z - kink).abs()));
        }
        Self::naive(z, width)
    }
}

/// What is done with every activation.
pub(crate) trait Visitor<T: Scalar> {
    fn visit<A: Activation<T> + NaiveActivation>(&mut self);
}

/// Shows every activation to `to`.
pub(crate) fn every_activation<T: Scalar>(to: &mut impl Visitor<T>) {
    every_elementwise(to);
    to.visit::<Softmax>();
    to.visit::<LogSoftmax>();
}

/// Shows every activation that acts on each element by itself to `to`, those with a number with several.
pub(crate) fn every_elementwise<T: Scalar>(to: &mut impl Visitor<T>) {
    without_a_number(to);
    to.visit::<LeakyRelu>();
    to.visit::<LeakyRelu<{ bits(0.0) }>>();
    to.visit::<LeakyRelu<{ bits(-0.5) }>>();
    to.visit::<LeakyRelu<{ bits(2.0) }>>();
    to.visit::<LeakyRelu<{ bits(3.0) }>>();
    to.visit::<Elu>();
    to.visit::<Elu<{ bits(0.5) }>>();
    to.visit::<Elu<{ bits(-0.5) }>>();
}

/// Writes [`NaiveActivation`] for activations without a number that act on each element by itself, and their list.
macro_rules! elementwise {
    ($($activation:ident $(, kinks: [$($kink:literal),*])?: $formula:expr;)*) => {
        $(
            impl NaiveActivation for $activation {
                $(const KINKS: &'static [f64] = &[$($kink),*];)?
                fn naive(z: &[f64], _: usize) -> Vec<f64> {
                    z.iter().copied().map($formula).collect()
                }
            }
        )*

        fn without_a_number<T: Scalar>(to: &mut impl Visitor<T>) {
            $(to.visit::<$activation>();)*
        }
    };
}

elementwise! {
    Linear: |z| z;
    Sigmoid: |z: f64| 1.0 / (1.0 + (-z).exp());
    Tanh: f64::tanh;
    Relu, kinks: [0.0]: |z: f64| z.max(0.0);
    Step, kinks: [0.0]: |z| if z >= 0.0 { 1.0 } else { 0.0 };
    Gelu: |z: f64| z * 0.5 * libm::erfc(-z / 2_f64.sqrt());
    GeluTanh: |z: f64| {
        let u = (2.0 / std::f64::consts::PI).sqrt() * (z + 0.044_715 * z * z * z);
        z / (1.0 + (-2.0 * u).exp())
    };
    Silu: |z: f64| z / (1.0 + (-z).exp());
    HardSwish, kinks: [-3.0, 3.0]: |z: f64| z * (z + 3.0).clamp(0.0, 6.0) / 6.0;
    Softplus: |z: f64| if z > 0.0 { z + (-z).exp().ln_1p() } else { z.exp().ln_1p() };
}

impl<const ALPHA: u64> NaiveActivation for LeakyRelu<ALPHA> {
    const KINKS: &'static [f64] = &[0.0];
    fn naive(z: &[f64], _: usize) -> Vec<f64> {
        z.iter().map(|&z| if z > 0.0 { z } else { f64::from_bits(ALPHA) * z }).collect()
    }
}

impl<const ALPHA: u64> NaiveActivation for Elu<ALPHA> {
    const KINKS: &'static [f64] = &[0.0];
    fn naive(z: &[f64], _: usize) -> Vec<f64> {
        z.iter().map(|&z| if z > 0.0 { z } else { f64::from_bits(ALPHA) * z.exp_m1() }).collect()
    }
}

/// Calls `f` for each element with Σ e^z over its row.
fn by_rows(z: &[f64], width: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let sum = |row: &[f64]| row.iter().map(|z| z.exp()).sum::<f64>();
    z.chunks(width).flat_map(|row| row.iter().map(|z| f(*z, sum(row))).collect::<Vec<_>>()).collect()
}

impl NaiveActivation for Softmax {
    fn naive(z: &[f64], width: usize) -> Vec<f64> {
        by_rows(z, width, |z, sum| z.exp() / sum)
    }
}

impl NaiveActivation for LogSoftmax {
    const GIVES_LOGARITHMS: bool = true;
    fn naive(z: &[f64], width: usize) -> Vec<f64> {
        by_rows(z, width, |z, sum| z - sum.ln())
    }
}

/// The cases of every activation: as a last layer, as a hidden one, and as a layer of its own.
pub(crate) fn activations<T: Scalar + Target>(table: &mut Table<T>) {
    struct Cases<'a, T: 'static>(&'a mut Table<T>);

    impl<T: Scalar + Target> Visitor<T> for Cases<'_, T> {
        fn visit<A: Activation<T> + NaiveActivation>(&mut self) {
            self.0.push(subject::<Dense<5, 4, A, T>, _>(SquaredError::Mean));
            self.0.push(subject::<Dense<3, 7, A, T>, _>(SquaredError::Half));
            self.0.push(subject::<Chain<Dense<3, 4, A, T>, Dense<4, 3, Softmax, T>>, _>(CrossEntropy));
            self.0.push(subject::<Chain<Dense<3, 5, A, T>, Dense<5, 2, Sigmoid, T>>, _>(BinaryCrossEntropy));
            self.0.push(subject::<ActivationLayer<[[T; 5]; 2], A>, _>(SquaredError::Mean));
        }
    }

    every_activation(&mut Cases(table));
}
