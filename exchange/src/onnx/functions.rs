//! Activations as nodes.

use typednet_layers::Function;
use typednet_tensor::Scalar;

use super::graph::{Attribute, Graph, integer};
use super::value::Value;

impl<T: Scalar> Graph<'_, T> {
    /// The activation of each element, or of each row of the last axis.
    pub(super) fn activate(&mut self, function: Function, z: Value) -> Value {
        let name = match function {
            Function::OfRelu => self.node("Relu", &[&z.name], &[]),
            Function::OfLeakyRelu(slope) => self.node("LeakyRelu", &[&z.name], &[("alpha", Attribute::Number(slope))]),
            Function::OfElu(scale) => self.node("Elu", &[&z.name], &[("alpha", Attribute::Number(scale))]),
            Function::OfHardSwish => self.node("HardSwish", &[&z.name], &[]),
            Function::OfSigmoid => self.node("Sigmoid", &[&z.name], &[]),
            Function::OfSoftplus => self.node("Softplus", &[&z.name], &[]),
            Function::OfTanh => self.node("Tanh", &[&z.name], &[]),
            Function::OfSoftmax => self.node("Softmax", &[&z.name], &[axis(&z)]),
            Function::OfLogSoftmax => self.node("LogSoftmax", &[&z.name], &[axis(&z)]),
            Function::OfSilu => {
                let gate = self.node("Sigmoid", &[&z.name], &[]);
                self.node("Mul", &[&z.name, &gate], &[])
            }
            Function::OfGelu => {
                let u = self.with("Mul", &z.name, std::f64::consts::FRAC_1_SQRT_2);
                let erf = self.node("Erf", &[&u], &[]);
                self.half_of(&z.name, &erf)
            }
            Function::OfGeluTanh => {
                let square = self.node("Mul", &[&z.name, &z.name], &[]);
                let scaled = self.with("Mul", &square, 0.044_715);
                let factor = self.with("Add", &scaled, 1.0);
                let sum = self.node("Mul", &[&z.name, &factor], &[]);
                let u = self.with("Mul", &sum, (2.0 / std::f64::consts::PI).sqrt());
                let tanh = self.node("Tanh", &[&u], &[]);
                self.half_of(&z.name, &tanh)
            }
            Function::OfStep => {
                let zero = self.constant(&[], [0.0]);
                let is = self.node("GreaterOrEqual", &[&z.name, &zero], &[]);
                self.node("Cast", &[&is], &[("to", Attribute::Integer(self.element().cast_signed()))])
            }
            // What `supported` has looked at has no other.
            _ => return z,
        };
        Value { name, ..z }
    }

    /// z·(1 + u)/2
    fn half_of(&mut self, z: &str, u: &str) -> String {
        let sum = self.with("Add", u, 1.0);
        let product = self.node("Mul", &[z, &sum], &[]);
        self.with("Mul", &product, 0.5)
    }

    /// `operator` of `x` and a number.
    pub(super) fn with(&mut self, operator: &str, x: &str, number: f64) -> String {
        let number = self.constant(&[], [number]);
        self.node(operator, &[x, &number], &[])
    }
}

/// Along the channels.
fn axis(z: &Value) -> (&'static str, Attribute<'static>) {
    ("axis", Attribute::Integer(integer(z.channels())))
}
