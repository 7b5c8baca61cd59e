//! Repeated pixels.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Kernel, Row, Simd, columns};

use super::sizes::Sizes;

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(super) fn instances<T: Scalar>() {
    core::hint::black_box(backward::<T> as *const ());
}

/// Each pixel `factor` times beside itself, and each such row `factor` times.
///
/// Not a kernel: where the compiler knows how many channels there are, a copy of them is no call.
pub(super) fn forward<T: Scalar>(sizes: Sizes, x: &[T], y: &mut [T]) {
    let Sizes { image: [_, width], factor: [down, across], channels } = sizes;
    let row = width * channels;
    for (x, y) in x.chunks_exact(row).zip(y.chunks_exact_mut(down * across * row)) {
        let (first, others) = y.split_at_mut(across * row);
        for (x, y) in x.chunks_exact(channels).zip(first.chunks_exact_mut(across * channels)) {
            for y in y.chunks_exact_mut(channels) {
                y.copy_from_slice(x);
            }
        }
        for other in others.chunks_exact_mut(across * row) {
            other.copy_from_slice(first);
        }
    }
}

/// ∂L/∂x of a pixel is the sum of ∂L/∂y over the pixels that it became, row by row.
#[inline(never)]
pub(super) fn backward<T: Scalar>(sizes: Sizes, dy: &[T], dx: &mut [T]) {
    T::dispatch(Backward { sizes, dy, dx });
}

struct Backward<'a, T> {
    sizes: Sizes,
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { sizes: Sizes { image: [_, width], factor: [down, across], channels }, dy, dx } = self;
        let row = across * width * channels;
        for (dy, dx) in dy.chunks_exact(down * row).zip(dx.chunks_exact_mut(width * channels)) {
            for (column, dx) in dx.chunks_exact_mut(channels).enumerate() {
                for at in columns(s, channels) {
                    let mut sum = s.splat(T::ZERO);
                    for dy in dy.chunks_exact(row) {
                        let pixels = &dy[column * across * channels..(column + 1) * across * channels];
                        for dy in pixels.chunks_exact(channels) {
                            sum = s.add(sum, dy.load(at));
                        }
                    }
                    dx.store(at, sum);
                }
            }
        }
    }
}
