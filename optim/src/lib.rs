//! Optimisers over one flat block of parameters.
//!
//! A model, its gradient and an optimiser's moments are values of one type, each one contiguous run of elements. An
//! [`Optimizer`] is a rule for one element; `State` applies it to a whole model in a single pass, at the processor's
//! full vector width, and skips what is not trained.
//!
//! | optimiser | rule | remembers per weight |
//! | --- | --- | --- |
//! | [`GradientDescent`] | w ← w − η·g | nothing |
//! | [`Momentum::new`] | v ← μ·v + g, w ← w − α·v | 1 |
//! | [`Momentum::averaged`] | v ← β·v + (1 − β)·g, w ← w − α·v | 1 |
//! | [`Nesterov`] | v ← μ·v + g, w ← w − α·(g + μ·v) | 1 |
//! | [`Adagrad`] | w ← w − η·g / (√Σg² + ε) | 1 |
//! | [`RmsProp`] | w ← w − α·g / (√v + ε), v the mean of g²; with momentum, centred | 1 to 3 |
//! | [`Adadelta`] | w ← w − η·g·√(u + ε) / √(v + ε), u the mean square of such steps | 2 |
//! | [`Adam`] | w ← w − α·m̂ / (√v̂ + ε) | 2 |
//! | [`AdamW`] | w ← (1 − α·λ)·w, then Adam's step | 2 |
//! | [`Adamax`] | Adam with the largest |g| of late in the place of √v̂ | 2 |
//! | [`NAdam`] | Adam that looks one step ahead | 2 |
//! | [`RAdam`] | Adam that trusts v̂ only after some steps | 2 |
//! | [`Lion`] | w ← (1 − α·λ)·w − α·sign(β₁·m + (1 − β₁)·g) | 1 |
//! | [`Lamb`] | [`AdamW`], each step as large as the layer's weights | 2 |
//!
//! # Tiny moments
//! A moment whose gradients have become 0 shrinks in each step until it is a denormal number, and arithmetic with those is
//! slow. So a running mean, or a speed, nearer to 0 than 1.6e-30 in `f32` and 3.0e-300 in `f64` (2²⁷ times the least normal
//! number) is set to 0, and a running mean of squares where it is denormal. It is far below what moves a weight; `PyTorch`
//! keeps such numbers, so that moments, but not weights, can differ from its. The documentation of each optimiser says which
//! of its moments these are.
//!
//! # Steps that are refused
//! `State` makes no step that would leave a weight or a moment infinite or not a number: see there.
//!
//! # Around a step
//! In this order:
//!
//! | what | how |
//! | --- | --- |
//! | the gradient of several blocks of rows | `Accumulation` |
//! | a penalty for large weights | [`Penalty`] |
//! | rates of their own, decay of weights only, frozen parts | `Groups` |
//! | a limit for the gradient | [`Clip`], after `Groups::clear_frozen` |
//! | the learning rate of this step | [`schedule`] |
//! | the step | `State::step` or `State::step_in`, without an allocator [`step()`] or [`step_in`] |
//! | the moving average of the weights | `MovingAverage` |
//!
//! ```
//! use typednet_layers::loss::CrossEntropy;
//! use typednet_layers::{Chain, Dense, Network, Relu, PassContext, Softmax, pass};
//! use typednet_optim::{Adam, Optimizer, State};
//! use typednet_tensor::{Class, Key, Parallel};
//!
//! type Net = Chain<Dense<2, 16, Relu>, Dense<16, 2, Softmax>>;
//!
//! // Are the two numbers different?
//! let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
//! let targets = [0, 1, 1, 0].map(|label| Class::<2>::new(label).expect("0 or 1"));
//!
//! let adam = Adam::new(0.03);
//! let (mut model, mut gradient) = (Net::seeded(0), Net::zeroed());
//! let mut state = State::<Net, _>::new(&adam);
//! let mut memory = vec![0.0; pass::training_need::<Net>().of(inputs.len())];
//! let mut loss = f64::INFINITY;
//! for step in 0..200 {
//!     let run = PassContext::new(Key::new(step));
//!     (loss, _) = pass::gradient(&*model, &CrossEntropy, &inputs, &targets, &mut gradient, &mut memory, run);
//!     state.step(&adam, adam.learning_rate(), &mut model, &gradient, Parallel::SERIAL)?;
//! }
//! assert!(loss < 0.05);
//! # Ok::<(), typednet_optim::OptimError>(())
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![allow(clippy::inline_always, reason = "a loop must be inlined into the function that is compiled for its lane")]

#[cfg(feature = "alloc")]
extern crate alloc;
// By this name the table of all optimisers, which integration tests read too, knows the library.
#[cfg(all(test, feature = "alloc"))]
extern crate self as typednet_optim;

#[cfg(feature = "alloc")]
mod accumulation;
mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
#[cfg(feature = "alloc")]
mod attempt;
#[cfg(feature = "alloc")]
mod backup;
mod blocks;
mod clip;
mod error;
mod extent;
mod fused;
mod gradient_descent;
mod groups;
#[doc(hidden)]
pub mod instances;
mod lamb;
#[cfg(feature = "alloc")]
mod largest;
mod lion;
mod momentum;
#[cfg(feature = "alloc")]
mod moving_average;
mod nadam;
mod nesterov;
mod norm;
mod optimizer;
mod penalty;
mod radam;
mod rmsprop;
mod runs;
pub mod schedule;
#[cfg(feature = "alloc")]
mod state;
mod step;
#[cfg(all(test, feature = "alloc"))]
#[path = "../tests/it/table.rs"]
#[allow(dead_code, reason = "some of it is for the integration tests")]
mod table;
mod toward;

#[cfg(feature = "alloc")]
pub use accumulation::Accumulation;
pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use clip::{Clip, clip_norm};
pub use error::OptimError;
pub use extent::Extent;
pub use gradient_descent::GradientDescent;
pub use groups::Group;
#[cfg(feature = "alloc")]
pub use groups::Groups;
pub use lamb::Lamb;
pub use lion::Lion;
pub use momentum::Momentum;
#[cfg(feature = "alloc")]
pub use moving_average::MovingAverage;
pub use nadam::NAdam;
pub use nesterov::Nesterov;
pub use norm::norm;
pub use optimizer::{MAX_MOMENTS, Optimizer, StepInfo};
pub use penalty::Penalty;
pub use radam::RAdam;
pub use rmsprop::RmsProp;
pub use runs::{runs, trained, with_gradient};
#[cfg(feature = "alloc")]
pub use state::State;
pub use step::{step, step_in};
