//! The registers of a product of tiles, and what is done with them.

/// How many rows a tile has, and how many numbers of 32 bits a row.
pub(super) const SIDE: usize = 16;

/// How many products of two numbers a tile adds to each sum: a row of 64 bytes is 16 pairs of bf16.
pub(super) const DEPTH: usize = 2 * SIDE;

/// A tile of A or B. Each number is two bf16, the one of even k below: row i of A has a\[i\]\[2p\] and a\[i\]\[2p + 1\] at place p, and row p of
/// B has b\[2p\]\[j\] and b\[2p + 1\]\[j\] at place j.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Pairs(pub(super) [[u32; SIDE]; SIDE]);

/// A tile of C.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Sums(pub(super) [[f32; SIDE]; SIDE]);

impl Pairs {
    pub(super) const ZERO: Self = Self([[0; SIDE]; SIDE]);
}

impl Sums {
    pub(super) const ZERO: Self = Self([[0.0; SIDE]; SIDE]);
}

/// Eight registers of a tile each: 0 to 3 hold sums, 4 and 5 tiles of A, 6 and 7 tiles of B.
///
/// A value is the registers in a thread's use, set up for tiles of 16 rows of 64 bytes; they are given back when it is dropped.
pub(super) trait Tiles {
    /// C ← 0
    fn zero<const C: u8>(&mut self);

    /// C ← `from`
    fn load_sums<const C: u8>(&mut self, from: &Sums);

    /// A ← `from`
    fn load_a<const A: u8>(&mut self, from: &Pairs);

    /// B ← `from`
    fn load_b<const B: u8>(&mut self, from: &Pairs);

    /// C ← C + (Σ a\[2p\]·b\[2p\] + Σ a\[2p + 1\]·b\[2p + 1\]), the two sums from 0 on in the order of p.
    fn dot<const C: u8, const A: u8, const B: u8>(&mut self);

    /// `to` ← C
    fn store_sums<const C: u8>(&mut self, to: &mut Sums);
}
