//! Layers of another crate in networks of every form: sizes, gradients, training.

mod gradients;
mod networks;
mod training;
