//! The networks of the playground: each pair of a depth and an activation is a type, and here they are a table.

use typednet::layers::{Activation, Chain, Path, Repeat, pass};
use typednet::loss::{BinaryCrossEntropyWithLogits, LossFor, SquaredError};
use typednet::optim::{RmsProp, StepInfo};
use typednet::prelude::*;
use typednet::tensor::{Parallel, rows_mut, value_mut};

/// The units of a hidden layer.
pub const WIDTH: usize = 8;
/// The hidden layers of the networks of each depth.
pub const DEPTHS: [usize; 4] = [1, 2, 4, 8];
/// The most points to be trained on.
pub const POINTS: usize = 256;
/// The places of a picture: rows and columns of 40.
pub const GRID: usize = 40 * 40;

type Shallow<A> = Chain<Dense<2, WIDTH, A>, Dense<WIDTH, 1>>;
type Deep<const MORE: usize, A> =
    Chain<Dense<2, WIDTH, A>, Chain<Repeat<MORE, Dense<WIDTH, WIDTH, A>>, Dense<WIDTH, 1>>>;
/// The deepest, which needs the most memory.
pub type Deepest = Deep<{ DEPTHS[3] - 1 }, Sigmoid>;

/// What the loss is of: classes 0 and 1 by their logit, or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Binary cross-entropy.
    Classes,
    /// Squared error.
    Curve,
}

impl Task {
    /// Writes the gradient of the mean loss by the outputs, and gives the loss of all points together.
    ///
    /// It is compiled once, and not into each of the networks.
    #[inline(never)]
    fn gradient(self, y: &[[f32; 1]], targets: &[[f32; 1]], dy: &mut [[f32; 1]]) -> f64 {
        let on = Parallel::SERIAL;
        match self {
            Self::Classes => LossFor::<Linear, [f32; 1]>::gradient(&BinaryCrossEntropyWithLogits, y, targets, dy, on),
            Self::Curve => LossFor::<Linear, [f32; 1]>::gradient(&SquaredError::Mean, y, targets, dy, on),
        }
    }
}

/// A rule by which weights are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Plain gradient descent.
    Descent,
    /// With a momentum of 0.9.
    Momentum,
    /// `RmsProp`.
    RmsProp,
    /// Adam.
    Adam,
}

impl Rule {
    /// One step over all weights. All of them are trained, so it need not be known of which layers they are.
    pub fn step(self, info: StepInfo, weights: &mut [f32], gradient: &[f32], moments: &mut [&mut [f32]; 2]) {
        let rate = info.learning_rate;
        match self {
            Self::Descent => GradientDescent::new(rate).update(info, weights, gradient, &mut []),
            Self::Momentum => Momentum::new(rate, 0.9).update(info, weights, gradient, &mut moments[..1]),
            Self::RmsProp => RmsProp::new(rate).update(info, weights, gradient, &mut moments[..1]),
            Self::Adam => Adam::new(rate).update(info, weights, gradient, &mut moments[..]),
        };
    }
}

/// Writes the gradient of the mean loss over all points, and gives the loss.
pub type Gradient = fn(Task, weights: &mut [f32], Points<'_>, gradient: &mut [f32], memory: &mut [f32]) -> f64;

/// Writes what each layer gives for each input, layer behind layer.
pub type Outputs = fn(weights: &mut [f32], inputs: &[[f32; 2]], outputs: &mut [f32], memory: &mut [f32]);

/// A network's functions, over memory that is lent to them.
pub struct Kind {
    /// The number of its parameters.
    pub params: usize,
    /// Draws the first weights, by the initialiser that fits the activation.
    pub initialise: fn(weights: &mut [f32], seed: u64),
    /// How it is trained.
    pub gradient: Gradient,
    /// What it gives.
    pub outputs: Outputs,
}

/// What is trained on.
#[derive(Clone, Copy)]
pub struct Points<'a> {
    /// Where they lie.
    pub inputs: &'a [[f32; 2]],
    /// What the network is to give there.
    pub targets: &'a [[f32; 1]],
}

/// As much memory as any of the networks takes.
pub const MEMORY: usize = {
    let (training, picture) = (pass::training_need::<Deepest>().of(POINTS), pass::inference_need::<Deepest>().of(GRID));
    if training > picture { training } else { picture }
};

impl Kind {
    const fn of<N>() -> Self
    where
        N: Layer<In = [f32; 2], Out = [f32; 1], Elem = f32, Head = Linear>,
    {
        Self {
            params: N::PARAMS,
            initialise: |weights, seed| value_mut::<N>(weights).initialise(seed),
            gradient: |task, weights, Points { inputs: x, targets }, gradient, memory| {
                let (model, gradient) = (&*value_mut::<N>(weights), value_mut::<N>(gradient));
                let by_loss = |y: &[[f32; 1]], dy: &mut [[f32; 1]]| task.gradient(y, targets, dy);
                pass::vjp(model, x, by_loss, gradient, None, memory, PassContext::new(Key::new(0))).0 / x.len() as f64
            },
            outputs: |weights, inputs, outputs, memory| {
                let (model, rows) = (&*value_mut::<N>(weights), inputs.len());
                let (y, memory) = memory.split_at_mut(rows);
                let mut written = 0;
                let run = PassContext::new(Key::new(0));
                model.visit_outputs(inputs, rows_mut(y), memory, run, &Path::ROOT, &mut |output| {
                    // Chains and repetitions show those inside them first, and then what their last has given.
                    if output.node.children.is_empty() {
                        outputs[written..][..output.values.len()].copy_from_slice(output.values);
                        written += output.values.len();
                    }
                });
            },
        }
    }
}

const fn of_each_depth<A: Activation<f32>>() -> [Kind; 4] {
    [
        Kind::of::<Shallow<A>>(),
        Kind::of::<Deep<{ DEPTHS[1] - 1 }, A>>(),
        Kind::of::<Deep<{ DEPTHS[2] - 1 }, A>>(),
        Kind::of::<Deep<{ DEPTHS[3] - 1 }, A>>(),
    ]
}

/// By activation (sigmoid, tanh, ReLU, leaky ReLU, GELU) and by depth.
pub static KINDS: [[Kind; 4]; 5] = [
    of_each_depth::<Sigmoid>(),
    of_each_depth::<Tanh>(),
    of_each_depth::<Relu>(),
    of_each_depth::<LeakyRelu>(),
    of_each_depth::<Gelu>(),
];
