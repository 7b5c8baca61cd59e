//! Matrix products, by the shapes that layers need.
//!
//! Matrices are views of slices, [`MatRef`] and [`MatMut`] (`matrix.rs`), which know their sizes: whoever has a view has elements that are
//! there, so a product asks whether sizes agree, and its loops ask nothing. `m` is the number of rows of the batch, `k` the inner
//! size, `n` the columns.
//!
//! The own kernels are in `tile.rs` (the innermost loop), `product.rs` (how a product is cut into tiles), `panels.rs` (the same where
//! product after product reads a matrix, which `repeated.rs` decides), `one_row.rs`, `gathered.rs`,
//! `dots.rs` and `outer.rs`, the calls of `matrixmultiply` in `library.rs`; which of them runs, and on how many threads, is decided in
//! `choose.rs`. [`mod@reference`] is what they are tested against. They are compiled once, for each lane and for `f32`
//! and `f64`, not for each network.
//!
//! Where `par` has another [`Precision`](crate::Precision) than `f32`, products round what they read (`bf16`).

mod backend;
#[cfg(feature = "std")]
pub(crate) mod bf16;
mod choose;
mod dots;
mod gathered;
#[cfg(feature = "matrixmultiply")]
mod library;
pub(crate) mod matrix;
mod one_row;
mod outer;
mod panels;
mod product;
pub mod reference;
mod repeated;
mod split;
#[cfg(test)]
mod test_matrices;
#[cfg(test)]
mod tests_choice;
mod tile;

#[cfg(feature = "matrixmultiply")]
pub use backend::set_backend;
pub use backend::{Backend, backend};
pub(crate) use choose::parts;
pub use matrix::{MatMut, MatRef};
pub use product::stack_bytes;

// For the tests in `tensor/tests`, which say the lane.
#[doc(hidden)]
pub use choose::Algorithm;
#[doc(hidden)]
pub use gathered::memory_for;
#[doc(hidden)]
pub use panels::{Addend, Panels, panels_len};
#[doc(hidden)]
pub use product::Product;
#[doc(hidden)]
pub use repeated::{Repeated, forward_algorithm, part_of_product};

use crate::parallel::Start;
use crate::simd::{Chosen, Lane, chosen};
use crate::{Parallel, Scalar, ops};
use choose::{LINE, Operation, algorithm, cut};
use dots::Dots;
use gathered::Gathered;
use outer::Outer;
use split::split;

/// What happens to a product's element before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epilogue {
    /// Nothing.
    None,
    /// max(0, z); NaN stays NaN.
    Relu,
}

/// Y ← f(X·W + b): the forward pass of a dense layer.
///
/// X is m×k, W k×n, `b` has n elements, and Y is m×n.
///
/// ```
/// use typednet_tensor::Parallel;
/// use typednet_tensor::matmul::{Epilogue, MatMut, MatRef, affine};
///
/// let (x, w) = ([1.0, 2.0], [3.0, -5.0, 4.0, 1.0]);
/// let mut y = [0.0; 2];
/// let (x, w, out) = (MatRef::new(&x, 1, 2), MatRef::new(&w, 2, 2), MatMut::new(&mut y, 1, 2));
/// affine(x, w, &[0.5, 0.5], out, Epilogue::Relu, Parallel::SERIAL);
/// assert_eq!(y, [11.5, 0.0]);
/// ```
///
/// # Panics
/// If the sizes do not agree.
#[inline(never)]
pub fn affine<T: Scalar>(
    x: MatRef<'_, T>,
    w: MatRef<'_, T>,
    b: &[T],
    y: MatMut<'_, T>,
    f: Epilogue,
    par: Parallel<'_>,
) {
    assert_eq!(b.len(), y.ncols(), "affine: the bias must have n = {} elements", y.ncols());
    forward(chosen(), (x, w), Some(b), y, f, par);
}

/// D ← Xᵀ·Δ: the gradient of a dense layer's weights, summed over the batch.
///
/// X is m×k, Δ m×n, and D k×n.
///
/// # Panics
/// If the sizes do not agree.
#[inline(never)]
pub fn weight_gradient<T: Scalar>(x: MatRef<'_, T>, delta: MatRef<'_, T>, d: MatMut<'_, T>, par: Parallel<'_>) {
    weight_gradient_on(chosen(), x, delta, (d, None), &mut [], par);
}

/// D ← Xᵀ·Δ and b ← the sums of Δ's columns: the gradients of a dense layer's weights and biases, summed over the batch.
///
/// X is m×k, Δ m×n, D k×n, and `b` has n elements. Each sum runs from the first row to the last.
///
/// # Panics
/// If the sizes do not agree, or Δ is a transposed view.
#[inline(never)]
pub fn gradients<T: Scalar>(
    x: MatRef<'_, T>,
    delta: MatRef<'_, T>,
    (d, b): (MatMut<'_, T>, &mut [T]),
    par: Parallel<'_>,
) {
    weight_gradient_on(chosen(), x, delta, (d, Some(b)), &mut [], par);
}

/// [`weight_gradient`], or with `b` [`gradients`], of the same bits, with memory in which threads copy together what they read where
/// there is enough of it.
///
/// # Panics
/// If the sizes do not agree, or Δ is a transposed view.
pub(crate) fn gradients_in<T: Scalar>(
    memory: &mut [T],
    x: MatRef<'_, T>,
    delta: MatRef<'_, T>,
    (d, b): (MatMut<'_, T>, Option<&mut [T]>),
    par: Parallel<'_>,
) {
    weight_gradient_on(chosen(), x, delta, (d, b), memory, par);
}

/// D ← Δ·Wᵀ: the gradient of a dense layer's input.
///
/// Δ is m×n, W k×n, and D m×k.
///
/// # Panics
/// If the sizes do not agree.
#[inline(never)]
pub fn input_gradient<T: Scalar>(delta: MatRef<'_, T>, w: MatRef<'_, T>, d: MatMut<'_, T>, par: Parallel<'_>) {
    input_gradient_on(chosen(), delta, w, d, par);
}

/// C ← A·B for A (m×k), B (k×n) and C (m×n).
///
/// # Panics
/// If the sizes do not agree.
#[inline(never)]
pub fn product<T: Scalar>(a: MatRef<'_, T>, b: MatRef<'_, T>, c: MatMut<'_, T>, par: Parallel<'_>) {
    forward(chosen(), (a, b), None, c, Epilogue::None, par);
}

/// [`affine`], or without a bias [`product`], on a lane.
///
/// # Panics
/// If the sizes do not agree.
#[doc(hidden)]
#[inline(never)]
pub fn forward<T: Scalar>(
    lane: Chosen,
    (x, w): (MatRef<'_, T>, MatRef<'_, T>),
    bias: Option<&[T]>,
    y: MatMut<'_, T>,
    f: Epilogue,
    par: Parallel<'_>,
) {
    let (m, k, n) = (x.nrows(), x.ncols(), w.ncols());
    size("w", (w.nrows(), n), (k, n));
    size("y", (y.nrows(), y.ncols()), (m, n));
    let algorithm = algorithm_on::<T>(par, Operation::Forward, lane, m, k * n);
    split(par, y, cut(par, (m, n), k), |(top, left), y| {
        let matrices = (x.rows(top..top + y.nrows()), w.columns(left..left + y.ncols()));
        let bias = bias.map(|bias| &bias[left..left + y.ncols()]);
        run(algorithm, lane, matrices, bias, y, f == Epilogue::Relu);
    });
}

/// [`weight_gradient`], or with a bias [`gradients`], on a lane, with memory in which threads may copy together what they read.
///
/// # Panics
/// If the sizes do not agree, or Δ is a transposed view and there is a bias.
#[doc(hidden)]
#[inline(never)]
pub fn weight_gradient_on<T: Scalar>(
    lane: Chosen,
    x: MatRef<'_, T>,
    delta: MatRef<'_, T>,
    (d, bias): (MatMut<'_, T>, Option<&mut [T]>),
    memory: &mut [T],
    par: Parallel<'_>,
) {
    let (m, k, n) = (x.nrows(), x.ncols(), delta.ncols());
    size("delta", (delta.nrows(), n), (m, n));
    size("d", (d.nrows(), d.ncols()), (k, n));
    // What is written there through a pointer.
    assert!(bias.as_ref().is_none_or(|b| b.len() == n), "gradients: the bias must have n = {n} elements");
    let algorithm = algorithm_on::<T>(par, Operation::WeightGradient, lane, m, k * n);
    let algorithm = by_rows(algorithm, &x, &delta);
    let cut = cut(par, (k, n), m);
    let bias = bias.map(Start::of);
    // Whole cache lines for each part.
    let in_part = memory.len() / cut.parts((k, n)) / LINE * LINE;
    let memory = Start::of(memory);
    split(par, d, cut, |(top, left), d| {
        if let Some(bias) = &bias {
            let columns = cut.share_of_columns((top, left), (k, n));
            // SAFETY: `bias` has n elements and is borrowed uniquely until all calls have returned. The shares of two
            // parts have no column in common.
            let sums = unsafe { core::slice::from_raw_parts_mut(bias.at(columns.start), columns.len()) };
            ops::sums_of_columns(delta.columns(columns), sums);
        }
        let (x, delta) = (x.columns(top..top + d.nrows()), delta.columns(left..left + d.ncols()));
        if algorithm == Algorithm::Outer {
            return T::dispatch_on(lane.lane, Outer { x: x.row(0), delta: delta.row(0), d });
        }
        if algorithm == Algorithm::Tiles && gathers(m, d.nrows(), in_part) {
            // SAFETY: there are as many parts of so many elements, and the memory is borrowed uniquely until all calls have returned. No two
            // parts have the same number.
            let memory =
                unsafe { core::slice::from_raw_parts_mut(memory.at(cut.part((top, left)) * in_part), in_part) };
            return T::dispatch_on(lane.lane, Gathered::new(x, delta, d, memory));
        }
        run(algorithm, lane, (x.transposed(), delta), None, d, false);
    });
}

/// [`input_gradient`] on a lane.
///
/// # Panics
/// If the sizes do not agree.
#[doc(hidden)]
#[inline(never)]
pub fn input_gradient_on<T: Scalar>(
    lane: Chosen,
    delta: MatRef<'_, T>,
    w: MatRef<'_, T>,
    d: MatMut<'_, T>,
    par: Parallel<'_>,
) {
    let (m, k, n) = (delta.nrows(), w.nrows(), delta.ncols());
    size("w", (k, w.ncols()), (k, n));
    size("d", (d.nrows(), d.ncols()), (m, k));
    let algorithm = algorithm_on::<T>(par, Operation::InputGradient, lane, m, k * n);
    let algorithm = by_rows(algorithm, &delta, &w);
    split(par, d, cut(par, (m, k), n), |(top, left), d| {
        let (delta, w) = (delta.rows(top..top + d.nrows()), w.rows(left..left + d.ncols()));
        if algorithm == Algorithm::Dots {
            return T::dispatch_on(lane.lane, Dots { delta, w, d });
        }
        run(algorithm, lane, (delta, w.transposed()), None, d, false);
    });
}

/// What computes a product: where `par` has half the width, that is for all shapes.
fn algorithm_on<T>(par: Parallel<'_>, operation: Operation, lane: Chosen, rows: usize, weights: usize) -> Algorithm {
    #[cfg(feature = "std")]
    if par.precision() != crate::Precision::F32 {
        return Algorithm::Rounded(par.precision());
    }
    let _ = par;
    algorithm(operation, lane, rows, weights, size_of::<T>())
}

/// Whether what a gradient of `k` rows reads, a sum over m, is copied together first where each thread has so many elements of memory: both
/// copies must be used often to pay.
fn gathers(m: usize, k: usize, memory: usize) -> bool {
    m >= 128 && k >= 32 && memory >= memory_for(k)
}

/// Tiles where an algorithm that reads both matrices row by row cannot.
fn by_rows<T>(algorithm: Algorithm, a: &MatRef<'_, T>, b: &MatRef<'_, T>) -> Algorithm {
    let reads_rows = matches!(algorithm, Algorithm::Dots | Algorithm::Outer);
    if reads_rows && !(a.is_by_rows() && b.is_by_rows()) { Algorithm::Tiles } else { algorithm }
}

/// Runs a product by tiles.
#[doc(hidden)]
#[inline(never)]
pub fn run_product<T: Scalar, const ONTO: bool>(lane: Lane, product: Product<'_, T, ONTO>) {
    T::dispatch_on(lane, product);
}

/// C ← f(A·B + bias), by tiles or by the library, or of rounded operands.
fn run<T: Scalar>(
    algorithm: Algorithm,
    lane: Chosen,
    matrices: (MatRef<'_, T>, MatRef<'_, T>),
    bias: Option<&[T]>,
    c: MatMut<'_, T>,
    relu: bool,
) {
    match algorithm {
        #[cfg(feature = "matrixmultiply")]
        Algorithm::Library => library::product(matrices, bias, false, c, relu),
        #[cfg(feature = "std")]
        Algorithm::Rounded(precision) => T::product_rounded((lane.lane, precision), matrices, bias, c, relu),
        _ => run_product(lane.lane, Product::new(matrices, bias, c, relu)),
    }
}

/// Refuses a matrix of another size.
fn size(name: &str, found: (usize, usize), wanted: (usize, usize)) {
    assert!(found == wanted, "`{name}` is {}x{}, but must be {}x{}", found.0, found.1, wanted.0, wanted.1);
}
