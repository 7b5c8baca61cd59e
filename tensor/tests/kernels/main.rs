//! What takes long where kernels are not optimised: products, convolutions and attention of all sizes on each lane, and large samples.
//!
//! It calls the kernels that are compiled, and optimised, in the library. All other tests stand beside what they test, and are compiled without
//! optimisation in `tests/tensor`.

mod attention;
mod conv;
mod matmul;
mod noise;
#[path = "../../src/test_pools.rs"]
mod test_pools;

// For the files that the library's own tests have too.
use typednet_tensor::{Key, Pool};
