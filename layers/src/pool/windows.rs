//! The passes of a pooling: a vector of channels at a time goes through the pixels of each window.

use typednet_tensor::simd::{Kernel, Simd};
use typednet_tensor::{Parallel, Scalar};

use super::pooling::Pooling;
use crate::activation::by_rows_of;
use crate::vectors::{columns, load, store};

/// What becomes of the elements of a window, and of the gradient of that.
pub(super) trait Combine<T: Scalar>: Copy + Sync {
    /// The value of no elements.
    const START: T;

    /// `total` with the next element.
    fn join<S: Simd<T>>(self, s: S, total: S::V, x: S::V) -> S::V;

    /// y from all elements.
    fn finish<S: Simd<T>>(self, s: S, total: S::V) -> S::V;

    /// What there is to share of ∂L/∂y.
    fn begin<S: Simd<T>>(self, s: S, dy: S::V) -> S::V;

    /// ∂L/∂x of the next element from what there is to share, and what there is for those behind it.
    fn share<S: Simd<T>>(self, s: S, x: S::V, y: S::V, left: S::V) -> (S::V, S::V);
}

/// y ← the combination of each window.
pub(super) fn forward<T: Scalar>(p: &Pooling, f: impl Combine<T>, x: &[T], y: &mut [T], parallel: Parallel<'_>) {
    let (inputs, outputs) = (p.inputs(), p.outputs());
    by_rows_of(parallel, y, outputs, x.len(), |at, y| {
        let first = at / outputs * inputs;
        let x = &x[first..first + y.len() / outputs * inputs];
        T::dispatch(Forward { p, f, x, y });
    });
}

/// ∂L/∂x from ∂L/∂y, and from x and y. An element that belongs to several windows has the sum, from the first to the last.
pub(super) fn backward<T: Scalar>(
    p: &Pooling,
    f: impl Combine<T>,
    [x, y, dy]: [&[T]; 3],
    dx: &mut [T],
    parallel: Parallel<'_>,
) {
    let (inputs, outputs) = (p.inputs(), p.outputs());
    by_rows_of(parallel, dx, inputs, x.len(), |at, dx| {
        let images = at / inputs..(at + dx.len()) / inputs;
        let part = images.start * outputs..images.end * outputs;
        T::dispatch(Backward { p, f, x: &x[at..at + dx.len()], y: &y[part.clone()], dy: &dy[part], dx });
    });
}

struct Forward<'a, T, F> {
    p: &'a Pooling,
    f: F,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar, F: Combine<T>> Kernel<T> for Forward<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { p, f, x, y } = self;
        let ([_, width], c) = (p.input, p.channels);
        for (x, y) in x.chunks_exact(p.inputs()).zip(y.chunks_exact_mut(p.outputs())) {
            for (place, y) in y.chunks_exact_mut(c).enumerate() {
                let rows = p.under(0, place / p.output[1]);
                let across = p.under(1, place % p.output[1]);
                for at in columns(s, c) {
                    let mut total = s.splat(F::START);
                    for i in rows.clone().step_by(p.dilation[0]) {
                        for j in across.clone().step_by(p.dilation[1]) {
                            let x = &x[(i * width + j) * c..][..c];
                            total = f.join(s, total, load(s, &x[at.clone()], T::ZERO));
                        }
                    }
                    store(s, f.finish(s, total), &mut y[at]);
                }
            }
        }
    }
}

struct Backward<'a, T, F> {
    p: &'a Pooling,
    f: F,
    x: &'a [T],
    y: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<T: Scalar, F: Combine<T>> Kernel<T> for Backward<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { p, f, x, y, dy, dx } = self;
        let ([_, width], c, tiles) = (p.input, p.channels, p.tiles());
        let (inputs, outputs) = (p.inputs(), p.outputs());
        let images = x.chunks_exact(inputs).zip(dx.chunks_exact_mut(inputs));
        for ((x, dx), (y, dy)) in images.zip(y.chunks_exact(outputs).zip(dy.chunks_exact(outputs))) {
            if !tiles {
                dx.fill(T::ZERO);
            }
            for (place, (y, dy)) in y.chunks_exact(c).zip(dy.chunks_exact(c)).enumerate() {
                let rows = p.under(0, place / p.output[1]);
                let across = p.under(1, place % p.output[1]);
                for at in columns(s, c) {
                    let y = load(s, &y[at.clone()], T::ZERO);
                    let mut left = f.begin(s, load(s, &dy[at.clone()], T::ZERO));
                    for i in rows.clone().step_by(p.dilation[0]) {
                        for j in across.clone().step_by(p.dilation[1]) {
                            let pixel = (i * width + j) * c;
                            let (x, dx) = (&x[pixel..][..c][at.clone()], &mut dx[pixel..][..c][at.clone()]);
                            let (share, rest) = f.share(s, load(s, x, T::ZERO), y, left);
                            left = rest;
                            // Where each pixel belongs to one window, it is written once and need not be 0 before.
                            store(s, if tiles { share } else { s.add(load(s, dx, T::ZERO), share) }, dx);
                        }
                    }
                }
            }
        }
    }
}
