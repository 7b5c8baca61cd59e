//! Numbers as bytes.

use crate::Scalar as _;
use crate::simd::{Kernel, Lane, Simd};

/// q ← round(x·inverse + zero), limited to 0 … 255, ties to even; says whether an x is NaN.
pub(super) fn quantise(lane: Lane, x: &[f32], [inverse, zero]: [f32; 2], q: &mut [u8]) -> bool {
    assert_eq!(x.len(), q.len(), "there must be a byte for each number");
    f32::dispatch_on(lane, Quantise { x, inverse, zero, q })
}

struct Quantise<'a> {
    x: &'a [f32],
    inverse: f32,
    zero: f32,
    q: &'a mut [u8],
}

impl Kernel<f32> for Quantise<'_> {
    type Output = bool;

    /// A plain loop, of which the compiler makes the vectors of each lane.
    #[inline(always)]
    fn run<S: Simd<f32>>(self, _: S) -> bool {
        // Adding 1.5·2²³ leaves the nearest whole number in the lowest bits.
        const MAGIC: f32 = 12_582_912.0;
        let Self { x, inverse, zero, q } = self;
        let mut nan = 0;
        for (q, x) in q.iter_mut().zip(x) {
            let step = x * inverse + zero;
            let step = if step > 0.0 { step } else { 0.0 };
            let step = if step < 255.0 { step } else { 255.0 };
            *q = (step + MAGIC).to_bits() as u8;
            nan |= u32::from(x.is_nan());
        }
        nan != 0
    }
}
