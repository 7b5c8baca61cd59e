//! Sums over a block that are exact enough for any size.

use num_traits::Float;
use typednet_layers::Layer;
use typednet_tensor::{LeastPart, Parallel, Scalar, ops, split_rows};

use crate::trained;

/// So many elements are summed in their own type; the sums of blocks are summed in `f64`.
const BLOCK: usize = 4096;

/// So many blocks are worth another thread: they take a microsecond.
const LEAST_BLOCKS: LeastPart = LeastPart::new(2, 1000);

/// The sum of `of_block` over `x`.
///
/// The threads take some blocks each, and keep their sums, which are added up on the calling thread, from the first to the last: the bits
/// are the same for any number of threads.
#[inline(never)]
pub(crate) fn sum_of_blocks<T: Scalar>(x: &[T], parallel: Parallel<'_>, of_block: fn(&[T]) -> T) -> f64 {
    /// The sums that are kept at a time.
    const KEPT: usize = 128;
    let mut kept = [0.0; KEPT];
    let mut total = 0.0;
    for x in x.chunks(KEPT * BLOCK) {
        let kept = &mut kept[..x.len().div_ceil(BLOCK)];
        let parts = parallel.parts(kept.len(), LEAST_BLOCKS);
        let in_part = kept.len().div_ceil(parts);
        split_rows(parallel, kept, 1, in_part, |first, kept| {
            for (block, sum) in x[first * BLOCK..].chunks(BLOCK).zip(kept) {
                *sum = of_block(block).to_f64_exact();
            }
        });
        total = kept.iter().fold(total, |total, sum| total + sum);
    }
    total
}

/// ‖g‖ = √Σ gᵢ² over all trained parameters; what stands in the places of buffers does not count.
///
/// It is right for gradients whose squares are too large or too small for their type. Where an element is infinite it is
/// ∞, where one is not a number it is NaN. The bits are the same for any number of threads.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::norm;
/// use typednet_tensor::Parallel;
///
/// let mut gradient = Dense::<1, 1>::zeroed();
/// (gradient.weight, gradient.bias) = ([[3e30]], [4e30]);
/// assert!((norm(&*gradient, Parallel::SERIAL) / 5e30 - 1.0).abs() < 1e-6);
/// ```
pub fn norm<M: Layer>(gradient: &M, parallel: Parallel<'_>) -> f64 {
    let mut squares = 0.0;
    trained(const { &M::TREE }, |run| squares += sum_of_blocks(&gradient.as_flat()[run], parallel, ops::sum_squares));
    // Below, squares may have been rounded to nothing.
    let least = M::Elem::min_positive_value().to_f64_exact() / M::Elem::epsilon().to_f64_exact();
    if squares.is_finite() && squares >= least { Float::sqrt(squares) } else { careful(gradient) }
}

/// The norm by way of the largest element.
#[cold]
fn careful<M: Layer>(gradient: &M) -> f64 {
    let each = |visit: &mut dyn FnMut(f64)| {
        trained(const { &M::TREE }, |run| gradient.as_flat()[run].iter().for_each(|g| visit(g.to_f64_exact().abs())));
    };
    let mut largest = 0.0;
    each(&mut |g| largest = if g > largest || g.is_nan() { g } else { largest });
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let mut squares = 0.0;
    each(&mut |g| squares += (g / largest) * (g / largest));
    largest * Float::sqrt(squares)
}
