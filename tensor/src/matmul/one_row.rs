//! One row times a matrix: a step of one sequence.
//!
//! Each weight is read for a single multiplication, so this waits for the cache that holds them. Some rows of B at a time are read from
//! one end to the other, as they lie, where tiles would read a few columns of all rows: h·U of 1x128x512, 28 times, took 78 µs in the
//! prototype of this file, where tiles took 109 (AMD EPYC, Zen 3, one core, AVX2, U in the second-level cache).

use super::matrix::MatRef;
use super::panels::Addend;
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// C ← A·B + what `addend` says, for an A and a C of one row.
pub(super) struct OneRow<'a, T> {
    a: &'a [T],
    b: MatRef<'a, T>,
    c: &'a mut [T],
}

/// How many rows of B are read at a time.
const ROWS: usize = 4;

impl<'a, T: Scalar> OneRow<'a, T> {
    /// The product, onto an addend that C has from here on.
    ///
    /// # Panics
    /// If the sizes do not agree, or B is a transposed view.
    pub(super) fn new(a: &'a [T], b: MatRef<'a, T>, addend: Addend<'_, T>, c: &'a mut [T]) -> Self {
        assert!((a.len(), c.len()) == (b.nrows(), b.ncols()), "the sizes of a product agree");
        assert!(b.is_by_rows(), "the rows of a transposed matrix are no slices");
        match addend {
            Addend::Zero => c.fill(T::ZERO),
            Addend::Bias(bias) => c.copy_from_slice(bias),
            Addend::Itself => {}
        }
        Self { a, b, c }
    }
}

impl<T: Scalar> Kernel<T> for OneRow<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { a, b, c } = self;
        let whole = a.len() / ROWS * ROWS;
        for from in (0..whole).step_by(ROWS) {
            add_rows::<T, S, ROWS>(s, (a, b), from, c);
        }
        for from in whole..a.len() {
            add_rows::<T, S, 1>(s, (a, b), from, c);
        }
    }
}

/// C ← C + Σ aᵢ·(row i of B) over `R` rows from `from` on: each element is a sum in their order.
#[inline(always)]
fn add_rows<T: Scalar, S: Simd<T>, const R: usize>(s: S, (a, b): (&[T], MatRef<'_, T>), from: usize, c: &mut [T]) {
    let mut rows = [&[][..]; R];
    let mut factors = [s.splat(T::ZERO); R];
    for (i, factor) in factors.iter_mut().enumerate() {
        rows[i] = b.row(from + i);
        *factor = s.splat(a[from + i]);
    }
    let n = c.len();
    let whole = n / S::LANES * S::LANES;
    for at in (0..whole).step_by(S::LANES) {
        // SAFETY: at + LANES ≤ n, and so many elements have C and, as `row` gives them, the rows of B.
        unsafe {
            let to = c.as_mut_ptr().add(at);
            let mut sum = s.load_at(to);
            // No `zip`: without the highest optimisation it is a call in each step.
            for (i, factor) in factors.iter().enumerate() {
                sum = s.mul_add(*factor, s.load_at(rows[i].as_ptr().add(at)), sum);
            }
            s.store_at(sum, to);
        }
    }
    if whole < n {
        let last = s.part(n - whole);
        // SAFETY: the part is the elements from `whole` to n, and n elements have C and, as `row` gives them, the rows of B.
        unsafe {
            let to = c.as_mut_ptr().add(whole);
            let mut sum = s.load_part_at(to, last);
            for (i, factor) in factors.iter().enumerate() {
                sum = s.mul_add(*factor, s.load_part_at(rows[i].as_ptr().add(whole), last), sum);
            }
            s.store_part_at(sum, to, last);
        }
    }
}
