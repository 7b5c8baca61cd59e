//! Batch normalisation: mean and spread of each column over the rows of a batch, and what is computed with them.
//!
//! A batch is a slice of rows of n numbers, one behind the other; a column is a feature, or a channel where rows are pixels.
//! Batches of images are larger than the caches, so each pass reads its arrays once: [`moments`] finds mean and squares
//! together, and [`normalise`] and [`input_gradient`] have a ReLU behind them on the way.
//!
//! Sums are made of blocks, and those of parts ([`RowParts`]), so the bits are the same for any number of threads.

mod passes;
#[cfg(test)]
mod tests;

use crate::conv::Width;
use crate::matmul::Epilogue;
use crate::simd::{Lane, lane};
use crate::{Parallel, RowParts, Scalar};
use passes::Pass;

/// The elements of working memory that sums over rows of `n` numbers take, for any batch.
pub const fn scratch(n: usize) -> usize {
    RowParts::scratch(2 * n)
}

/// How columns are standardised: z = γ·(x − μ)·s + β, and then a function of that.
#[derive(Clone, Copy, Debug)]
pub struct Standard<'a, T> {
    /// μ
    pub mean: &'a [T],
    /// s, usually 1/√(σ² + ε)
    pub inverse: &'a [T],
    /// γ
    pub scale: &'a [T],
    /// β
    pub bias: &'a [T],
    /// What becomes of z.
    pub epilogue: Epilogue,
}

impl<T> Standard<'_, T> {
    /// The number of columns.
    fn columns(&self) -> usize {
        let n = self.mean.len();
        assert!(
            n > 0 && [self.inverse.len(), self.scale.len(), self.bias.len()] == [n; 3],
            "columns are standardised by one mean, one spread, one scale and one bias each"
        );
        n
    }
}

/// `mean` ← the mean of each column, `squares` ← Σ (x − mean)² over its rows, of which there is at least one.
///
/// x is read once, and large means cost no digits: the first block of each part is read again from the cache, for its distances from
/// its own mean, and each other block is measured from the mean of those before it.
///
/// ```
/// use typednet_tensor::{Parallel, normalisation};
///
/// let (mut mean, mut squares) = ([0.0; 2], [0.0; 2]);
/// let mut scratch = [0.0; normalisation::scratch(2)];
/// normalisation::moments(&[1.0, 5.0, 3.0, 5.0], [&mut mean, &mut squares], &mut scratch, Parallel::SERIAL);
/// assert_eq!((mean, squares), ([2.0, 5.0], [2.0, 0.0]));
/// ```
///
/// # Panics
/// If the lengths do not agree, or `scratch` is shorter than [`scratch`](scratch()) says.
#[inline(never)]
pub fn moments<T: Scalar>(x: &[T], [mean, squares]: [&mut [T]; 2], scratch: &mut [T], parallel: Parallel<'_>) {
    let cut = RowParts::new(x.len(), mean.len(), parallel);
    let lane = lane_of::<T>(cut.n());
    let parts = cut.sums(2 * cut.n(), scratch, parallel, |rows, sums| {
        let (mean, squares) = sums.split_at_mut(cut.n());
        passes::run(lane, Pass::Moments { x: &x[rows], mean, squares });
    });
    // As the rows of a part: with δ the distance of both means, Σ + Σ' + δ²·m·m'/(m + m') (Chan and others 1979).
    let (first, others) = parts.split_at(2 * cut.n());
    mean.copy_from_slice(&first[..cut.n()]);
    squares.copy_from_slice(&first[cut.n()..]);
    let mut seen = cut.rows_in(0);
    for (index, part) in others.chunks_exact(2 * cut.n()).enumerate() {
        let rows = cut.rows_in(index + 1);
        let share = rows as f64 / (seen + rows) as f64;
        let (share, spread) = (T::of(share), T::of(share * seen as f64));
        let (of_mean, of_squares) = part.split_at(cut.n());
        let columns = mean.iter_mut().zip(&mut *squares).zip(of_mean.iter().zip(of_squares));
        for ((mean, squares), (of_mean, of_squares)) in columns {
            let distance = *of_mean - *mean;
            *mean += distance * share;
            *squares += *of_squares + distance * distance * spread;
        }
        seen += rows;
    }
}

/// y ← f(γ·(x − μ)·s + β)
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn normalise<T: Scalar>(x: &[T], by: &Standard<'_, T>, y: &mut [T], parallel: Parallel<'_>) {
    assert_eq!(x.len(), y.len(), "a normalisation gives as many numbers as it reads");
    let cut = RowParts::new(x.len(), by.columns(), parallel);
    let lane = lane_of::<T>(cut.n());
    cut.rows(y, parallel, |at, y| {
        passes::run(lane, Pass::Normalise { x: &x[at..at + y.len()], by, y });
    });
}

/// y ← f(γ·(x − μ)/√(σ² + ε) + β), rounded as a quotient: `by.inverse` is √(σ² + ε).
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn apply<T: Scalar>(x: &[T], by: &Standard<'_, T>, y: &mut [T], parallel: Parallel<'_>) {
    assert_eq!(x.len(), y.len(), "a normalisation gives as many numbers as it reads");
    let cut = RowParts::new(x.len(), by.columns(), parallel);
    let lane = lane_of::<T>(cut.n());
    cut.rows(y, parallel, |at, y| {
        passes::run(lane, Pass::Apply { x: &x[at..at + y.len()], by, y });
    });
}

/// With δ = `dy` where f lets it through: the first of `sums` ← Σ δ ⊙ x̂, where x̂ = (x − μ)·s, the second ← Σ δ, over the rows.
///
/// # Panics
/// If the lengths do not agree, or `scratch` is shorter than [`scratch`](scratch()) says.
#[inline(never)]
pub fn gradient_sums<T: Scalar>(
    (x, dy): (&[T], &[T]),
    by: &Standard<'_, T>,
    [products, plain]: [&mut [T]; 2],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    assert_eq!(x.len(), dy.len(), "there is one gradient for each number");
    let cut = RowParts::new(x.len(), by.columns(), parallel);
    let lane = lane_of::<T>(cut.n());
    let parts = cut.sums(2 * cut.n(), scratch, parallel, |rows, sums| {
        let (products, plain) = sums.split_at_mut(cut.n());
        passes::run(lane, Pass::Sums { x: &x[rows.clone()], dy: &dy[rows], by, products, plain });
    });
    products.fill(T::ZERO);
    plain.fill(T::ZERO);
    for part in parts.chunks_exact(2 * cut.n()) {
        let (of_products, of_plain) = part.split_at(cut.n());
        crate::ops::add(of_products, products);
        crate::ops::add(of_plain, plain);
    }
}

/// dx ← γ·s·(δ − b − x̂ ⊙ a) with δ and x̂ as in [`gradient_sums`], where a and b are `means`, of the products and of δ.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn input_gradient<T: Scalar>(
    (x, dy): (&[T], &[T]),
    by: &Standard<'_, T>,
    means: [&[T]; 2],
    dx: &mut [T],
    parallel: Parallel<'_>,
) {
    assert!(x.len() == dy.len() && x.len() == dx.len(), "there is one gradient for each number");
    let cut = RowParts::new(x.len(), by.columns(), parallel);
    assert!(means.map(<[T]>::len) == [cut.n(); 2], "there are two means for each column");
    let lane = lane_of::<T>(cut.n());
    cut.rows(dx, parallel, |at, dx| {
        let rows = at..at + dx.len();
        passes::run(lane, Pass::InputGradient { x: &x[rows.clone()], dy: &dy[rows], by, means, dx });
    });
}

/// dx ← f ⊙ dy, row by row, for a factor f of each column: the input gradient where μ and s do not follow from x, with f = γ·s.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn scale<T: Scalar>(dy: &[T], factor: &[T], dx: &mut [T], parallel: Parallel<'_>) {
    assert_eq!(dy.len(), dx.len(), "there is one gradient for each number");
    let cut = RowParts::new(dy.len(), factor.len(), parallel);
    let lane = lane_of::<T>(cut.n());
    cut.rows(dx, parallel, |at, dx| {
        passes::run(lane, Pass::Scale { dy: &dy[at..at + dx.len()], factor, dx });
    });
}

/// The lane for rows of `n` numbers: few are a smaller part of a smaller vector.
fn lane_of<T: Scalar>(n: usize) -> Lane {
    Width::for_columns::<T>(lane(), n).lane
}
