//! Weights of a half and of a quarter of the bytes, for inference.
//!
//! One sample through a dense layer reads every weight once, so the time is that of reading the weights. `bf16.rs` keeps
//! them in two bytes each and computes with `f32`; `int8.rs` keeps them in one and computes with integers. Both pack the
//! rows of W together so that a vector register is filled by one plain load and taken apart without moving elements.
//! `pair.rs` and `quad.rs` are the loops over the packed rows, for each lane; `dsp.rs` is that of `quad.rs` for microcontrollers. A
//! convolution (`convolve.rs`) is the product of `quad.rs` whose rows lie in the image where they are, or are gathered at its borders;
//! `by_channel.rs` is that of one kernel for each channel.

mod bf16;
mod by_channel;
mod convolve;
#[cfg(any(test, all(target_arch = "arm", feature = "arm-dsp")))]
mod dsp;
mod int8;
mod limit;
mod pair;
mod product;
mod quad;
mod quantise;
#[cfg(test)]
mod tests;
mod window;

pub use bf16::{Bf16, affine_bf16, column_bf16, pack_bf16};
pub use convolve::{Patches, convolve_int8, pack_convolution_int8, unpacked_convolution_int8};
pub use int8::{Int8, affine_int8, column_int8, pack_int8, stack_bytes_int8, unpacked_int8};
pub use limit::INT8_MAX_INPUTS;
