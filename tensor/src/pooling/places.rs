//! Where the vectors of channels of a window stand, and how much of them may be read and written.

use super::Pooling;
use crate::Scalar;
use crate::simd::Simd;
use crate::simd::columns::{load, store};

/// A whole vector of channels.
pub(super) const WHOLE: u8 = 0;

/// The last channels of a pixel, which are less than a vector.
pub(super) const PART: u8 = 1;

/// All channels of a pixel, which are less than a vector, where as much of a row of the image and of the output follows as a vector
/// has: whole vectors are faster. What they hold of the next pixels is written again as it was, or will be.
pub(super) const BESIDE: u8 = 2;

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

pub(super) use each_element;

/// The channels of a pixel: how many of them fill vectors, and whether the rest is a part of one.
#[derive(Clone, Copy)]
pub(super) struct Channels<P> {
    pub(super) whole: usize,
    pub(super) rest: bool,
    pub(super) part: P,
}

impl<P> Channels<P> {
    #[inline(always)]
    pub(super) fn of<T: Scalar, S: Simd<T, Part = P>>(s: S, channels: usize) -> Self {
        let whole = channels / S::LANES * S::LANES;
        Self { whole, rest: whole < channels, part: s.part(channels - whole) }
    }
}

/// Which windows have as much beside them as [`BESIDE`] says.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    /// The windows of a row that have it in the output.
    columns: usize,
    /// The columns of the image from which on a pixel has not.
    pixels: usize,
    /// From the first element of a window to the last, in columns of the image.
    reach: usize,
}

impl Beside {
    #[inline(always)]
    pub(super) fn of<T: Scalar, S: Simd<T>>(p: &Pooling) -> Self {
        let ([_, columns, channels], [_, width, _]) = (p.output(), p.input());
        // So many pixels hold a vector; none do if one alone does.
        let pixels = if channels < S::LANES { S::LANES.div_ceil(channels) } else { usize::MAX };
        let before = |size: usize| (size + 1).saturating_sub(pixels);
        Self { columns: before(columns), pixels: before(width), reach: p.reach() }
    }

    /// Whether the window at `column`, which sees the image from `first` on, is one of them.
    #[inline(always)]
    pub(super) fn holds(self, column: usize, first: usize) -> bool {
        column < self.columns && first + self.reach < self.pixels
    }
}

/// A vector, or `part` of one where `MODE` is [`PART`].
///
/// # Safety
/// The elements must be readable.
#[inline(always)]
pub(super) unsafe fn load_of<T: Scalar, S: Simd<T>, const MODE: u8>(s: S, from: *const T, part: S::Part) -> S::V {
    // SAFETY: the caller's promise is the same one.
    unsafe { if MODE == PART { load::<T, S, false>(s, from, part) } else { load::<T, S, true>(s, from, part) } }
}

/// Writes a vector, or `part` of one where `MODE` is [`PART`].
///
/// # Safety
/// The elements must be writable.
#[inline(always)]
pub(super) unsafe fn store_of<T: Scalar, S: Simd<T>, const MODE: u8>(s: S, v: S::V, to: *mut T, part: S::Part) {
    // SAFETY: the caller's promise is the same one.
    unsafe { if MODE == PART { store::<T, S, false>(s, v, to, part) } else { store::<T, S, true>(s, v, to, part) } }
}
