//! The numbers that everything is made of.

use core::fmt::{Debug, Display};

use num_traits::{Float, FromPrimitive, NumAssign};

#[cfg(feature = "std")]
use crate::matmul::{MatMut, MatRef};
use crate::simd::{Kernel, Lane};
use crate::{Beside, Count, Sample};

/// A value that may stand in a sample or a parameter block: plain bytes, no padding, valid when all its bytes are zero.
///
/// # Safety
/// Every bit pattern of zeros is a valid value, the type has no padding and no interior mutability, and it is not
/// zero-sized.
pub unsafe trait Element: Copy + Send + Sync + 'static {
    /// A number that tells its values apart: its bits.
    fn bits(self) -> u64;
}

// SAFETY: primitive numbers have no padding, and zero is one of their values.
unsafe impl Element for f32 {
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self.to_bits())
    }
}

// SAFETY: as above.
unsafe impl Element for f64 {
    #[inline]
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

// SAFETY: as above.
unsafe impl Element for u8 {
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self)
    }
}

/// An element that any bytes make, so that a block of them can be read from a file: see
/// [`from_le_bytes`](crate::from_le_bytes).
///
/// # Safety
/// Every pattern of bits is a valid value.
pub unsafe trait AnyBits: Element {}

// SAFETY: every pattern of bits is a number or NaN.
unsafe impl AnyBits for f32 {}
// SAFETY: as above.
unsafe impl AnyBits for f64 {}
// SAFETY: as above.
unsafe impl AnyBits for u8 {}

/// A real number that a network computes with: [`f32`] or [`f64`].
///
/// The trait is sealed: kernels are written for these two.
pub trait Scalar:
    AnyBits
    + Beside<Self, Elem = Self>
    + Count
    + Sample<Elem = Self, Grad = Self>
    + Float
    + NumAssign
    + FromPrimitive
    + Default
    + Debug
    + Display
    + core::iter::Sum
    + sealed::Sealed
{
    /// The type's name as it stands in summaries and files.
    const NAME: &'static str;

    /// 0
    const ZERO: Self;

    /// −∞, below which nothing is.
    const LOWEST: Self;

    /// The nearest value to `x`.
    fn of(x: f64) -> Self;

    /// The value as an [`f64`], exactly.
    fn to_f64_exact(self) -> f64;

    /// The error function, 2/√π ∫₀ˣ e^(−t²) dt.
    #[must_use]
    fn erf(self) -> Self;

    /// Runs `kernel` on the widest lane that this processor has (see [`crate::simd`]).
    #[inline]
    fn dispatch<K: Kernel<Self>>(kernel: K) -> K::Output {
        Self::dispatch_on(crate::simd::lane(), kernel)
    }

    /// Runs `kernel` on the given lane.
    ///
    /// # Panics
    /// If this processor does not have the lane.
    fn dispatch_on<K: Kernel<Self>>(lane: Lane, kernel: K) -> K::Output;

    /// C ← A·B + β·C by `matrixmultiply`, with its run-time choice of instructions.
    ///
    /// Sizes are m, k and n; a matrix is its first element, its row stride and its column stride.
    ///
    /// # Safety
    /// The three matrices must be m×k, k×n and m×n elements that may be read (`a`, `b`) and written (`c`; read too
    /// unless `beta` is 0), and `c` must not overlap the others.
    #[cfg(feature = "matrixmultiply")]
    #[doc(hidden)]
    unsafe fn gemm(
        sizes: (usize, usize, usize),
        a: (*const Self, isize, isize),
        b: (*const Self, isize, isize),
        beta: Self,
        c: (*mut Self, isize, isize),
    );

    /// C ← f(A·B + bias) of operands that are rounded to bf16, where numbers are [`f32`].
    ///
    /// # Panics
    /// If they are not.
    #[cfg(feature = "std")]
    #[doc(hidden)]
    fn product_rounded(
        _: (Lane, crate::Precision),
        _: (MatRef<'_, Self>, MatRef<'_, Self>),
        _: Option<&[Self]>,
        _: MatMut<'_, Self>,
        _: bool,
    ) {
        panic!("products of {} are not computed in bf16: take numbers of f32, or `Precision::F32`", Self::NAME);
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! scalar {
    ($t:ident, $erf:path, $gemm:ident $(, $rounded:path)?) => {
        impl Scalar for $t {
            const NAME: &'static str = stringify!($t);
            const ZERO: Self = 0.0;
            const LOWEST: Self = $t::NEG_INFINITY;

            #[inline]
            fn of(x: f64) -> Self {
                x as $t
            }

            #[inline]
            fn to_f64_exact(self) -> f64 {
                f64::from(self)
            }

            #[inline]
            fn erf(self) -> Self {
                $erf(self)
            }

            #[inline]
            fn dispatch_on<K: Kernel<Self>>(lane: Lane, kernel: K) -> K::Output {
                crate::simd::dispatch::$t(lane, kernel)
            }

            #[cfg(feature = "matrixmultiply")]
            unsafe fn gemm(
                (m, k, n): (usize, usize, usize),
                a: (*const Self, isize, isize),
                b: (*const Self, isize, isize),
                beta: Self,
                c: (*mut Self, isize, isize),
            ) {
                // SAFETY: the caller's promise is the same one.
                unsafe { matrixmultiply::$gemm(m, k, n, 1.0, a.0, a.1, a.2, b.0, b.1, b.2, beta, c.0, c.1, c.2) }
            }

            $(
                #[cfg(feature = "std")]
                fn product_rounded(
                    how: (Lane, crate::Precision),
                    matrices: (MatRef<'_, Self>, MatRef<'_, Self>),
                    bias: Option<&[Self]>,
                    c: MatMut<'_, Self>,
                    relu: bool,
                ) {
                    $rounded(how, matrices, bias, c, relu);
                }
            )?
        }
    };
}

scalar!(f32, libm::erff, sgemm, crate::matmul::bf16::product);
scalar!(f64, libm::erf, dgemm);
