//! The lane that every processor has: plain arrays, which the compiler turns into whatever vectors it may use.
//!
//! It is the reference for the others, and it rounds every operation by itself: its bits are the same on every machine.

use core::sync::atomic::{Ordering, compiler_fence};

use super::methods::of_lengths;
use super::{Kernel, Simd, exp, transpose};

/// The lane without special instructions.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

/// Keeps the compiler from making vectors across several turns of a loop, for which it would take the arrays apart and
/// put them together again: Adam's pass took 147 µs so, and takes 63 µs with vectors along the arrays. It costs nothing.
#[inline(always)]
fn keep_together() {
    compiler_fence(Ordering::Release);
}

/// An array whose element `i` is this expression of `i`.
///
/// A loop and no closure: what a closure is handed to (`array::from_fn`, `map`) is not inlined where crates are not optimised across
/// their parts, as in tests, and then costs a call for each element.
macro_rules! by_lane {
    ($t:ident, $lanes:literal, $i:ident => $element:expr) => {{
        let mut array = [$t::default(); $lanes];
        let mut $i = 0;
        while $i < $lanes {
            array[$i] = $element;
            $i += 1;
        }
        array
    }};
}

macro_rules! portable {
    ($t:ident, $mask:ident, $lanes:literal, $pow2:expr) => {
        const _: () = {
            /// All bits of a mask's element: ones or zeros.
            #[inline(always)]
            fn ones(yes: bool) -> $mask {
                $mask::from(yes).wrapping_neg()
            }

            // SAFETY: vectors, parts and blocks are of the elements that the constants say, and a call hands on the token.
            unsafe impl Simd<$t> for Portable {
                type V = [$t; $lanes];
                // All bits of an element's mask are alike: the compiler makes vectors of these, but not of `bool`s.
                type M = [$mask; $lanes];
                type Part = usize;
                const LANES: usize = $lanes;
                const REGISTERS: usize = 8;

                of_lengths!($t, $lanes, array | _, v | v);

                #[inline(always)]
                fn splat(self, x: $t) -> Self::V {
                    [x; $lanes]
                }
                #[inline(always)]
                fn load(self, x: &[$t]) -> Self::V {
                    *x.first_chunk().expect("a whole vector")
                }
                #[inline(always)]
                fn store(self, v: Self::V, to: &mut [$t]) {
                    keep_together();
                    *to.first_chunk_mut().expect("a whole vector") = v;
                }
                #[inline(always)]
                unsafe fn load_at(self, from: *const $t) -> Self::V {
                    // SAFETY: the caller's promise is the same one; an array has its element's alignment.
                    unsafe { from.cast::<[$t; $lanes]>().read() }
                }
                #[inline(always)]
                unsafe fn store_at(self, v: Self::V, to: *mut $t) {
                    // SAFETY: the caller's promise is the same one.
                    unsafe { to.cast::<[$t; $lanes]>().write(v) }
                }
                #[inline(always)]
                fn add(self, a: Self::V, b: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => a[i] + b[i])
                }
                #[inline(always)]
                fn sub(self, a: Self::V, b: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => a[i] - b[i])
                }
                #[inline(always)]
                fn mul(self, a: Self::V, b: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => a[i] * b[i])
                }
                #[inline(always)]
                fn div(self, a: Self::V, b: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => a[i] / b[i])
                }
                #[inline(always)]
                fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => a[i] * b[i] + c[i])
                }
                #[inline(always)]
                fn max(self, a: Self::V, b: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => if a[i] > b[i] { a[i] } else { b[i] })
                }
                #[inline(always)]
                fn min(self, a: Self::V, b: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => if a[i] < b[i] { a[i] } else { b[i] })
                }
                #[inline(always)]
                fn sqrt(self, a: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => num_traits::Float::sqrt(a[i]))
                }
                #[inline(always)]
                fn abs(self, a: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => num_traits::Float::abs(a[i]))
                }
                #[inline(always)]
                fn neg(self, a: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => -a[i])
                }
                #[inline(always)]
                fn round(self, a: Self::V) -> Self::V {
                    // Adding and taking away 1.5 · 2^(mantissa bits) leaves the nearest whole number, ties to even.
                    const MAGIC: $t = 1.5 / $t::EPSILON;
                    by_lane!($t, $lanes, i => if a[i].abs() < 0.5 / $t::EPSILON { (a[i] + MAGIC) - MAGIC } else { a[i] })
                }
                #[inline(always)]
                fn pow2(self, n: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => ($pow2)(n[i]))
                }
                #[inline(always)]
                fn lt(self, a: Self::V, b: Self::V) -> Self::M {
                    by_lane!($mask, $lanes, i => ones(a[i] < b[i]))
                }
                #[inline(always)]
                fn le(self, a: Self::V, b: Self::V) -> Self::M {
                    by_lane!($mask, $lanes, i => ones(a[i] <= b[i]))
                }
                #[inline(always)]
                #[allow(clippy::float_cmp, reason = "this is the definition of the comparison")]
                fn eq(self, a: Self::V, b: Self::V) -> Self::M {
                    by_lane!($mask, $lanes, i => ones(a[i] == b[i]))
                }
                #[inline(always)]
                fn select(self, mask: Self::M, yes: Self::V, no: Self::V) -> Self::V {
                    by_lane!($t, $lanes, i => $t::from_bits(mask[i] & yes[i].to_bits() | !mask[i] & no[i].to_bits()))
                }
                #[inline(always)]
                fn each(self, a: Self::V, f: impl Fn($t) -> $t) -> Self::V {
                    by_lane!($t, $lanes, i => f(a[i]))
                }
            }
        };
    };
}

portable!(f32, u32, 8, |n: f32| f32::from_bits((n as i32 + 127).cast_unsigned() << 23));
portable!(f64, u64, 4, |n: f64| f64::from_bits((n as i64 + 1023).cast_unsigned() << 52));
