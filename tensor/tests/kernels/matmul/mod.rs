//! Every product on every lane that this processor has.

mod heights;
mod parts;
mod products;
#[path = "../../../src/matmul/test_matrices.rs"]
mod test_matrices;
mod views;

use typednet_tensor::Scalar;
use typednet_tensor::matmul::{MatMut, MatRef};
use typednet_tensor::simd::{Chosen, Lane};

const ROWS: [usize; 10] = [1, 2, 3, 5, 6, 7, 12, 13, 64, 65];
const SIZES: [usize; 18] = [1, 2, 3, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 127, 128, 130];

/// All shapes of one row count, in turn; every pair of sizes appears with some of them.
fn shapes() -> impl Iterator<Item = (usize, usize, usize)> {
    ROWS.into_iter().enumerate().flat_map(|(r, m)| {
        SIZES.into_iter().enumerate().flat_map(move |(i, k)| {
            let some = SIZES.into_iter().enumerate().filter(move |(j, _)| (i + j) % ROWS.len() == r);
            some.map(move |(_, n)| (m, k, n))
        })
    })
}

/// A sum of `terms` products below ¼ may differ by the rounding of each partial sum.
#[track_caller]
fn near<T: Scalar>(what: &str, shape: (usize, usize, usize), found: &[T], wanted: &[T], terms: usize) {
    let tolerance = T::of((terms as f64 + 1.0) * (terms as f64 / 4.0 + 0.5)) * T::epsilon();
    for (i, (x, y)) in found.iter().zip(wanted).enumerate() {
        assert!((*x - *y).abs() <= tolerance, "{what} {shape:?}, place {i}: {x}, not {y}");
    }
}
