//! Layers that put one number for each channel in the place of several pixels.

mod avg_pool;
mod global_avg_pool;
mod max_pool;
mod sizes;

pub use avg_pool::AvgPool;
pub use global_avg_pool::GlobalAvgPool;
pub use max_pool::MaxPool;
