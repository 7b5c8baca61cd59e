//! A matrix that product after product reads, and a part of such a product.

use super::choose::{Algorithm, Operation, algorithm};
#[cfg(feature = "matrixmultiply")]
use super::library;
use super::matrix::{MatMut, MatRef};
use super::one_row::OneRow;
use super::panels::{Addend, ByPanels, Panels};
use super::product::Product;
use super::run_product;
use crate::Scalar;
use crate::conv::turn_matrix;
use crate::simd::{Chosen, Lane};

/// A matrix B that product after product reads.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Repeated<'a, T> {
    /// Where it stands.
    InPlace(MatRef<'a, T>),
    /// Copied together.
    Panels(Panels<'a, T>),
}

impl<'a, T: Scalar> Repeated<'a, T> {
    /// `b` for products of `rows` rows in all, `in_part` on each thread: copied together in `memory`, of which it takes
    /// [`panels_len`], where that pays; a transposed view is copied in any case.
    ///
    /// # Panics
    /// If the memory is shorter.
    pub fn new(lane: Chosen, b: MatRef<'a, T>, (rows, in_part): (usize, usize), memory: &'a mut [T]) -> Self {
        let (k, n) = (b.nrows(), b.ncols());
        if in_part >= ROWS_OF_PANELS && forward_algorithm::<T>(lane, rows, k * n) == Algorithm::Tiles {
            return Self::Panels(Panels::of(lane.lane, b, memory));
        }
        if b.is_by_rows() {
            return Self::InPlace(b);
        }
        let memory = &mut memory[..k * n];
        turn_matrix(lane.lane, b.transposed(), MatMut::new(memory, k, n));
        Self::InPlace(MatRef::new(memory, k, n))
    }
}

/// The fewest rows for which a matrix is copied together: fewer keep too few sums for panels as narrow as those of many rows are.
const ROWS_OF_PANELS: usize = 4;

/// What computes a product of `rows` rows by a matrix of so many `weights`.
#[doc(hidden)]
pub fn forward_algorithm<T>(lane: Chosen, rows: usize, weights: usize) -> Algorithm {
    algorithm(Operation::Forward, lane, rows, weights, size_of::<T>())
}

/// C ← A·B + what `addend` says, on this thread. It is a part of a product of `rows` rows in all, which decide by which algorithm: so its
/// bits do not depend on how many of them it has, nor on where B stands.
///
/// # Panics
/// If the sizes do not agree.
#[doc(hidden)]
#[inline(never)]
pub fn part_of_product<T: Scalar>(
    lane: Chosen,
    rows: usize,
    (a, b): (MatRef<'_, T>, Repeated<'_, T>),
    addend: Addend<'_, T>,
    mut c: MatMut<'_, T>,
) {
    let b = match b {
        Repeated::Panels(b) => return run_by_panels(b.lane(), ByPanels::new(a, b, addend, c)),
        Repeated::InPlace(b) => b,
    };
    let bias = if let Addend::Bias(bias) = addend { Some(bias) } else { None };
    let onto = matches!(addend, Addend::Itself);
    match forward_algorithm::<T>(lane, rows, b.nrows() * b.ncols()) {
        Algorithm::Tiles if c.nrows() == 1 => {
            T::dispatch_on(lane.lane, OneRow::new(a.row(0), b, addend, c.row_mut(0)));
        }
        #[cfg(feature = "matrixmultiply")]
        Algorithm::Library => library::product((a, b), bias, onto, c, false),
        _ => {
            let product = Product::new((a, b), bias, c, false);
            if onto {
                run_product(lane.lane, product.onto());
            } else {
                run_product(lane.lane, product);
            }
        }
    }
}

/// Runs a product by panels.
#[inline(never)]
fn run_by_panels<T: Scalar>(lane: Lane, product: ByPanels<'_, T>) {
    T::dispatch_on(lane, product);
}
