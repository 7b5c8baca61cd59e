//! Trainings and weights in files.

mod archive;
mod error;
mod keep;
mod meta;
mod trainer;
mod weights;

pub use error::{CheckpointError, Difference, SettingDifference};
pub use keep::Checkpoints;
pub use weights::{load_weights, save_weights};

pub(crate) use keep::Keeper;
