//! The loops: some columns, as many as a vector holds, go through some rows.

use super::Standard;
use crate::Scalar;
use crate::matmul::Epilogue;
use crate::row_parts::BLOCK;
use crate::simd::columns::{load, store};
use crate::simd::{Kernel, Lane, Simd};

/// A pass over some rows, whose lengths have been checked. The slices of columns are all of one length.
pub(super) enum Pass<'a, T> {
    /// Mean and Σ (x − mean)² of each column.
    Moments { x: &'a [T], mean: &'a mut [T], squares: &'a mut [T] },
    /// y ← f(γ·(x − μ)·s + β)
    Normalise { x: &'a [T], by: &'a Standard<'a, T>, y: &'a mut [T] },
    /// The same with a quotient, (x − μ)/s.
    Apply { x: &'a [T], by: &'a Standard<'a, T>, y: &'a mut [T] },
    /// Σ δ ⊙ x̂ and Σ δ.
    Sums { x: &'a [T], dy: &'a [T], by: &'a Standard<'a, T>, products: &'a mut [T], plain: &'a mut [T] },
    /// dx ← f ⊙ dy for a factor f of each column.
    Scale { dy: &'a [T], factor: &'a [T], dx: &'a mut [T] },
    /// γ·s·(δ − b − x̂ ⊙ a) for the means a and b.
    InputGradient { x: &'a [T], dy: &'a [T], by: &'a Standard<'a, T>, means: [&'a [T]; 2], dx: &'a mut [T] },
}

/// Runs `pass` on `lane`.
#[inline(never)]
pub(super) fn run<T: Scalar>(lane: Lane, pass: Pass<'_, T>) {
    T::dispatch_on(lane, pass);
}

impl<T: Scalar> Kernel<T> for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        match self {
            Self::Moments { x, mean, squares } => moments(s, x, mean, squares),
            Self::Normalise { x, by, y } => match by.epilogue {
                Epilogue::None => normalise::<T, S, false, false>(s, x, by, y),
                Epilogue::Relu => normalise::<T, S, true, false>(s, x, by, y),
            },
            Self::Apply { x, by, y } => match by.epilogue {
                Epilogue::None => normalise::<T, S, false, true>(s, x, by, y),
                Epilogue::Relu => normalise::<T, S, true, true>(s, x, by, y),
            },
            Self::Sums { x, dy, by, products, plain } => match by.epilogue {
                Epilogue::None => sums::<T, S, false>(s, x, dy, by, products, plain),
                Epilogue::Relu => sums::<T, S, true>(s, x, dy, by, products, plain),
            },
            Self::Scale { dy, factor, dx } => scale(s, dy, factor, dx),
            Self::InputGradient { x, dy, by, means, dx } => match by.epilogue {
                Epilogue::None => input_gradient::<T, S, false>(s, x, dy, by, means, dx),
                Epilogue::Relu => input_gradient::<T, S, true>(s, x, dy, by, means, dx),
            },
        }
    }
}

/// Runs `$body` with the first column of each vector of `$n` columns in `$at`, and whether the vector is a whole one in `$whole`.
macro_rules! each_vector {
    ($s:ident, $n:expr, $at:ident, $whole:ident => $body:block) => {
        let last = $n / S::LANES * S::LANES;
        for $at in (0..last).step_by(S::LANES) {
            const $whole: bool = true;
            $body
        }
        if last < $n {
            const $whole: bool = false;
            let $at = last;
            $body
        }
    };
}

/// The number of elements in which a loop that sums nothing takes its rows: columns, a vector at a time, go through these in the
/// first cache.
const TILE: usize = 4096;

/// The rows of such a tile, times their length.
fn tile(n: usize) -> usize {
    (TILE / n).max(4) * n
}

/// x̂ of a vector of columns, and what f lets through of z.
#[derive(Clone, Copy)]
struct Column<V> {
    mean: V,
    inverse: V,
    scale: V,
    bias: V,
}

impl<V: Copy> Column<V> {
    /// The columns from `at` on, a vector or `part` of one.
    #[inline(always)]
    fn of<T: Scalar, S: Simd<T, V = V>, const WHOLE: bool>(
        s: S,
        by: &Standard<'_, T>,
        at: usize,
        part: S::Part,
    ) -> Self {
        let columns = [by.mean, by.inverse, by.scale, by.bias];
        let [mean, inverse, scale, bias] = columns.map(|of| {
            // SAFETY: `at` is the first column of a vector, or of part of one, of as many columns as each of them has.
            unsafe { load::<T, S, WHOLE>(s, of.as_ptr().add(at), part) }
        });
        Self { mean, inverse, scale, bias }
    }

    /// z
    #[inline(always)]
    fn normalise<T: Scalar, S: Simd<T, V = V>, const QUOTIENT: bool>(&self, s: S, x: V) -> V {
        let distance = s.sub(x, self.mean);
        let normalised = if QUOTIENT { s.div(distance, self.inverse) } else { s.mul(distance, self.inverse) };
        s.add(s.mul(normalised, self.scale), self.bias)
    }

    /// `dy` where z is above 0, which is computed again as it was: to read the output would take longer.
    #[inline(always)]
    fn through<T: Scalar, S: Simd<T, V = V>, const RELU: bool>(&self, s: S, x: V, dy: V) -> V {
        if !RELU {
            return dy;
        }
        let zero = s.splat(T::ZERO);
        s.select(s.lt(zero, self.normalise::<T, S, false>(s, x)), dy, zero)
    }
}

#[inline(always)]
fn moments<T: Scalar, S: Simd<T>>(s: S, x: &[T], mean: &mut [T], squares: &mut [T]) {
    let n = mean.len();
    let part = s.part(n % S::LANES);
    let mut seen = 0;
    for x in x.chunks(BLOCK * n) {
        let rows = x.len() / n;
        seen += rows;
        each_vector!(s, n, at, WHOLE => {
            let (mean, squares) = (mean[at..].as_mut_ptr(), squares[at..].as_mut_ptr());
            // SAFETY: the vector at column `at`, or the part of one that the columns end with, stands in each of the rows of x, and in
            // `mean` and `squares`, which have as many columns.
            unsafe {
                let x = x.as_ptr().add(at);
                if seen == rows {
                    first_block::<T, S, WHOLE>(s, (x, n, rows), mean, squares, part);
                } else {
                    next_block::<T, S, WHOLE>(s, (x, n, rows), seen, mean, squares, part);
                }
            }
        });
    }
}

/// The mean of a block's rows, and then their squares around it.
///
/// # Safety
/// The elements of `part`, or of a vector, must be readable at `x` and at each of `rows` rows of `n` behind it, and writable at
/// `mean` and `squares`.
#[inline(always)]
unsafe fn first_block<T: Scalar, S: Simd<T>, const WHOLE: bool>(
    s: S,
    (x, n, rows): (*const T, usize, usize),
    mean: *mut T,
    squares: *mut T,
    part: S::Part,
) {
    // SAFETY: the caller's promise is the same one.
    unsafe {
        let mut sum = s.splat(T::ZERO);
        for row in 0..rows {
            sum = s.add(sum, load::<T, S, WHOLE>(s, x.add(row * n), part));
        }
        let mu = s.div(sum, s.splat(T::of(rows as f64)));
        let mut around = s.splat(T::ZERO);
        for row in 0..rows {
            let distance = s.sub(load::<T, S, WHOLE>(s, x.add(row * n), part), mu);
            around = s.add(around, s.mul(distance, distance));
        }
        store::<T, S, WHOLE>(s, mu, mean, part);
        store::<T, S, WHOLE>(s, around, squares, part);
    }
}

/// Takes another block into mean and squares of `seen` rows, those of the block among them: with the distances d from the mean of
/// those before, μ + Σd/m and Σ + Σd² − (Σd)²/m. Nothing is lost to the difference, of which the second is at most a half of the first.
///
/// # Safety
/// As of [`first_block`]; mean and squares must be readable too.
#[inline(always)]
unsafe fn next_block<T: Scalar, S: Simd<T>, const WHOLE: bool>(
    s: S,
    (x, n, rows): (*const T, usize, usize),
    seen: usize,
    mean: *mut T,
    squares: *mut T,
    part: S::Part,
) {
    // SAFETY: the caller's promise is the same one.
    unsafe {
        let mu = load::<T, S, WHOLE>(s, mean, part);
        let [mut sum, mut around] = [s.splat(T::ZERO); 2];
        for row in 0..rows {
            let distance = s.sub(load::<T, S, WHOLE>(s, x.add(row * n), part), mu);
            sum = s.add(sum, distance);
            around = s.add(around, s.mul(distance, distance));
        }
        let shift = s.div(sum, s.splat(T::of(seen as f64)));
        let around = s.sub(around, s.mul(sum, shift));
        store::<T, S, WHOLE>(s, s.add(mu, shift), mean, part);
        store::<T, S, WHOLE>(s, s.add(load::<T, S, WHOLE>(s, squares, part), around), squares, part);
    }
}

#[inline(always)]
fn normalise<T: Scalar, S: Simd<T>, const RELU: bool, const QUOTIENT: bool>(
    s: S,
    x: &[T],
    by: &Standard<'_, T>,
    y: &mut [T],
) {
    let n = by.mean.len();
    let part = s.part(n % S::LANES);
    for (x, y) in x.chunks(tile(n)).zip(y.chunks_mut(tile(n))) {
        let rows = x.len() / n;
        let (x, y) = (x.as_ptr(), y.as_mut_ptr());
        each_vector!(s, n, at, WHOLE => {
            let column = Column::of::<T, S, WHOLE>(s, by, at, part);
            for row in 0..rows {
                // SAFETY: the vector at column `at`, or the part of one that the columns end with, stands in each of the rows of x
                // and of y, which is as long.
                unsafe {
                    let z = column.normalise::<T, S, QUOTIENT>(s, load::<T, S, WHOLE>(s, x.add(row * n + at), part));
                    let y_at = y.add(row * n + at);
                    // The maximum is its second argument where either is not a number.
                    let a = if RELU { s.max(s.splat(T::ZERO), z) } else { z };
                    store::<T, S, WHOLE>(s, a, y_at, part);
                }
            }
        });
    }
}

#[inline(always)]
fn sums<T: Scalar, S: Simd<T>, const RELU: bool>(
    s: S,
    x: &[T],
    dy: &[T],
    by: &Standard<'_, T>,
    products: &mut [T],
    plain: &mut [T],
) {
    let n = products.len();
    let part = s.part(n % S::LANES);
    products.fill(T::ZERO);
    plain.fill(T::ZERO);
    for (x, dy) in x.chunks(BLOCK * n).zip(dy.chunks(BLOCK * n)) {
        let rows = x.len() / n;
        each_vector!(s, n, at, WHOLE => {
            let column = Column::of::<T, S, WHOLE>(s, by, at, part);
            let [mut of_products, mut of_plain] = [s.splat(T::ZERO); 2];
            for row in 0..rows {
                // SAFETY: the vector at column `at`, or the part of one that the columns end with, stands in each of the rows of x
                // and of dy, which is as long.
                let (x, dy) = unsafe {
                    let at = row * n + at;
                    (
                        load::<T, S, WHOLE>(s, x.as_ptr().add(at), part),
                        load::<T, S, WHOLE>(s, dy.as_ptr().add(at), part),
                    )
                };
                let delta = column.through::<T, S, RELU>(s, x, dy);
                let distance = s.sub(x, column.mean);
                of_products = s.add(of_products, s.mul(s.mul(delta, distance), column.inverse));
                of_plain = s.add(of_plain, delta);
            }
            let (products, plain) = (products[at..].as_mut_ptr(), plain[at..].as_mut_ptr());
            // SAFETY: both have as many columns as a row.
            unsafe {
                let total = s.add(load::<T, S, WHOLE>(s, products, part), of_products);
                store::<T, S, WHOLE>(s, total, products, part);
                let total = s.add(load::<T, S, WHOLE>(s, plain, part), of_plain);
                store::<T, S, WHOLE>(s, total, plain, part);
            }
        });
    }
}

#[inline(always)]
fn input_gradient<T: Scalar, S: Simd<T>, const RELU: bool>(
    s: S,
    x: &[T],
    dy: &[T],
    by: &Standard<'_, T>,
    [of_products, of_plain]: [&[T]; 2],
    dx: &mut [T],
) {
    let n = by.mean.len();
    let part = s.part(n % S::LANES);
    for ((x, dy), dx) in x.chunks(tile(n)).zip(dy.chunks(tile(n))).zip(dx.chunks_mut(tile(n))) {
        let rows = x.len() / n;
        let (x, dy, dx) = (x.as_ptr(), dy.as_ptr(), dx.as_mut_ptr());
        each_vector!(s, n, at, WHOLE => {
            let column = Column::of::<T, S, WHOLE>(s, by, at, part);
            // SAFETY: both have as many columns as a row.
            let (a, b) = unsafe {
                (
                    load::<T, S, WHOLE>(s, of_products.as_ptr().add(at), part),
                    load::<T, S, WHOLE>(s, of_plain.as_ptr().add(at), part),
                )
            };
            let factor = s.mul(column.scale, column.inverse);
            for row in 0..rows {
                let at = row * n + at;
                // SAFETY: the vector at column `at`, or the part of one that the columns end with, stands in each of the rows of x,
                // and of dy and dx, which are as long.
                unsafe {
                    let x = load::<T, S, WHOLE>(s, x.add(at), part);
                    let delta = column.through::<T, S, RELU>(s, x, load::<T, S, WHOLE>(s, dy.add(at), part));
                    let normalised = s.mul(s.sub(x, column.mean), column.inverse);
                    let rest = s.sub(s.sub(delta, b), s.mul(normalised, a));
                    store::<T, S, WHOLE>(s, s.mul(factor, rest), dx.add(at), part);
                }
            }
        });
    }
}

#[inline(always)]
fn scale<T: Scalar, S: Simd<T>>(s: S, dy: &[T], factor: &[T], dx: &mut [T]) {
    let n = factor.len();
    let part = s.part(n % S::LANES);
    for (dy, dx) in dy.chunks(tile(n)).zip(dx.chunks_mut(tile(n))) {
        let rows = dy.len() / n;
        let (dy, dx) = (dy.as_ptr(), dx.as_mut_ptr());
        each_vector!(s, n, at, WHOLE => {
            // SAFETY: there are as many factors as columns.
            let factor = unsafe { load::<T, S, WHOLE>(s, factor.as_ptr().add(at), part) };
            for row in 0..rows {
                let at = row * n + at;
                // SAFETY: the vector at column `at`, or the part of one that the columns end with, stands in each of the rows of dy
                // and of dx, which is as long.
                unsafe {
                    let scaled = s.mul(factor, load::<T, S, WHOLE>(s, dy.add(at), part));
                    store::<T, S, WHOLE>(s, scaled, dx.add(at), part);
                }
            }
        });
    }
}
