//! Products whose operands are rounded to bf16.
//!
//! The numbers of A and B are rounded to the nearest bf16, ties to even, those below 2⁻¹²⁶ to 0. A product of two such is an `f32`. The sum
//! has the order of Intel's instruction TDPBF16PS, and is the same wherever C is cut:
//!
//! ```text
//! c ← bias, or 0
//! for each 32 neighbours k of the inner size, with zeros behind the last:
//!     even ← Σ a[2p]·b[2p],  odd ← Σ a[2p + 1]·b[2p + 1]    from 0 on, p from 0 to 15, all in f32
//!     c ← c + (even + odd)
//! ```
//!
//! [`reference::product_bf16`](super::reference::product_bf16) says so, number by number. So a sum of k products differs from the exact
//! one of the rounded operands by at most γₙ·(|bias| + Σ|a·b|) with n = 17 + ⌈k/32⌉ and γₙ = n·2⁻²⁴/(1 − n·2⁻²⁴), and by k·2⁻¹²⁵ where
//! products or sums are below 2⁻¹²⁶: AMX takes such sums for 0, lanes do not.
//!
//! `driver.rs` cuts a product into tiles, which `pack.rs` makes of A and B. What is done to tiles is a trait (`tiles.rs`): by a lane's vectors
//! (`lanes.rs`), by the registers of AMX (`amx.rs`), which `detect.rs` looks for, and in tests by a model of these registers (`model.rs`),
//! also instruction by instruction where the processor has none (`trap.rs`).

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod amx;
mod detect;
mod driver;
mod lanes;
#[cfg(test)]
mod model;
mod pack;
mod round;
#[cfg(test)]
mod tests;
mod tiles;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux", target_env = "gnu", not(miri)))]
mod trap;

use std::cell::RefCell;

use super::matrix::{MatMut, MatRef};
use crate::simd::{Kernel, Lane, Simd};
use crate::{Precision, Scalar};
#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
use amx::product as by_tiles;
pub(crate) use detect::permitted;
use driver::{Operands, Room, drive};
use lanes::InMemory;
pub(crate) use round::rounded;

std::thread_local! {
    static ROOM: RefCell<Room> = const { RefCell::new(Room::new()) };
}

/// C ← f(A·B + bias) with rounded operands.
///
/// # Panics
/// If the sizes do not agree, or tiles are asked for that this machine does not have.
pub(crate) fn product(
    (lane, precision): (Lane, Precision),
    (a, b): (MatRef<'_, f32>, MatRef<'_, f32>),
    bias: Option<&[f32]>,
    c: MatMut<'_, f32>,
    relu: bool,
) {
    let product = Operands { a, b, bias, c, relu };
    ROOM.with_borrow_mut(|room| match precision {
        Precision::Bf16 => by_tiles(lane, product, room),
        Precision::Bf16Portable | Precision::F32 => f32::dispatch_on(lane, ByLane { product, room }),
    });
}

/// A product by a lane's vectors.
struct ByLane<'a> {
    product: Operands<'a>,
    room: &'a mut Room,
}

impl Kernel<f32> for ByLane<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, s: S) {
        drive(&mut InMemory::new(s), s, self.product, self.room);
    }
}

/// A product by the processor's tiles, where programs for this target have none.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux", not(miri))))]
fn by_tiles(_: Lane, _: Operands<'_>, _: &mut Room) {
    panic!("{}", crate::NoTiles::Target);
}
