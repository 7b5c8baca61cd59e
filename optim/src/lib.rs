//! Optimisers over one flat block of parameters.
//!
//! A model, its gradient and an optimiser's moments are values of one type, each one contiguous run of elements. An
//! [`Optimizer`] is a rule for one element; [`State`] applies it to a whole model in a single pass, at the processor's
//! full vector width, and skips what is not trained.
//!
//! | optimiser | rule | remembers per weight |
//! | --- | --- | --- |
//! | [`GradientDescent`] | w ← w − η·g | nothing |
//! | [`Momentum::new`] | v ← μ·v + g, w ← w − α·v | 1 |
//! | [`Momentum::averaged`] | v ← β·v + (1 − β)·g, w ← w − α·v | 1 |
//! | [`Nesterov`] | v ← μ·v + g, w ← w − α·(g + μ·v) | 1 |
//! | [`Adam`] | w ← w − α·m̂ / (√v̂ + ε) | 2 |
//! | [`AdamW`] | w ← (1 − α·λ)·w, then Adam's step | 2 |
//!
//! ```
//! use typednet_layers::loss::CrossEntropy;
//! use typednet_layers::{Chain, Dense, Network, Relu, Run, Softmax, pass};
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
//!     let run = Run::new(Key::new(step));
//!     (loss, _) = pass::gradient(&*model, &CrossEntropy, &inputs, &targets, &mut gradient, &mut memory, run);
//!     state.step(&adam, adam.learning_rate(), &mut model, &gradient, Parallel::SERIAL);
//! }
//! assert!(loss < 0.05);
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![allow(clippy::inline_always, reason = "a loop must be inlined into the function that is compiled for its lane")]

#[cfg(feature = "alloc")]
extern crate alloc;

mod adam;
mod adamw;
mod error;
mod gradient_descent;
mod momentum;
mod nesterov;
mod optimizer;
mod runs;
#[cfg(feature = "alloc")]
mod state;
mod step;
mod walk;

pub use adam::Adam;
pub use adamw::AdamW;
pub use error::OptimError;
pub use gradient_descent::GradientDescent;
pub use momentum::Momentum;
pub use nesterov::Nesterov;
pub use optimizer::{MAX_MOMENTS, Optimizer, Step};
pub use runs::{runs, trained};
#[cfg(feature = "alloc")]
pub use state::State;
pub use step::step;
