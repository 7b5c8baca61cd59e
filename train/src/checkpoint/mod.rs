//! Trainings and weights in files.

mod archive;
mod enter;
mod error;
mod keep;
mod meta;
mod runs;
mod trainer;
mod weights;

pub use error::{CheckpointError, Difference, SettingDifference};
pub use keep::Checkpoints;
pub use runs::SavedRun;
pub use weights::{load_weights, save_weights};

pub(crate) use keep::Keeper;
