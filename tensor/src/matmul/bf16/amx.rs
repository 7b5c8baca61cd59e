//! The tile registers of a processor with AMX. Intrinsics are unstable, so each instruction stands here by itself.

use core::arch::asm;
use core::marker::PhantomData;

use super::detect::permitted;
use super::driver::{Operands, Room, drive};
use super::tiles::{Pairs, SIDE, Sums, Tiles};
use crate::simd::{Kernel, Lane, Simd};
use crate::{NoTiles, Scalar};

/// From a row of a tile in memory to the next, in bytes.
const ROW: usize = 4 * SIDE;

/// What `ldtilecfg` reads.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    bytes_of_a_row: [u16; 16],
    rows: [u8; 16],
}

/// Eight tiles of 16 rows of 64 bytes, the whole of the first palette.
static SHAPES: Shapes = {
    let (mut bytes_of_a_row, mut rows) = ([0; 16], [0; 16]);
    let mut tile = 0;
    while tile < 8 {
        (bytes_of_a_row[tile], rows[tile]) = (ROW as u16, SIDE as u8);
        tile += 1;
    }
    Shapes { palette: 1, start_row: 0, reserved: [0; 14], bytes_of_a_row, rows }
};

/// An instruction that changes tile registers, and nothing else that a program can see but the memory it writes.
macro_rules! tile {
    ($instruction:literal $(, $($operand:tt)+)?) => {
        asm!(
            $instruction,
            $($($operand)+,)?
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack, preserves_flags)
        )
    };
}

/// The registers of this thread, in use.
///
/// They keep what they have from one instruction to the next: no function is compiled with AMX, so rustc uses none of them, and the system
/// keeps them for each thread.
pub(super) struct Amx(PhantomData<*mut ()>);

impl Amx {
    /// Sets the registers up.
    ///
    /// # Errors
    /// What is missing.
    #[inline]
    pub(super) fn new() -> Result<Self, NoTiles> {
        permitted()?;
        // SAFETY: the processor has tiles, and the system lets this process use them.
        Ok(unsafe { Self::set_up() })
    }

    /// The registers, set up.
    ///
    /// # Safety
    /// The processor has tiles as [`permitted`] asks for them, and the system lets this process use them.
    #[inline(always)]
    pub(super) unsafe fn set_up() -> Self {
        // SAFETY: the caller promises the instruction. Read are the 64 bytes of `SHAPES`, which are right for the first palette.
        unsafe { tile!("ldtilecfg [{}]", in(reg) &raw const SHAPES) }
        Self(PhantomData)
    }
}

impl Drop for Amx {
    /// Gives the registers back, so that the system has nothing to keep when it lets another thread run.
    #[inline]
    fn drop(&mut self) {
        // SAFETY: they were set up on this thread, which a value does not leave.
        unsafe { tile!("tilerelease") }
    }
}

// SAFETY (each block below): an `Amx` value exists only where the registers are set up, for 16 rows of 64 bytes; what is read and written is
// 16 rows of 64 bytes, one behind the other, behind a reference.
impl Tiles for Amx {
    #[inline(always)]
    fn zero<const C: u8>(&mut self) {
        // SAFETY: see above.
        unsafe { tile!("tilezero tmm{c}", c = const C) }
    }

    #[inline(always)]
    fn load_sums<const C: u8>(&mut self, from: &Sums) {
        // SAFETY: see above.
        unsafe { tile!("tileloadd tmm{c}, [{from} + {row}*1]", from = in(reg) from, row = in(reg) ROW, c = const C) }
    }

    #[inline(always)]
    fn load_a<const A: u8>(&mut self, from: &Pairs) {
        // SAFETY: see above.
        unsafe { tile!("tileloadd tmm{a}, [{from} + {row}*1]", from = in(reg) from, row = in(reg) ROW, a = const A) }
    }

    #[inline(always)]
    fn load_b<const B: u8>(&mut self, from: &Pairs) {
        // SAFETY: see above.
        unsafe { tile!("tileloadd tmm{b}, [{from} + {row}*1]", from = in(reg) from, row = in(reg) ROW, b = const B) }
    }

    #[inline(always)]
    fn dot<const C: u8, const A: u8, const B: u8>(&mut self) {
        // SAFETY: see above.
        unsafe { tile!("tdpbf16ps tmm{c}, tmm{a}, tmm{b}", c = const C, a = const A, b = const B) }
    }

    #[inline(always)]
    fn store_sums<const C: u8>(&mut self, to: &mut Sums) {
        // SAFETY: see above.
        unsafe { tile!("tilestored [{to} + {row}*1], tmm{c}", to = in(reg) to, row = in(reg) ROW, c = const C) }
    }
}

/// A product by the processor's tiles; a lane packs for it.
///
/// # Panics
/// If the machine has none.
pub(super) fn product(lane: Lane, product: Operands<'_>, room: &mut Room) {
    f32::dispatch_on(lane, ByTiles { product, room });
}

struct ByTiles<'a> {
    product: Operands<'a>,
    room: &'a mut Room,
}

impl Kernel<f32> for ByTiles<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, s: S) {
        match Amx::new() {
            Ok(mut tiles) => drive(&mut tiles, s, self.product, self.room),
            Err(error) => panic!("{error}"),
        }
    }
}
