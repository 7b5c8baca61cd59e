//! Every loss: its formula as plain loops in `f64`, one implementation for each type, the cases of it, and those that
//! PyTorch computed.

use typednet_layers::loss::{
    AbsoluteError, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Hinge, Huber, KullbackLeibler,
    SoftCrossEntropy, SquaredError, SquaredHinge, WeightedCrossEntropy,
};
use typednet_layers::{
    ActivationLayer, Chain, Dense, Gelu, Linear, LogSoftmax, Relu, Sigmoid, Silu, Softmax, Softplus, Tanh,
};
use typednet_tensor::Scalar;

use super::pytorch::{Three, Two};
use super::subject::{Table, Target, class, subject};

/// The cases of every loss.
pub(crate) fn losses<T: Scalar + Target>(table: &mut Table<T>) {
    // Losses that bring the last activation along, with that activation in a dense layer and alone.
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(CrossEntropy));
    table.push(subject::<Dense<5, 3, LogSoftmax, T>, _>(CrossEntropy));
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(SoftCrossEntropy));
    table.push(subject::<Dense<5, 3, LogSoftmax, T>, _>(SoftCrossEntropy));
    table.push(subject::<Dense<5, 3, Sigmoid, T>, _>(BinaryCrossEntropy));
    table.push(subject::<Chain<Dense<5, 3, Linear, T>, ActivationLayer<[T; 3], Softmax>>, _>(CrossEntropy));
    table.push(subject::<Chain<Dense<5, 3, Linear, T>, ActivationLayer<[T; 3], LogSoftmax>>, _>(SoftCrossEntropy));
    table.push(subject::<Chain<Dense<5, 1, Linear, T>, ActivationLayer<[T; 1], Sigmoid>>, _>(BinaryCrossEntropy));

    table.push(subject::<Dense<5, 3, Tanh, T>, _>(AbsoluteError));
    table.push(subject::<ActivationLayer<[[T; 5]; 2], Gelu>, _>(AbsoluteError));
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(Huber::default()));
    table.push(subject::<Dense<5, 3, Linear, T>, _>(Huber::new(0.25)));
    table.push(subject::<Dense<5, 3, Linear, T>, _>(BinaryCrossEntropyWithLogits));
    table.push(subject::<Dense<5, 3, Linear, T>, _>(Hinge));
    table.push(subject::<Dense<5, 3, Linear, T>, _>(SquaredHinge));
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(WeightedCrossEntropy::<3>::smoothed(0.1)));
    table.push(subject::<Dense<5, 3, LogSoftmax, T>, _>(WeightedCrossEntropy::weighted([0.5, 2.0, 0.0])));
    table
        .push(subject::<Dense<5, 3, Softmax, T>, _>(WeightedCrossEntropy::smoothed(0.2).with_weights([0.5, 2.0, 1.0])));
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(KullbackLeibler));
    table.push(subject::<Dense<5, 3, LogSoftmax, T>, _>(KullbackLeibler));
}

/// The networks of `goldens/layers.json` that tell losses apart.
pub(crate) fn goldens<T: Scalar + Target>() -> Table<T> {
    type Digits<T> = Chain<Dense<3, 17, Relu, T>, Two<T, 17, 9, 10, Tanh, Softmax>>;
    vec![
        subject::<Three<T, Tanh, Relu, Sigmoid>, _>(BinaryCrossEntropy),
        subject::<Two<T, 2, 8, 1, Relu, Sigmoid>, _>(BinaryCrossEntropy),
        subject::<Digits<T>, _>(CrossEntropy),
        subject::<Two<T, 3, 5, 4, Softplus, LogSoftmax>, _>(CrossEntropy),
        subject::<Two<T, 3, 5, 4, Sigmoid, Softmax>, _>(SoftCrossEntropy),
        subject::<Two<T, 3, 5, 4, Silu, LogSoftmax>, _>(SoftCrossEntropy),
        subject::<Three<T, Tanh, Relu, Linear>, _>(AbsoluteError),
        subject::<Three<T, Tanh, Silu, Linear>, _>(Huber::new(0.25)),
        subject::<Two<T, 3, 5, 4, Tanh, Linear>, _>(BinaryCrossEntropyWithLogits),
        subject::<Two<T, 3, 5, 4, Tanh, Linear>, _>(Hinge),
        subject::<Two<T, 3, 5, 4, Tanh, Linear>, _>(SquaredHinge),
        subject::<Two<T, 3, 5, 4, Tanh, Softmax>, _>(KullbackLeibler),
        subject::<Two<T, 3, 5, 4, Tanh, LogSoftmax>, _>(
            WeightedCrossEntropy::smoothed(0.1).with_weights([0.5, 2.0, 1.0, 0.25]),
        ),
    ]
}

/// A loss as its formula says it.
pub(crate) trait Naive {
    /// The loss of one sample from its outputs `a`; `logarithms` says whether these are logarithms of probabilities.
    fn naive(&self, logarithms: bool, a: &[f64], target: &[f64]) -> f64;
}

impl Naive for SquaredError {
    fn naive(&self, _: bool, a: &[f64], y: &[f64]) -> f64 {
        let sum: f64 = a.iter().zip(y).map(|(a, y)| (a - y).powi(2)).sum();
        match self {
            Self::Mean => sum / a.len() as f64,
            Self::Half => sum / 2.0,
        }
    }
}

fn logarithm(is_one: bool, a: f64) -> f64 {
    if is_one { a } else { a.ln() }
}

impl Naive for CrossEntropy {
    fn naive(&self, logarithms: bool, a: &[f64], target: &[f64]) -> f64 {
        -logarithm(logarithms, a[class(target)])
    }
}

impl Naive for SoftCrossEntropy {
    fn naive(&self, logarithms: bool, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| -y * logarithm(logarithms, *a)).sum()
    }
}

impl Naive for BinaryCrossEntropy {
    fn naive(&self, _: bool, a: &[f64], y: &[f64]) -> f64 {
        let sum: f64 = a.iter().zip(y).map(|(a, y)| -y * a.ln() - (1.0 - y) * (1.0 - a).ln()).sum();
        sum / a.len() as f64
    }
}

impl Naive for AbsoluteError {
    fn naive(&self, _: bool, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| (a - y).abs()).sum::<f64>() / a.len() as f64
    }
}

impl Naive for Huber {
    fn naive(&self, _: bool, a: &[f64], y: &[f64]) -> f64 {
        let t = self.threshold();
        let each = |(a, y): (&f64, &f64)| {
            let distance = (a - y).abs();
            if distance <= t { distance * distance / 2.0 } else { t * (distance - t / 2.0) }
        };
        a.iter().zip(y).map(each).sum::<f64>() / a.len() as f64
    }
}

impl Naive for BinaryCrossEntropyWithLogits {
    fn naive(&self, logarithms: bool, z: &[f64], y: &[f64]) -> f64 {
        let a: Vec<f64> = z.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect();
        BinaryCrossEntropy.naive(logarithms, &a, y)
    }
}

impl Naive for Hinge {
    fn naive(&self, _: bool, z: &[f64], target: &[f64]) -> f64 {
        let target = class(target);
        let others = (0..z.len()).filter(|class| *class != target);
        others.map(|class| (1.0 - z[target] + z[class]).max(0.0)).sum::<f64>() / z.len() as f64
    }
}

impl Naive for SquaredHinge {
    fn naive(&self, _: bool, z: &[f64], target: &[f64]) -> f64 {
        let target = class(target);
        let others = (0..z.len()).filter(|class| *class != target);
        others.map(|class| (1.0 - z[target] + z[class]).max(0.0).powi(2)).sum::<f64>() / z.len() as f64
    }
}

impl<const N: usize> Naive for WeightedCrossEntropy<N> {
    fn naive(&self, logarithms: bool, a: &[f64], target: &[f64]) -> f64 {
        let term = |class: usize| -self.weights()[class] * logarithm(logarithms, a[class]);
        let all: f64 = (0..N).map(term).sum();
        (1.0 - self.smoothing()) * term(class(target)) + self.smoothing() / N as f64 * all
    }
}

impl Naive for KullbackLeibler {
    fn naive(&self, logarithms: bool, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| y * (y.ln() - logarithm(logarithms, *a))).sum()
    }
}
