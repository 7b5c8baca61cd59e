//! A network that is trained on points of a plane, step by step.
//!
//! The page writes points at [`inputs`] and [`targets`], chooses a network by [`choose`], and calls [`train`]. It reads weights and
//! their gradient, which lie layer behind layer (each the weights of an input behind those of another, then the biases), and
//! behind [`look`] what every layer gives for points or for each place of a picture.

use typednet::optim::StepInfo;
use typednet::prelude::*;

use crate::networks::{Deepest, GRID, KINDS, Kind, MEMORY, POINTS, Points, Rule, Task, WIDTH};
use crate::single::Single;

/// The most numbers that all layers give for one point.
const OUTPUTS: usize = crate::networks::DEPTHS[3] * WIDTH + 1;

struct Playground {
    /// Nothing as long as none is chosen, so that all of this is zeros, of which a module's file has none.
    kind: Option<&'static Kind>,
    count: u64,
    inputs: [[f32; 2]; GRID],
    targets: [[f32; 1]; POINTS],
    weights: [f32; Deepest::LEN],
    gradient: [f32; Deepest::LEN],
    moments: [[f32; Deepest::LEN]; 2],
    outputs: [f32; OUTPUTS * GRID],
    memory: [f32; MEMORY + GRID],
}

static PLAYGROUND: Single<Playground> = Single::new(Playground {
    kind: None,
    count: 0,
    inputs: [[0.0; 2]; GRID],
    targets: [[0.0]; POINTS],
    weights: [0.0; Deepest::LEN],
    gradient: [0.0; Deepest::LEN],
    moments: [[0.0; Deepest::LEN]; 2],
    outputs: [0.0; OUTPUTS * GRID],
    memory: [0.0; MEMORY + GRID],
});

impl Playground {
    fn kind(&self) -> &'static Kind {
        self.kind.expect("a network is chosen before it is trained")
    }

    fn gradient(&mut self, task: Task, points: usize) -> f64 {
        let kind = self.kind();
        let params = kind.params;
        let points = Points { inputs: &self.inputs[..points], targets: &self.targets[..points] };
        let (weights, gradient) = (&mut self.weights[..params], &mut self.gradient[..params]);
        (kind.gradient)(task, weights, points, gradient, &mut self.memory)
    }

    fn step(&mut self, rule: Rule, rate: f64) {
        let params = self.kind().params;
        self.count += 1;
        let mut moments = self.moments.each_mut().map(|moment| &mut moment[..params]);
        let (weights, gradient) = (&mut self.weights[..params], &mut self.gradient[..params]);
        rule.step(StepInfo::new(self.count, rate), weights, gradient, &mut moments);
    }
}

/// Takes a network with first weights that follow from the seed, and gives the number of its parameters.
///
/// # Panics
/// If there is no such network.
#[unsafe(no_mangle)]
pub extern "C" fn choose(activation: usize, depth: usize, seed: u32) -> usize {
    PLAYGROUND.lend(|playground| {
        let kind = &KINDS[activation][depth];
        playground.kind = Some(kind);
        playground.count = 0;
        playground.moments = [[0.0; Deepest::LEN]; 2];
        playground.gradient = [0.0; Deepest::LEN];
        (kind.initialise)(&mut playground.weights[..kind.params], u64::from(seed));
        kind.params
    })
}

/// Makes `steps` steps over the first `points` points, and gives the loss of the weights that it leaves, with their gradient. It ends
/// before its last step where the loss is no longer a number.
///
/// `curve` is 0 for classes; `rule` is 0 for plain descent, 1 with momentum, 2 for `RmsProp`, 3 for Adam.
///
/// # Panics
/// If there are more points than there is room for, or there is no such rule.
#[unsafe(no_mangle)]
pub extern "C" fn train(points: usize, curve: u32, rule: u32, rate: f64, steps: u32) -> f64 {
    let task = if curve == 0 { Task::Classes } else { Task::Curve };
    let rule = match rule {
        0 => Rule::Descent,
        1 => Rule::Momentum,
        2 => Rule::RmsProp,
        3 => Rule::Adam,
        _ => panic!("there is no rule number {rule}"),
    };
    PLAYGROUND.lend(|playground| {
        let mut loss = playground.gradient(task, points);
        for _ in 0..steps {
            if !loss.is_finite() {
                break;
            }
            playground.step(rule, rate);
            loss = playground.gradient(task, points);
        }
        loss
    })
}

/// Writes at [`outputs`] what every layer gives for the first `inputs` inputs: for each layer, from the first to the last, its units
/// for one input behind those for another.
///
/// # Panics
/// If there are more inputs than there is room for.
#[unsafe(no_mangle)]
pub extern "C" fn look(inputs: usize) {
    PLAYGROUND.lend(|playground| {
        let kind = playground.kind();
        let Playground { inputs: places, weights, outputs, memory, .. } = playground;
        (kind.outputs)(&mut weights[..kind.params], &places[..inputs], outputs, memory);
    });
}

/// Where the page writes points and places, two numbers each.
#[unsafe(no_mangle)]
pub extern "C" fn inputs() -> *mut f32 {
    PLAYGROUND.address(|playground| playground.inputs.as_mut_ptr().cast())
}

/// Where it writes what the network is to give for each point.
#[unsafe(no_mangle)]
pub extern "C" fn targets() -> *mut f32 {
    PLAYGROUND.address(|playground| playground.targets.as_mut_ptr().cast())
}

/// Where it reads the weights.
#[unsafe(no_mangle)]
pub extern "C" fn weights() -> *const f32 {
    PLAYGROUND.address(|playground| playground.weights.as_ptr())
}

/// Where it reads the gradient of the loss by the weights.
#[unsafe(no_mangle)]
pub extern "C" fn gradient() -> *const f32 {
    PLAYGROUND.address(|playground| playground.gradient.as_ptr())
}

/// Where it reads what [`look`] has written.
#[unsafe(no_mangle)]
pub extern "C" fn outputs() -> *const f32 {
    PLAYGROUND.address(|playground| playground.outputs.as_ptr())
}
