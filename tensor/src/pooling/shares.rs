//! The gradient of a pooling: what each element of a window gets of ∂L/∂y.

use super::Pooling;
use super::places::{BESIDE, Beside, Channels, PART, WHOLE, each_element, load_of, store_of};
use super::reduce::Reduce;
use super::windows::is_unrolled;
use crate::Scalar;
use crate::simd::Simd;

#[inline(always)]
pub(super) fn gradient<T: Scalar, S: Simd<T>, F: Reduce<T>>(
    s: S,
    p: &Pooling,
    f: F,
    [x, y, dy]: [&[T]; 3],
    dx: &mut [T],
) {
    let (inputs, outputs, kernel, tiles) = (p.inputs(), p.outputs(), p.kernel(), p.tiles());
    let images = x.chunks_exact(inputs).zip(dx.chunks_exact_mut(inputs));
    for ((x, dx), (y, dy)) in images.zip(y.chunks_exact(outputs).zip(dy.chunks_exact(outputs))) {
        let given = [x, y, dy];
        match (kernel, tiles) {
            ([2, 2], true) if const { F::IS_USUAL && is_unrolled::<T>() } => {
                gradient_of::<T, S, _, 2, true>(s, p, f, given, dx);
            }
            ([3, 3], false) if const { F::IS_USUAL && is_unrolled::<T>() } => {
                gradient_of::<T, S, _, 3, false>(s, p, f, given, dx);
            }
            (_, true) => gradient_of::<T, S, _, 0, true>(s, p, f, given, dx),
            (_, false) => gradient_of::<T, S, _, 0, false>(s, p, f, given, dx),
        }
    }
}

/// The gradient of one image. Where each pixel belongs to one window (`TILES`), it is written once, and need not be 0 before.
#[inline(always)]
fn gradient_of<T: Scalar, S: Simd<T>, F: Reduce<T>, const K: usize, const TILES: bool>(
    s: S,
    p: &Pooling,
    f: F,
    [x, y, dy]: [&[T]; 3],
    dx: &mut [T],
) {
    // As in `forward_of`.
    let p = *p;
    let ([rows, columns, channels], steps) = (p.output(), p.steps());
    let (beside, inside) = (Beside::of::<T, S>(&p), p.inside(1));
    let cut = Channels::of::<T, S>(s, channels);
    if !TILES {
        dx.fill(T::ZERO);
    }
    let (x, dx) = (x.as_ptr(), dx.as_mut_ptr());
    let mut of = Window { x, y: y.as_ptr(), dy: dy.as_ptr(), dx };
    for row in 0..rows {
        let high = p.under(0, row);
        let mut column = 0;
        while column < columns {
            // SAFETY (of both): as in `forward_of`: `gradient` gives an image of x and of dx, and an output of y and of dy.
            if K > 0 && high.count == K && column == inside.start && column < inside.end {
                of = of.at(x, dx, p.pixel(high.first, p.under(1, column).first));
                for column in inside.clone() {
                    let near = beside.holds(column, p.first_inside(column));
                    // SAFETY: as above.
                    unsafe { share_channels::<T, S, F, K, TILES>(s, f, of, cut, near, [K, K], steps) };
                    of = of.next(p.step(), channels);
                }
                column = inside.end;
                continue;
            }
            let wide = p.under(1, column);
            of = of.at(x, dx, p.pixel(high.first, wide.first));
            let (near, count) = (beside.holds(column, wide.first), [high.count, wide.count]);
            // SAFETY: as above.
            unsafe { share_channels::<T, S, F, K, TILES>(s, f, of, cut, near, count, steps) };
            of = of.next(0, channels);
            column += 1;
        }
    }
}

/// The gradient of one window.
///
/// # Safety
/// As of [`share`], for all channels; `near` says whether as much follows as [`BESIDE`] says.
#[inline(always)]
unsafe fn share_channels<T: Scalar, S: Simd<T>, F: Reduce<T>, const K: usize, const TILES: bool>(
    s: S,
    f: F,
    of: Window<T>,
    cut: Channels<S::Part>,
    near: bool,
    count: [usize; 2],
    steps: [usize; 2],
) {
    let Channels { whole, rest, part } = cut;
    // SAFETY: the caller's promise is the same one.
    unsafe {
        for first in (0..whole).step_by(S::LANES) {
            share::<T, S, F, K, TILES, WHOLE>(s, f, of.next(first, first), part, count, steps);
        }
        if near {
            share::<T, S, F, K, TILES, BESIDE>(s, f, of, part, count, steps);
        } else if rest {
            share::<T, S, F, K, TILES, PART>(s, f, of.next(whole, whole), part, count, steps);
        }
    }
}

/// Where a vector of channels of one window stands.
#[derive(Clone, Copy)]
struct Window<T> {
    x: *const T,
    y: *const T,
    dy: *const T,
    dx: *mut T,
}

impl<T: Copy> Window<T> {
    /// The same place in the output, and `pixel` elements behind the starts of x and dx.
    #[inline(always)]
    fn at(self, x: *const T, dx: *mut T, pixel: usize) -> Self {
        Self { x: x.wrapping_add(pixel), dx: dx.wrapping_add(pixel), ..self }
    }

    /// So many elements further in the image and in the output.
    #[inline(always)]
    fn next(self, inputs: usize, outputs: usize) -> Self {
        let Self { x, y, dy, dx } = self;
        Self {
            x: x.wrapping_add(inputs),
            y: y.wrapping_add(outputs),
            dy: dy.wrapping_add(outputs),
            dx: dx.wrapping_add(inputs),
        }
    }
}

/// The gradient of one vector of channels of one window, or a part of one.
///
/// # Safety
/// The vectors at all places of `of` must be readable, and those at `count` times `steps` from its `x`; as many at its `dx` must be
/// readable and writable; all of them as far as `MODE` says.
#[inline(always)]
unsafe fn share<T: Scalar, S: Simd<T>, F: Reduce<T>, const K: usize, const TILES: bool, const MODE: u8>(
    s: S,
    f: F,
    of: Window<T>,
    part: S::Part,
    count: [usize; 2],
    steps: [usize; 2],
) {
    let Window { x, y, dy, dx } = of;
    // SAFETY: the caller's promise is the same one.
    let y = unsafe { load_of::<T, S, MODE>(s, y, part) };
    // SAFETY: as above. Behind the last channel there is nothing to share: where pixels are added to, those beside stay as they are.
    let dy = unsafe { if MODE == WHOLE { s.load_at(dy) } else { s.load_part_at(dy, part) } };
    let mut left = f.begin(s, dy);
    each_element!(K, count, steps, at => {
        // SAFETY: as above.
        unsafe {
            let (share, rest) = f.share(s, load_of::<T, S, MODE>(s, x.add(at), part), y, left);
            left = rest;
            let sum = if TILES { share } else { s.add(load_of::<T, S, MODE>(s, dx.add(at), part), share) };
            store_of::<T, S, MODE>(s, sum, dx.add(at), part);
        }
    });
}
