//! Pixels between four others.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Kernel, Row, Simd, columns};

use super::sizes::Sizes;

/// The two old rows (or columns) between which a new one lies, and the weight of either.
struct Between<T> {
    places: [usize; 2],
    weights: [T; 2],
}

impl<T: Scalar> Between<T> {
    /// New row `i`, of `factor` for each of `count` old ones: (i + ½)/f − ½, but not above the first.
    #[inline(always)]
    fn new(i: usize, factor: usize, count: usize) -> Self {
        // In halves of a new row, so that nothing is rounded before the last division.
        let at = (2 * i + 1).saturating_sub(factor);
        let (first, rest) = (at / (2 * factor), at % (2 * factor));
        let share = T::of(rest as f64 / (2 * factor) as f64);
        Self { places: [first, (first + 1).min(count - 1)], weights: [T::one() - share, share] }
    }
}

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(super) fn instances<T: Scalar>() {
    core::hint::black_box([backward::<T> as *const (), forward::<T> as *const ()]);
}

/// y ← the mean of four, weighted.
#[inline(never)]
pub(super) fn forward<T: Scalar>(sizes: Sizes, x: &[T], y: &mut [T]) {
    T::dispatch(Forward { sizes, x, y });
}

/// Each of the four gets ∂L/∂y with its weight, in the order of the new pixels.
#[inline(never)]
pub(super) fn backward<T: Scalar>(sizes: Sizes, dy: &[T], dx: &mut [T]) {
    T::dispatch(Backward { sizes, dy, dx });
}

struct Forward<'a, T> {
    sizes: Sizes,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { sizes: Sizes { image: [height, width], factor: [down, across], channels }, x, y } = self;
        for (row, y) in y.chunks_exact_mut(across * width * channels).enumerate() {
            let Between { places: rows, weights: [upper, lower] } = Between::<T>::new(row, down, height);
            let [above, below] = rows.map(|row| &x[row * width * channels..(row + 1) * width * channels]);
            let (upper, lower) = (s.splat(upper), s.splat(lower));
            for (column, y) in y.chunks_exact_mut(channels).enumerate() {
                let Between { places, weights: [left, right] } = Between::<T>::new(column, across, width);
                let (left, right) = (s.splat(left), s.splat(right));
                let [a, b, c, d] = [(above, 0), (above, 1), (below, 0), (below, 1)]
                    .map(|(row, side)| &row[places[side] * channels..(places[side] + 1) * channels]);
                for at in columns(s, channels) {
                    let [a, b] = [a.load(at), b.load(at)];
                    let [c, d] = [c.load(at), d.load(at)];
                    let (ab, cd) = (s.add(s.mul(left, a), s.mul(right, b)), s.add(s.mul(left, c), s.mul(right, d)));
                    y.store(at, s.add(s.mul(upper, ab), s.mul(lower, cd)));
                }
            }
        }
    }
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
        let Self { sizes: Sizes { image: [height, width], factor: [down, across], channels }, dy, dx } = self;
        dx.fill(T::ZERO);
        for (row, dy) in dy.chunks_exact(across * width * channels).enumerate() {
            let down = Between::<T>::new(row, down, height);
            for (column, dy) in dy.chunks_exact(channels).enumerate() {
                let across = Between::<T>::new(column, across, width);
                for (row, of_row) in down.places.into_iter().zip(down.weights) {
                    for (column, of_column) in across.places.into_iter().zip(across.weights) {
                        let weight = s.splat(of_row * of_column);
                        let dx = &mut dx[(row * width + column) * channels..][..channels];
                        for at in columns(s, channels) {
                            let dy = dy.load(at);
                            let sum = s.add(dx.load(at), s.mul(weight, dy));
                            dx.store(at, sum);
                        }
                    }
                }
            }
        }
    }
}
