//! Parts of a data set: training, validation and test, or folds (lecture section 8).

mod classes;
mod error;
mod folds;
mod shares;

pub use classes::{balanced_weights, class_counts};
pub use error::SplitError;
pub use folds::{Fold, Folds};
pub use shares::{in_order, random, stratified};
