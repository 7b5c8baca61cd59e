//! Optimisers over one flat block of parameters.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod adam;
mod error;
mod gradient_descent;
mod optimizer;
mod state;
mod walk;

pub use adam::Adam;
pub use error::OptimError;
pub use gradient_descent::GradientDescent;
pub use optimizer::{MAX_MOMENTS, Optimizer, Step};
#[cfg(feature = "alloc")]
pub use state::State;
pub use state::{step, trained};
