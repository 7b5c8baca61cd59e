//! The backend of matrix products.

use crate::simd::chosen;

/// Who computes matrix products.
///
/// `TYPEDNET_MATMUL` says it for a program, `matrixmultiply` or `auto`, and `set_backend` from within; `auto` unless said
/// otherwise. With either, results have the same bits on any number of threads, and other bits than with the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Own kernels or `matrixmultiply`, whichever was measured to be the faster for the shape; the table stands in
    /// ARCHITECTURE.md.
    Auto,
    /// The crate `matrixmultiply`, for every product: to compare, and to find out which of the two is to blame. It picks
    /// its instructions by itself, whatever lane is chosen, and allocates in each call.
    Matrixmultiply,
}

/// Who computes matrix products now.
///
/// # Panics
/// If `TYPEDNET_MATMUL` says anything else than `matrixmultiply` or `auto`, or names a library that is not built in.
pub fn backend() -> Backend {
    if chosen().library { Backend::Matrixmultiply } else { Backend::Auto }
}

/// Lets `backend` compute all products that begin from now on, on all threads.
///
/// ```
/// use typednet_tensor::Parallel;
/// use typednet_tensor::matmul::{Backend, MatMut, MatRef, backend, product, set_backend};
///
/// let (a, b) = ([1.0, 2.0, 3.0, 4.0], [0.5, -1.0, 2.0, 0.25]);
/// let by = |wanted| {
///     set_backend(wanted);
///     assert_eq!(backend(), wanted);
///     let mut c = [0.0_f64; 4];
///     product(MatRef::new(&a, 2, 2), MatRef::new(&b, 2, 2), MatMut::new(&mut c, 2, 2), Parallel::SERIAL);
///     c
/// };
/// assert_eq!(by(Backend::Matrixmultiply), by(Backend::Auto));
/// assert_eq!(backend(), Backend::Auto);
/// ```
#[cfg(feature = "matrixmultiply")]
pub fn set_backend(backend: Backend) {
    crate::simd::leave_products_to_the_library(backend == Backend::Matrixmultiply);
}
