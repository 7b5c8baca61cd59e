//! The lane that a pass runs on.

use crate::Scalar;
use crate::simd::{Kernel, Lane, Simd};

/// A lane, and what its vectors and registers hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Width {
    pub(crate) lane: Lane,
    /// The elements of a vector.
    pub(super) lanes: usize,
    /// The vectors that the registers hold.
    pub(super) registers: usize,
    /// The side of the blocks that are turned.
    pub(super) block: usize,
}

impl Width {
    #[inline(never)]
    pub(super) fn of<T: Scalar>(lane: Lane) -> Self {
        struct Sizes;
        impl<T: Scalar> Kernel<T> for Sizes {
            type Output = [usize; 3];
            #[inline(always)]
            fn run<S: Simd<T>>(self, _: S) -> [usize; 3] {
                [S::LANES, S::REGISTERS, S::BLOCK]
            }
        }
        let [lanes, registers, block] = T::dispatch_on(lane, Sizes);
        Self { lane, lanes, registers, block }
    }

    /// The lane for results whose rows are `columns` elements long: where half a vector of 512 bits is enough, 256 are, of which a
    /// processor has as many at a time or more.
    pub(crate) fn for_columns<T: Scalar>(lane: Lane, columns: usize) -> Self {
        let width = Self::of::<T>(lane);
        if lane == Lane::Avx512 && columns <= width.lanes / 2 { Self::of::<T>(Lane::Avx2) } else { width }
    }

    /// How long it takes to multiply a row of so many columns, in eighths of the time that a vector of 256 bits takes.
    pub(super) fn time(self, columns: usize) -> usize {
        let vectors = columns.div_ceil(self.lanes);
        match (self.lane, vectors) {
            (Lane::Avx512, _) => 16 * vectors,
            // Loads are as many as multiplications, and more than begin at a time.
            (_, 1) => 9,
            _ => 8 * vectors,
        }
    }
}
