//! Tiles in memory, multiplied by a lane's vectors: for every processor.

use super::round::halves;
use super::tiles::{Pairs, SIDE, Sums, Tiles};
use crate::simd::Simd;

/// The rows of C that are worked on at a time: with a vector of even and one of odd sums each they are enough for two units that take four
/// cycles for a sum.
const ROWS: usize = 4;

/// The numbers of even and of odd k, widened.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Wide {
    even: [[f32; SIDE]; SIDE],
    odd: [[f32; SIDE]; SIDE],
}

/// Registers in memory.
pub(super) struct InMemory<S> {
    lane: S,
    sums: [Sums; 4],
    operands: [Wide; 4],
}

impl<S: Simd<f32>> InMemory<S> {
    #[inline(always)]
    pub(super) fn new(lane: S) -> Self {
        let nothing = Wide { even: Sums::ZERO.0, odd: Sums::ZERO.0 };
        Self { lane, sums: [Sums::ZERO; 4], operands: [nothing; 4] }
    }

    #[inline(always)]
    fn load<const TILE: u8>(&mut self, from: &Pairs) {
        let Wide { even, odd } = &mut self.operands[usize::from(TILE - 4)];
        for (i, row) in from.0.iter().enumerate() {
            (even[i], odd[i]) = halves(row);
        }
    }
}

impl<S: Simd<f32>> Tiles for InMemory<S> {
    #[inline(always)]
    fn zero<const C: u8>(&mut self) {
        self.sums[usize::from(C)] = Sums::ZERO;
    }

    #[inline(always)]
    fn load_sums<const C: u8>(&mut self, from: &Sums) {
        self.sums[usize::from(C)] = *from;
    }

    #[inline(always)]
    fn load_a<const A: u8>(&mut self, from: &Pairs) {
        self.load::<A>(from);
    }

    #[inline(always)]
    fn load_b<const B: u8>(&mut self, from: &Pairs) {
        self.load::<B>(from);
    }

    /// A product of two bf16 is an `f32`, so the sums are the same whether a lane rounds it by itself or not.
    #[inline(always)]
    fn dot<const C: u8, const A: u8, const B: u8>(&mut self) {
        let (s, c) = (self.lane, &mut self.sums[usize::from(C)].0);
        let (a, b) = (&self.operands[usize::from(A - 4)], &self.operands[usize::from(B - 4)]);
        for at in (0..SIDE).step_by(S::LANES) {
            for top in (0..SIDE).step_by(ROWS) {
                let mut even = [s.splat(0.0); ROWS];
                let mut odd = even;
                for p in 0..SIDE {
                    let (of_even, of_odd) = (s.load(&b.even[p][at..]), s.load(&b.odd[p][at..]));
                    for i in 0..ROWS {
                        even[i] = s.mul_add(s.splat(a.even[top + i][p]), of_even, even[i]);
                        odd[i] = s.mul_add(s.splat(a.odd[top + i][p]), of_odd, odd[i]);
                    }
                }
                for i in 0..ROWS {
                    let to = &mut c[top + i][at..];
                    s.store(s.add(s.load(to), s.add(even[i], odd[i])), to);
                }
            }
        }
    }

    #[inline(always)]
    fn store_sums<const C: u8>(&mut self, to: &mut Sums) {
        *to = self.sums[usize::from(C)];
    }
}
