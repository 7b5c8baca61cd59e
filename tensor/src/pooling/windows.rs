//! The loops over windows: a vector of channels at a time goes through the elements of each.
//!
//! They are compiled once for each scalar and lane, in this crate. Of `f32` the usual windows of 2×2 and 3×3 are unrolled, but not in
//! gradients by the largest where one of the outputs is NaN.

use super::places::{BESIDE, Beside, Channels, PART, WHOLE, each_element, load_of, store_of};
use super::reduce::{Largest, Reduce, are_numbers, mean};
use super::shares::gradient;
use super::{Pooling, Reduction};
use crate::Scalar;
use crate::simd::{Kernel, Lane, Simd};

/// A pass over some images, whose lengths have been checked.
pub(super) enum Pass<'a, T> {
    /// y from x.
    Forward { p: &'a Pooling, reduction: Reduction, x: &'a [T], y: &'a mut [T] },
    /// ∂L/∂x from ∂L/∂y.
    Gradient { p: &'a Pooling, reduction: Reduction, x: &'a [T], y: &'a [T], dy: &'a [T], dx: &'a mut [T] },
}

impl<T: Scalar> Kernel<T> for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        match self {
            Self::Forward { p, reduction: Reduction::Max, x, y } => forward(s, p, Largest::<false>, x, y),
            Self::Forward { p, reduction: Reduction::Mean, x, y } => forward(s, p, mean(p), x, y),
            Self::Gradient { p, reduction: Reduction::Max, x, y, dy, dx } if are_numbers(s, y) => {
                gradient(s, p, Largest::<true>, [x, y, dy], dx);
            }
            Self::Gradient { p, reduction: Reduction::Max, x, y, dy, dx } => {
                gradient(s, p, Largest::<false>, [x, y, dy], dx);
            }
            Self::Gradient { p, reduction: Reduction::Mean, x, y, dy, dx } => gradient(s, p, mean(p), [x, y, dy], dx),
        }
    }
}

/// Runs `pass` on `lane`.
#[inline(never)]
pub(super) fn run<T: Scalar>(lane: Lane, pass: Pass<'_, T>) {
    T::dispatch_on(lane, pass);
}

/// Whether the usual windows have loops of their own: they are a quarter of what a build of this crate takes, so only the scalar that
/// networks are trained in has them.
pub(super) const fn is_unrolled<T>() -> bool {
    size_of::<T>() == size_of::<f32>()
}

#[inline(always)]
fn forward<T: Scalar, S: Simd<T>>(s: S, p: &Pooling, f: impl Reduce<T>, x: &[T], y: &mut [T]) {
    match p.kernel() {
        [2, 2] if const { is_unrolled::<T>() } => forward_of::<T, S, _, 2>(s, p, f, x, y),
        [3, 3] if const { is_unrolled::<T>() } => forward_of::<T, S, _, 3>(s, p, f, x, y),
        _ => forward_of::<T, S, _, 0>(s, p, f, x, y),
    }
}

#[inline(always)]
fn forward_of<T: Scalar, S: Simd<T>, F: Reduce<T>, const K: usize>(s: S, p: &Pooling, f: F, x: &[T], y: &mut [T]) {
    // A copy of its own, which nothing that is written can change.
    let p = *p;
    let ([rows, columns, channels], steps) = (p.output(), p.steps());
    let (beside, inside) = (Beside::of::<T, S>(&p), p.inside(1));
    let cut = Channels::of::<T, S>(s, channels);
    for (x, y) in x.chunks_exact(p.inputs()).zip(y.chunks_exact_mut(p.outputs())) {
        let (x, mut y) = (x.as_ptr(), y.as_mut_ptr());
        for row in 0..rows {
            let high = p.under(0, row);
            let mut column = 0;
            // SAFETY (of both): `Pooling::under` gives elements of the image, which is as long as `p` says, and so are all those of
            // windows that lie within it; the window's place in the output is that many pixels behind its start.
            while column < columns {
                if K > 0 && high.count == K && column == inside.start && column < inside.end {
                    let mut x = x.wrapping_add(p.pixel(high.first, p.under(1, column).first));
                    for column in inside.clone() {
                        let near = beside.holds(column, p.first_inside(column));
                        // SAFETY: as above.
                        unsafe { all_channels::<T, S, F, K>(s, f, (x, y), cut, near, [K, K], steps) };
                        (x, y) = (x.wrapping_add(p.step()), y.wrapping_add(channels));
                    }
                    column = inside.end;
                    continue;
                }
                let wide = p.under(1, column);
                let (x, count) = (x.wrapping_add(p.pixel(high.first, wide.first)), [high.count, wide.count]);
                // SAFETY: as above.
                unsafe {
                    all_channels::<T, S, F, K>(s, f, (x, y), cut, beside.holds(column, wide.first), count, steps);
                };
                y = y.wrapping_add(channels);
                column += 1;
            }
        }
    }
}

/// One window.
///
/// # Safety
/// As of [`window`], for all channels; `near` says whether as much follows as [`BESIDE`] says.
#[inline(always)]
unsafe fn all_channels<T: Scalar, S: Simd<T>, F: Reduce<T>, const K: usize>(
    s: S,
    f: F,
    (x, y): (*const T, *mut T),
    cut: Channels<S::Part>,
    near: bool,
    count: [usize; 2],
    steps: [usize; 2],
) {
    let Channels { whole, rest, part } = cut;
    // SAFETY: the caller's promise is the same one.
    unsafe {
        for first in (0..whole).step_by(S::LANES) {
            window::<T, S, F, K, WHOLE>(s, f, x.wrapping_add(first), y.add(first), part, count, steps);
        }
        if near {
            window::<T, S, F, K, BESIDE>(s, f, x, y, part, count, steps);
        } else if rest {
            window::<T, S, F, K, PART>(s, f, x.wrapping_add(whole), y.add(whole), part, count, steps);
        }
    }
}

/// One vector of channels of one window, or a part of one.
///
/// # Safety
/// The vectors at `x` and at `count` times `steps` from there must be readable, and that at `y` writable, as far as `MODE` says.
#[inline(always)]
unsafe fn window<T: Scalar, S: Simd<T>, F: Reduce<T>, const K: usize, const MODE: u8>(
    s: S,
    f: F,
    x: *const T,
    y: *mut T,
    part: S::Part,
    count: [usize; 2],
    steps: [usize; 2],
) {
    let mut total = s.splat(F::START);
    each_element!(K, count, steps, at => {
        // SAFETY: the caller's promise is the same one.
        total = f.join(s, total, unsafe { load_of::<T, S, MODE>(s, x.add(at), part) });
    });
    // SAFETY: as above.
    unsafe { store_of::<T, S, MODE>(s, f.finish(s, total), y, part) }
}
