//! The loops over windows: a vector of channels at a time goes through the elements of each.
//!
//! They are compiled once for each scalar and lane, in this crate, and the usual windows of 2×2 and 3×3 are unrolled.

use super::Reduction;
use super::shape::Pooling;
use crate::Scalar;
use crate::simd::columns::{load, store};
use crate::simd::{Kernel, Simd};

/// A pass over some images, whose lengths have been checked.
pub enum Pass<'a, T> {
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

/// What becomes of the elements of a window, and of the gradient of that.
trait Reduce<T: Scalar>: Copy {
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

/// Whether there is no NaN in `y`.
#[inline(always)]
fn are_numbers<T: Scalar, S: Simd<T>>(s: S, y: &[T]) -> bool {
    let (zero, one) = (s.splat(T::ZERO), s.splat(T::one()));
    let mut others = zero;
    for y in y.chunks(S::LANES) {
        let y = if y.len() == S::LANES { s.load(y) } else { s.load_part(y, T::ZERO) };
        others = s.select(s.eq(y, y), others, one);
    }
    s.sum(others) == T::ZERO
}

/// The largest; where `NUMBERS`, it is a number in each window, as nearly always, and to find it takes half as many steps.
#[derive(Clone, Copy)]
struct Largest<const NUMBERS: bool>;

impl<T: Scalar, const NUMBERS: bool> Reduce<T> for Largest<NUMBERS> {
    const START: T = T::LOWEST;

    /// The lane's maximum is its second argument where either is not a number, so only a total that is none must be kept.
    #[inline(always)]
    fn join<S: Simd<T>>(self, s: S, total: S::V, x: S::V) -> S::V {
        s.select(s.eq(total, total), s.max(total, x), total)
    }

    #[inline(always)]
    fn finish<S: Simd<T>>(self, _: S, total: S::V) -> S::V {
        total
    }

    #[inline(always)]
    fn begin<S: Simd<T>>(self, _: S, dy: S::V) -> S::V {
        dy
    }

    /// All to the first that is y; one that is not a number is, since it has won.
    #[inline(always)]
    fn share<S: Simd<T>>(self, s: S, x: S::V, y: S::V, left: S::V) -> (S::V, S::V) {
        let zero = s.splat(T::ZERO);
        if NUMBERS {
            // Nothing is larger than y.
            let loses = s.lt(x, y);
            return (s.select(loses, zero, left), s.select(loses, left, zero));
        }
        let (number, equal) = (s.eq(x, x), s.eq(x, y));
        (s.select(number, s.select(equal, left, zero), left), s.select(number, s.select(equal, zero, left), zero))
    }
}

/// The mean of so many elements.
#[derive(Clone, Copy)]
struct Mean<T>(T);

fn mean<T: Scalar>(p: &Pooling) -> Mean<T> {
    Mean(T::of(p.elements() as f64))
}

impl<T: Scalar> Reduce<T> for Mean<T> {
    const START: T = T::ZERO;

    #[inline(always)]
    fn join<S: Simd<T>>(self, s: S, total: S::V, x: S::V) -> S::V {
        s.add(total, x)
    }

    #[inline(always)]
    fn finish<S: Simd<T>>(self, s: S, total: S::V) -> S::V {
        s.div(total, s.splat(self.0))
    }

    #[inline(always)]
    fn begin<S: Simd<T>>(self, s: S, dy: S::V) -> S::V {
        s.div(dy, s.splat(self.0))
    }

    /// The same to each.
    #[inline(always)]
    fn share<S: Simd<T>>(self, _: S, _: S::V, _: S::V, left: S::V) -> (S::V, S::V) {
        (left, left)
    }
}

/// A whole vector of channels.
const WHOLE: u8 = 0;

/// The last channels of a pixel, which are less than a vector.
const PART: u8 = 1;

/// All channels of a pixel, which are less than a vector, where as much of a row of the image and of the output follows as a vector
/// has: whole vectors are faster. What they hold of the next pixels is written again as it was, or will be.
const BESIDE: u8 = 2;

/// Runs `$body` with the distance `$at` of each element of a window of `$count` rows and columns from its first, row by row.
/// Windows of `$k`×`$k` are unrolled.
macro_rules! each_element {
    ($k:ident, $count:ident, $steps:ident, $at:ident => $body:block) => {
        let ([high, wide], [down, right]) = ($count, $steps);
        if $k > 0 && high == $k && wide == $k {
            for i in 0..$k {
                for j in 0..$k {
                    let $at = i * down + j * right;
                    $body
                }
            }
        } else {
            for i in 0..high {
                for j in 0..wide {
                    let $at = i * down + j * right;
                    $body
                }
            }
        }
    };
}

#[inline(always)]
fn forward<T: Scalar, S: Simd<T>>(s: S, p: &Pooling, f: impl Reduce<T>, x: &[T], y: &mut [T]) {
    match p.kernel() {
        [2, 2] => forward_of::<T, S, _, 2>(s, p, f, x, y),
        [3, 3] => forward_of::<T, S, _, 3>(s, p, f, x, y),
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
                    all_channels::<T, S, F, K>(s, f, (x, y), cut, beside.holds(column, wide.first), count, steps)
                };
                y = y.wrapping_add(channels);
                column += 1;
            }
        }
    }
}

/// The channels of a pixel: how many of them fill vectors, and whether the rest is a part of one.
#[derive(Clone, Copy)]
struct Channels<P> {
    whole: usize,
    rest: bool,
    part: P,
}

impl<P> Channels<P> {
    #[inline(always)]
    fn of<T: Scalar, S: Simd<T, Part = P>>(s: S, channels: usize) -> Self {
        let whole = channels / S::LANES * S::LANES;
        Self { whole, rest: whole < channels, part: s.part(channels - whole) }
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

/// Which windows have as much beside them as [`BESIDE`] says.
#[derive(Clone, Copy)]
struct Beside {
    /// The windows of a row that have it in the output.
    columns: usize,
    /// The columns of the image from which on a pixel has not.
    pixels: usize,
    /// From the first element of a window to the last, in columns of the image.
    reach: usize,
}

impl Beside {
    #[inline(always)]
    fn of<T: Scalar, S: Simd<T>>(p: &Pooling) -> Self {
        let ([_, columns, channels], [_, width, _]) = (p.output(), p.input());
        // So many pixels hold a vector; none do if one alone does.
        let pixels = if channels < S::LANES { S::LANES.div_ceil(channels) } else { usize::MAX };
        let before = |size: usize| (size + 1).saturating_sub(pixels);
        Self { columns: before(columns), pixels: before(width), reach: p.reach() }
    }

    /// Whether the window at `column`, which sees the image from `first` on, is one of them.
    #[inline(always)]
    fn holds(self, column: usize, first: usize) -> bool {
        column < self.columns && first + self.reach < self.pixels
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

#[inline(always)]
fn gradient<T: Scalar, S: Simd<T>>(s: S, p: &Pooling, f: impl Reduce<T>, [x, y, dy]: [&[T]; 3], dx: &mut [T]) {
    let (inputs, outputs, kernel, tiles) = (p.inputs(), p.outputs(), p.kernel(), p.tiles());
    let images = x.chunks_exact(inputs).zip(dx.chunks_exact_mut(inputs));
    for ((x, dx), (y, dy)) in images.zip(y.chunks_exact(outputs).zip(dy.chunks_exact(outputs))) {
        let given = [x, y, dy];
        match (kernel, tiles) {
            ([2, 2], true) => gradient_of::<T, S, _, 2, true>(s, p, f, given, dx),
            ([3, 3], false) => gradient_of::<T, S, _, 3, false>(s, p, f, given, dx),
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

/// A vector, or `part` of one where `MODE` is [`PART`].
///
/// # Safety
/// The elements must be readable.
#[inline(always)]
unsafe fn load_of<T: Scalar, S: Simd<T>, const MODE: u8>(s: S, from: *const T, part: S::Part) -> S::V {
    // SAFETY: the caller's promise is the same one.
    unsafe { if MODE == PART { load::<T, S, false>(s, from, part) } else { load::<T, S, true>(s, from, part) } }
}

/// Writes a vector, or `part` of one where `MODE` is [`PART`].
///
/// # Safety
/// The elements must be writable.
#[inline(always)]
unsafe fn store_of<T: Scalar, S: Simd<T>, const MODE: u8>(s: S, v: S::V, to: *mut T, part: S::Part) {
    // SAFETY: the caller's promise is the same one.
    unsafe { if MODE == PART { store::<T, S, false>(s, v, to, part) } else { store::<T, S, true>(s, v, to, part) } }
}
