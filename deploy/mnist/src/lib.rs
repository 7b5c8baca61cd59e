//! The network that the examples of `deploy/` carry to other places, with weights that were trained when it was built.
#![forbid(unsafe_code)]

mod network;

pub use network::Mnist;
use typednet::prelude::*;

/// What `build.rs` has trained on the embedded digits.
pub static TRAINED: Mnist = weights!(concat!(env!("OUT_DIR"), "/mnist.safetensors"));

/// The file that [`TRAINED`] was read from, to be loaded.
pub const FILE: &str = concat!(env!("OUT_DIR"), "/mnist.safetensors");

/// The file of another training, of the same network.
pub const OTHER_FILE: &str = concat!(env!("OUT_DIR"), "/other.safetensors");

/// The embedded test digits, as the network reads them: 28·28 pixels from 0 to 1.
///
/// # Panics
/// Never: they are part of the program.
pub fn test_digits() -> Vec<[f32; 784]> {
    let digits = typednet::data::mnist::embedded().expect("the embedded digits");
    digits.test.samples().iter().map(|image| image.map(|pixel| f32::from(pixel) / 255.0)).collect()
}
