//! Every pass of a convolution on every lane that this processor has.

#[path = "../../../src/conv/tests/cases.rs"]
mod cases;
mod formulas;
mod threads;

use typednet_tensor::Key;
use typednet_tensor::conv::{Convolution, output_size};
use typednet_tensor::simd::Lane;
