//! What layers and activations say that they compute, which files for other programs are written from.

use typednet_layers::{Activation, Function, Operation};

use super::activations::{NaiveActivation, Visitor, every_activation};
use super::cases::table;

#[test]
fn every_layer_says_what_it_computes() {
    for subject in table::<f32>() {
        let tree = subject.tree();
        let silent = tree
            .any(|node| node.behaviour.operation == Operation::Opaque || node.behaviour.function == Function::Opaque);
        assert!(!silent, "{}", subject.name());
    }
}

/// The formulas, as an importer would write them down.
fn formula(function: Function, z: &[f64]) -> Vec<f64> {
    let each = |f: &dyn Fn(f64) -> f64| z.iter().map(|z| f(*z)).collect::<Vec<f64>>();
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let sum: f64 = z.iter().map(|z| z.exp()).sum();
    match function {
        Function::OfLinear => each(&|z| z),
        Function::OfRelu => each(&|z| z.max(0.0)),
        Function::OfLeakyRelu(slope) => each(&|z| if z > 0.0 { z } else { slope * z }),
        Function::OfElu(scale) => each(&|z| if z > 0.0 { z } else { scale * z.exp_m1() }),
        Function::OfGelu => each(&|z| 0.5 * z * (1.0 + libm::erf(z / 2.0_f64.sqrt()))),
        Function::OfGeluTanh => {
            each(&|z| 0.5 * z * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (z + 0.044_715 * z.powi(3))).tanh()))
        }
        Function::OfHardSwish => each(&|z| z * (z / 6.0 + 0.5).clamp(0.0, 1.0)),
        Function::OfSigmoid => each(&sigmoid),
        Function::OfSilu => each(&|z| z * sigmoid(z)),
        Function::OfSoftplus => each(&|z| z.exp().ln_1p()),
        Function::OfStep => each(&|z| f64::from(u8::from(z >= 0.0))),
        Function::OfTanh => each(&f64::tanh),
        Function::OfSoftmax => each(&|z| z.exp() / sum),
        Function::OfLogSoftmax => each(&|z| z - sum.ln()),
        other => panic!("no formula for {other:?}"),
    }
}

struct SaysWhatItDoes;

impl Visitor<f64> for SaysWhatItDoes {
    fn visit<A: Activation<f64> + NaiveActivation>(&mut self) {
        let z = [-4.0, -2.5, -0.75, 0.0, 0.5, 1.25, 3.5];
        let mut a = z;
        A::apply(&mut a, z.len());
        for (found, expected) in a.iter().zip(formula(A::FUNCTION, &z)) {
            assert!((found - expected).abs() < 1e-12, "{:?}: {found} is not {expected}", A::FUNCTION);
        }
    }
}

#[test]
fn every_activation_says_its_function() {
    every_activation(&mut SaysWhatItDoes);
}
