//! What every layer, activation and loss computes, as plain loops and formulas in `f64`, read off the network's tree.

use typednet_layers::loss::{
    AbsoluteError, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Hinge, Huber, KullbackLeibler,
    SoftCrossEntropy, SquaredError, WeightedCrossEntropy,
};
use typednet_layers::{Arg, Node};
use typednet_tensor::Scalar;

/// The output of a network for one sample, and how near any z came to a kink of its activation.
pub(crate) struct Output {
    pub(crate) a: Vec<f64>,
    pub(crate) margin: f64,
}

/// The output of the network `tree` with the parameters `params` for the sample `x`.
pub(crate) fn predict(tree: &Node, params: &[f64], x: &[f64]) -> Output {
    let (mut params, mut margin) = (params, f64::INFINITY);
    let a = layer(tree, &mut params, x, &mut margin);
    assert!(params.is_empty(), "{} parameters were not used", params.len());
    Output { a, margin }
}

fn layer(node: &Node, params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
    let mut take = |len| {
        let (first, rest) = params.split_at(len);
        *params = rest;
        first
    };
    match (node.name, node.args) {
        ("Dense", [Arg::Size(outputs), activation]) => {
            let (weight, bias) = (take(x.len() * outputs), take(*outputs));
            let mut z = bias.to_vec();
            for (i, x) in x.iter().enumerate() {
                for (j, z) in z.iter_mut().enumerate() {
                    *z += x * weight[i * outputs + j];
                }
            }
            activate(activation, &z, *outputs, margin)
        }
        ("Activation", [activation]) => {
            let width = node.input.sizes().last().copied().unwrap_or(1);
            activate(activation, x, width, margin)
        }
        ("Dropout" | "Noise", _) => x.to_vec(),
        ("TestScaledDropout", [Arg::Number(rate)]) => x.iter().map(|x| x * (1.0 - rate)).collect(),
        ("Residual", _) => {
            let inner = layer(node.children[0].node, params, x, margin);
            x.iter().zip(inner).map(|(x, y)| x + y).collect()
        }
        ("Add", _) => {
            let a = layer(node.children[0].node, params, x, margin);
            let b = layer(node.children[1].node, params, x, margin);
            a.iter().zip(b).map(|(a, b)| a + b).collect()
        }
        ("Concat", _) => {
            let mut a = layer(node.children[0].node, params, x, margin);
            a.extend(layer(node.children[1].node, params, x, margin));
            a
        }
        // In use; in training it is another function of the batch.
        ("BatchNorm", _) => {
            let [scale, bias, mean, variance] = [(); 4].map(|()| take(x.len()));
            let feature = |i: usize| (x[i] - mean[i]) / (variance[i] + 1e-5_f64).sqrt() * scale[i] + bias[i];
            (0..x.len()).map(feature).collect()
        }
        ("LayerNorm", _) => {
            let (scale, bias, n) = (take(x.len()), take(x.len()), x.len() as f64);
            let mean = x.iter().sum::<f64>() / n;
            let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
            (0..x.len()).map(|i| (x[i] - mean) / (variance + 1e-5).sqrt() * scale[i] + bias[i]).collect()
        }
        ("Chain", _) => node.children.iter().fold(x.to_vec(), |x, child| layer(child.node, params, &x, margin)),
        _ => panic!("say here what {node} computes"),
    }
}

fn activate(activation: &Arg, z: &[f64], width: usize, margin: &mut f64) -> Vec<f64> {
    let Arg::Type(name, args) = activation else { panic!("{activation} is no activation") };
    let alpha = || match args {
        [Arg::Number(alpha)] => *alpha,
        _ => panic!("{activation} should have one number"),
    };
    if matches!(*name, "Relu" | "LeakyRelu" | "Elu" | "Step") {
        *margin = z.iter().fold(*margin, |margin, z| margin.min(z.abs()));
    }
    let each = |f: &dyn Fn(f64) -> f64| z.iter().map(|z| f(*z)).collect();
    let rows = |f: &dyn Fn(f64, f64) -> f64| {
        let sum = |row: &[f64]| row.iter().map(|z| z.exp()).sum::<f64>();
        z.chunks(width).flat_map(|row| row.iter().map(|z| f(*z, sum(row))).collect::<Vec<_>>()).collect()
    };
    match *name {
        "Linear" => z.to_vec(),
        "Sigmoid" => each(&|z| 1.0 / (1.0 + (-z).exp())),
        "Tanh" => each(&f64::tanh),
        "Relu" => each(&|z| z.max(0.0)),
        "LeakyRelu" => each(&|z| if z > 0.0 { z } else { alpha() * z }),
        "Elu" => each(&|z| if z > 0.0 { z } else { alpha() * (z.exp() - 1.0) }),
        "Gelu" => each(&|z| 0.5 * z * (1.0 + Scalar::erf(z / 2_f64.sqrt()))),
        "GeluTanh" => each(&|z| {
            let u = (2.0 / std::f64::consts::PI).sqrt() * (z + 0.044_715 * z.powi(3));
            0.5 * z * (1.0 + u.tanh())
        }),
        "Silu" => each(&|z| z / (1.0 + (-z).exp())),
        "Softplus" => each(&|z| (1.0 + z.exp()).ln()),
        "Softmax" => rows(&|z, sum| z.exp() / sum),
        "LogSoftmax" => rows(&|z, sum| z - sum.ln()),
        "Step" => each(&|z| if z >= 0.0 { 1.0 } else { 0.0 }),
        _ => panic!("say here what {activation} computes"),
    }
}

/// The name of the activation at the end of a network.
pub(crate) fn head(node: &Node) -> &'static str {
    match (node.children.last(), node.args.last()) {
        (Some(_), _) if ["Residual", "Add", "Concat"].contains(&node.name) => "Linear",
        (Some(last), _) => head(last.node),
        (None, Some(Arg::Type(name, _))) => name,
        _ => "Linear",
    }
}

/// A loss as its formula says it.
pub(crate) trait Naive {
    /// The loss of one sample from its outputs `a`, after the activation named `head`.
    fn naive(&self, head: &str, a: &[f64], target: &[f64]) -> f64;
}

impl Naive for SquaredError {
    fn naive(&self, _: &str, a: &[f64], y: &[f64]) -> f64 {
        let sum: f64 = a.iter().zip(y).map(|(a, y)| (a - y).powi(2)).sum();
        match self {
            Self::Mean => sum / a.len() as f64,
            Self::Half => sum / 2.0,
        }
    }
}

fn logarithm(head: &str, a: f64) -> f64 {
    if head == "LogSoftmax" { a } else { a.ln() }
}

impl Naive for CrossEntropy {
    #[allow(clippy::cast_sign_loss, reason = "the number of a class is not negative")]
    fn naive(&self, head: &str, a: &[f64], target: &[f64]) -> f64 {
        -logarithm(head, a[target[0] as usize])
    }
}

impl Naive for SoftCrossEntropy {
    fn naive(&self, head: &str, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| -y * logarithm(head, *a)).sum()
    }
}

impl Naive for BinaryCrossEntropy {
    fn naive(&self, _: &str, a: &[f64], y: &[f64]) -> f64 {
        let sum: f64 = a.iter().zip(y).map(|(a, y)| -y * a.ln() - (1.0 - y) * (1.0 - a).ln()).sum();
        sum / a.len() as f64
    }
}

impl Naive for AbsoluteError {
    fn naive(&self, _: &str, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| (a - y).abs()).sum::<f64>() / a.len() as f64
    }
}

impl Naive for Huber {
    fn naive(&self, _: &str, a: &[f64], y: &[f64]) -> f64 {
        let t = self.threshold();
        let each = |(a, y): (&f64, &f64)| {
            let distance = (a - y).abs();
            if distance <= t { distance * distance / 2.0 } else { t * (distance - t / 2.0) }
        };
        a.iter().zip(y).map(each).sum::<f64>() / a.len() as f64
    }
}

impl Naive for BinaryCrossEntropyWithLogits {
    fn naive(&self, head: &str, z: &[f64], y: &[f64]) -> f64 {
        let a: Vec<f64> = z.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect();
        BinaryCrossEntropy.naive(head, &a, y)
    }
}

impl Naive for Hinge {
    #[allow(clippy::cast_sign_loss, reason = "the number of a class is not negative")]
    fn naive(&self, _: &str, z: &[f64], target: &[f64]) -> f64 {
        let target = target[0] as usize;
        let others = (0..z.len()).filter(|class| *class != target);
        others.map(|class| (1.0 - z[target] + z[class]).max(0.0)).sum::<f64>() / z.len() as f64
    }
}

impl<const N: usize> Naive for WeightedCrossEntropy<N> {
    #[allow(clippy::cast_sign_loss, reason = "the number of a class is not negative")]
    fn naive(&self, head: &str, a: &[f64], target: &[f64]) -> f64 {
        let term = |class: usize| -self.weights()[class] * logarithm(head, a[class]);
        let all: f64 = (0..N).map(term).sum();
        (1.0 - self.smoothing()) * term(target[0] as usize) + self.smoothing() / N as f64 * all
    }
}

impl Naive for KullbackLeibler {
    fn naive(&self, head: &str, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| y * (y.ln() - logarithm(head, *a))).sum()
    }
}
