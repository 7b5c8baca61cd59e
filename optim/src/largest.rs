//! The largest number of a block.

use num_traits::Float;
use typednet_layers::LayerInfo;
use typednet_tensor::{LeastPart, Parallel, Scalar, ops, split_rows};

use crate::{trained, with_gradient};

/// How far from 0 the elements of `x` are at most, or more where that is quicker to tell; NaN where one is not a number.
#[inline(never)]
pub(crate) fn largest_on<T: Scalar>(x: &[T], parallel: Parallel<'_>) -> f64 {
    let count = parallel.parts(x.len(), LEAST_PART).min(MOST_PARTS);
    let len = x.len().div_ceil(count).next_multiple_of(64).max(1);
    let mut sums = [0.0; MOST_PARTS];
    split_rows(parallel, &mut sums[..count], 1, 1, |first, sums| {
        for (part, sum) in (first..).zip(sums) {
            let part = x.len().min(part * len)..x.len().min((part + 1) * len);
            *sum = ops::sum_squares(&x[part]).to_f64_exact();
        }
    });
    let squares: f64 = sums.iter().sum();
    // No element is larger than the root of the sum, but for rounding.
    if squares.is_finite() { Float::sqrt(squares) * 1.01 } else { largest(x) }
}

/// As [`largest_on`], of the trained parameters of a model.
#[inline(never)]
pub(crate) fn largest_trained<T: Scalar>(tree: &'static LayerInfo, weights: &[T], parallel: Parallel<'_>) -> f64 {
    let mut most = 0.0;
    trained(tree, |run| most = larger(most, largest_on(&weights[run], parallel)));
    most
}

/// As [`largest_on`], of all that stands in a gradient block, statistics among it.
#[inline(never)]
pub(crate) fn largest_gradient<T: Scalar>(tree: &'static LayerInfo, gradient: &[T], parallel: Parallel<'_>) -> f64 {
    let mut most = 0.0;
    with_gradient(tree, |run| most = larger(most, largest_on(&gradient[run], parallel)));
    most
}

/// The larger number; NaN where one is none.
pub(crate) fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

/// As [`largest_on`], element by element.
#[cold]
pub(crate) fn largest<T: Scalar>(x: &[T]) -> f64 {
    x.iter().fold(0.0, |largest, x| larger(largest, x.to_f64_exact().abs()))
}

/// The most threads that look at a block.
const MOST_PARTS: usize = 64;

/// Fewer elements are not worth a thread: they take a microsecond.
const LEAST_PART: LeastPart = LeastPart::new(8192, 1000).waking_from(32 * 8192);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_squares_bound_the_largest_element() {
        assert_eq!(largest_on::<f32>(&[], Parallel::SERIAL).to_bits(), 0);
        for (x, wanted) in [(vec![0.0, -3.0_f32], 3.0), (vec![1e30, 1.0], f64::from(1e30_f32))] {
            let found = largest_on(&x, Parallel::SERIAL);
            assert!((wanted..1.02 * wanted).contains(&found), "{found} for {wanted}");
        }
        assert!(largest_on(&[1.0, f32::NAN, f32::INFINITY], Parallel::SERIAL).is_nan());
        let found = largest_on(&[1.0, f32::NEG_INFINITY], Parallel::SERIAL);
        assert!(found.is_infinite() && found > 0.0);
    }
}
