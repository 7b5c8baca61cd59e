//! Trainings and weights in files.

mod archive;
mod check;
mod described;
mod enter;
mod error;
mod keep;
mod meta;
mod read;
mod runs;
mod trainer;
mod weights;

pub use archive::NonFinite;
pub use error::{CheckpointError, Difference, SettingDifference};
pub use keep::Checkpoints;
pub use runs::SavedRun;
pub use weights::{load_attached, load_weights, load_weights_with, save_attached, save_weights};

pub(crate) use archive::{Archive, write};
pub(crate) use enter::network;
pub(crate) use keep::{Keeper, step_path};
pub(crate) use meta::{Meta, differences};
pub(crate) use trainer::{Loaded, describe};
