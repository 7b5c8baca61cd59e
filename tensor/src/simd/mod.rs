//! Loops at the processor's full width, without `target-cpu=native`.
//!
//! A loop is written once, as a [`Kernel`] over any [`Simd`] token. [`Scalar::dispatch`](crate::Scalar::dispatch) runs
//! it on the widest **lane** that this processor has. A token exists only where the processor has its instructions, so
//! everything that takes one is safe to call.
//!
//! | lane | file | f32 per vector | chosen where |
//! | --- | --- | --- | --- |
//! | portable | `portable.rs` | 8 | everywhere; the truth that the others are tested against |
//! | avx2 | `avx2.rs` | 8 | x86-64 with AVX2 and FMA |
//! | avx512 | `avx512.rs` | 16 | x86-64 with AVX-512F |
//! | neon | `neon.rs` | 4 | aarch64 |
//!
//! `TYPEDNET_LANE=portable` (or another name from the table) forces a lane; a lane that the processor does not have is
//! refused with a message. Without `std` the lane is the widest that the crate was compiled for.

use core::fmt::Debug;
use core::marker::PhantomData;

pub(crate) mod columns;
pub(crate) mod dispatch;
mod exp;
pub mod functions;
mod map;
mod methods;
mod portable;
pub(crate) mod row;
mod transpose;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod fence;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(test)]
pub(crate) mod tests;

#[doc(hidden)]
pub use dispatch::Chosen;
pub(crate) use dispatch::chosen;
#[cfg(feature = "matrixmultiply")]
pub(crate) use dispatch::leave_products_to_the_library;
pub use dispatch::{Lane, lane};
pub use map::{Map, Reduce, Zip, map, map_in_place, reduce, zip};
pub use portable::Portable;
pub use row::{Columns, Row, columns};

/// A loop that can run on any lane.
///
/// Mark `run` `#[inline(always)]`: it must be inlined into a function that is compiled for the lane's instructions.
pub trait Kernel<T> {
    /// What the loop gives back.
    type Output;

    /// Runs the loop with the lane `s`.
    fn run<S: Simd<T>>(self, s: S) -> Self::Output;
}

/// The vector instructions of one lane for elements of type `T`.
///
/// `a`, `b`, `c` are vectors; every operation works on each element by itself unless it says otherwise. All loads and
/// stores are unaligned and check their bounds.
///
/// # Safety
/// Kernels read and write through pointers as far as this says. A vector is [`LANES`](Simd::LANES) elements, a part of one as many as it was made of,
/// a block [`BLOCK`](Simd::BLOCK) rows and columns, and the methods touch these elements and no others. [`call`](Simd::call) runs the kernel with
/// the same token.
pub unsafe trait Simd<T>: Copy + 'static {
    /// A vector of [`LANES`](Simd::LANES) elements.
    type V: Copy + Debug;

    /// One yes or no for every element.
    type M: Copy;

    /// The first few elements of a vector, as masked loads and stores take them.
    type Part: Copy;

    /// How many elements a vector holds.
    const LANES: usize;

    /// How many vectors the processor's registers hold.
    const REGISTERS: usize;

    /// Runs `kernel` on this lane in a function of its own, which is compiled once however many loops call it.
    fn call<K: Kernel<T>>(self, kernel: K) -> K::Output;

    /// `x` in every element.
    fn splat(self, x: T) -> Self::V;

    /// The first [`LANES`](Simd::LANES) elements of `x`.
    ///
    /// # Panics
    /// If `x` is shorter.
    fn load(self, x: &[T]) -> Self::V;

    /// The elements of `x`, at most [`LANES`](Simd::LANES), and `fill` behind them.
    fn load_part(self, x: &[T], fill: T) -> Self::V;

    /// Writes `v` to the first [`LANES`](Simd::LANES) elements of `to`.
    ///
    /// # Panics
    /// If `to` is shorter.
    fn store(self, v: Self::V, to: &mut [T]);

    /// Writes the first `to.len()` elements of `v`, at most [`LANES`](Simd::LANES).
    fn store_part(self, v: Self::V, to: &mut [T]);

    /// The first `len` elements.
    ///
    /// # Panics
    /// If a vector has fewer.
    fn part(self, len: usize) -> Self::Part;

    /// The [`LANES`](Simd::LANES) elements at `from`.
    ///
    /// # Safety
    /// They must be readable.
    unsafe fn load_at(self, from: *const T) -> Self::V;

    /// The elements of `part` at `from`, and zeros behind them.
    ///
    /// # Safety
    /// The elements of `part` must be readable.
    unsafe fn load_part_at(self, from: *const T, part: Self::Part) -> Self::V;

    /// Asks for the cache line of `at`, which is read soon. It may be anywhere: nothing is read that a program could see.
    #[inline(always)]
    fn prefetch(self, at: *const T) {
        let _ = at;
    }

    /// Writes `v` to the [`LANES`](Simd::LANES) elements at `to`.
    ///
    /// # Safety
    /// They must be writable.
    unsafe fn store_at(self, v: Self::V, to: *mut T);

    /// Writes the elements of `part` to `to`.
    ///
    /// # Safety
    /// The elements of `part` must be writable.
    unsafe fn store_part_at(self, v: Self::V, to: *mut T, part: Self::Part);

    /// Writes `v` to the [`LANES`](Simd::LANES) elements at `to`, past the caches where the lane can: for what another
    /// processor has read and will read again. An ordinary store first has to take the line from the other's cache, which
    /// costs ten times as much where both share no cache. [`publish`](Simd::publish) must follow before another thread
    /// reads.
    ///
    /// # Safety
    /// The elements must be writable, and `to` aligned to a whole vector. Nobody may read or write them again, this thread
    /// included, before this thread has called [`publish`](Simd::publish). [`stream_each`](Simd::stream_each) is the safe
    /// way.
    unsafe fn stream_at(self, v: Self::V, to: *mut T) {
        // SAFETY: the caller promises the elements.
        unsafe { self.store_at(v, to) }
    }

    /// Replaces each vector of `data` by what `f` makes of its place (that of its first element) and itself, from the
    /// first to the last, past the caches where the lane can and `data` is aligned to whole vectors.
    ///
    /// All is [published](Simd::publish) when it returns, and when `f` panics.
    ///
    /// # Panics
    /// If `data` is not a whole number of vectors.
    #[inline(always)]
    fn stream_each(self, data: &mut [T], mut f: impl FnMut(usize, Self::V) -> Self::V) {
        assert!(data.len().is_multiple_of(Self::LANES), "{} elements are not vectors of {}", data.len(), Self::LANES);
        let aligned = data.as_ptr().addr().is_multiple_of(size_of::<Self::V>());
        let _published = Published(self, PhantomData);
        // One loop: a closure that two loops call may be inlined into neither, and is not compiled for the lane then.
        for (i, data) in data.chunks_exact_mut(Self::LANES).enumerate() {
            let v = f(i * Self::LANES, self.load(data));
            if aligned {
                // SAFETY: `data` is a whole vector, and it is aligned since the first one is. It is borrowed uniquely until
                // this function ends, which `_published` does not let happen before all is published.
                unsafe { self.stream_at(v, data.as_mut_ptr()) }
            } else {
                self.store(v, data);
            }
        }
    }

    /// Puts what [`stream_at`](Simd::stream_at) has written before everything that this thread writes afterwards.
    fn publish(self) {}

    /// The sides of the square block that [`transpose_at`](Simd::transpose_at) turns.
    const BLOCK: usize;

    /// Writes element (i, j) of a [`BLOCK`](Simd::BLOCK)×`BLOCK` matrix at `from`, whose rows are `from_row` apart, to
    /// place (j, i) of one at `to`, whose rows are `to_row` apart.
    ///
    /// # Safety
    /// The elements of the first must be readable, those of the second writable.
    unsafe fn transpose_at(self, from: *const T, from_row: usize, to: *mut T, to_row: usize);

    /// The first [`LANES`](Simd::LANES) bytes of `x` as numbers.
    ///
    /// # Panics
    /// If `x` is shorter.
    fn widen(self, x: &[u8]) -> Self::V;

    /// a + b
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// a − b
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// a · b
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// a / b
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// a · b + c, rounded once where the lane can, else twice.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// The larger of both; `b` where either is not a number.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// The smaller of both; `b` where either is not a number.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// √a
    fn sqrt(self, a: Self::V) -> Self::V;
    /// |a|
    fn abs(self, a: Self::V) -> Self::V;
    /// −a
    fn neg(self, a: Self::V) -> Self::V;
    /// The nearest whole number, ties to even.
    fn round(self, a: Self::V) -> Self::V;
    /// 2ⁿ for whole n for which 2ⁿ is a normal number.
    fn pow2(self, n: Self::V) -> Self::V;

    /// a < b; no where either is not a number.
    fn lt(self, a: Self::V, b: Self::V) -> Self::M;
    /// a ≤ b; no where either is not a number.
    fn le(self, a: Self::V, b: Self::V) -> Self::M;
    /// a = b; no where either is not a number.
    fn eq(self, a: Self::V, b: Self::V) -> Self::M;
    /// `yes` where the mask says so, else `no`.
    fn select(self, mask: Self::M, yes: Self::V, no: Self::V) -> Self::V;

    /// The sum of all elements.
    fn sum(self, a: Self::V) -> T;
    /// The largest of all elements.
    fn largest(self, a: Self::V) -> T;

    /// eᵃ, at most 2 units in the last place from the true value; ∞ above the type's range, 0 where eᵃ is below its
    /// smallest normal number; NaN stays NaN.
    fn exp(self, a: Self::V) -> Self::V;

    /// eᵃ where a is so moderate that eᵃ and e⁻ᵃ are normal numbers, as [`exp`](Simd::exp) has it, which first asks where that is not so;
    /// NaN stays NaN.
    #[inline(always)]
    fn exp_of_moderate(self, a: Self::V) -> Self::V {
        self.exp(a)
    }

    /// `f` of each element, one after the other: for functions that have no vector form.
    fn each(self, a: Self::V, f: impl Fn(T) -> T) -> Self::V;
}

/// Publishes what has been streamed, however the loop ends.
struct Published<T, S: Simd<T>>(S, PhantomData<T>);

impl<T, S: Simd<T>> Drop for Published<T, S> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.publish();
    }
}
