//! The tile registers as Intel's manual describes them, byte by byte (volume 2, TDPBF16PS, TILELOADD, TILESTORED, TILEZERO).

use super::tiles::{Pairs, Sums, Tiles};

/// A number below 2⁻¹²⁶ is 0: as operand (DAZ) and as result (FTZ).
pub(super) fn flushed(x: f32) -> f32 {
    if x.is_subnormal() { 0.0_f32.copysign(x) } else { x }
}

/// Eight registers of 16 rows of 64 bytes.
pub(super) struct Model {
    tiles: [[[u8; 64]; 16]; 8],
    /// Which of them hold something.
    written: [bool; 8],
}

impl Model {
    pub(super) fn new() -> Self {
        Self { tiles: [[[0; 64]; 16]; 8], written: [false; 8] }
    }

    /// The tile's rows become these.
    pub(super) fn write(&mut self, tile: u8, rows: impl Iterator<Item = [u8; 64]>) {
        for (to, row) in self.tiles[usize::from(tile)].iter_mut().zip(rows) {
            *to = row;
        }
        self.written[usize::from(tile)] = true;
    }

    pub(super) fn read(&self, tile: u8) -> &[[u8; 64]; 16] {
        assert!(self.written[usize::from(tile)], "tile {tile} is read before it is written");
        &self.tiles[usize::from(tile)]
    }

    /// C ← C + A·B
    pub(super) fn multiply(&mut self, to: u8, a: u8, b: u8) {
        let (mut c, a, b) = (*self.read(to), *self.read(a), self.read(b).map(|row| numbers(&row)));
        for (c, a) in c.iter_mut().zip(&a) {
            let (a, mut temp) = (numbers(a), [0.0_f32; 32]);
            for (k, b) in b.iter().enumerate() {
                for n in 0..32 {
                    temp[n] = flushed(a[2 * k + n % 2].mul_add(b[n], temp[n]));
                }
            }
            for n in 0..16 {
                let sum = flushed(temp[2 * n] + temp[2 * n + 1]);
                let to = flushed(flushed(fp32(c, n)) + sum);
                c[4 * n..4 * n + 4].copy_from_slice(&to.to_le_bytes());
            }
        }
        self.tiles[usize::from(to)] = c;
    }
}

/// The bytes of a row.
fn bytes(row: &[u32; 16]) -> [u8; 64] {
    std::array::from_fn(|i| row[i / 4].to_le_bytes()[i % 4])
}

/// The numbers of a row of bf16.
fn numbers(row: &[u8; 64]) -> [f32; 32] {
    std::array::from_fn(|at| {
        flushed(f32::from_bits(u32::from(u16::from_le_bytes([row[2 * at], row[2 * at + 1]])) << 16))
    })
}

/// Element `at` of a row of `f32`.
fn fp32(row: &[u8; 64], at: usize) -> f32 {
    f32::from_le_bytes(*row[4 * at..].first_chunk().expect("four bytes"))
}

impl Tiles for Model {
    fn zero<const C: u8>(&mut self) {
        self.write(C, [[0; 64]; 16].into_iter());
    }

    fn load_sums<const C: u8>(&mut self, from: &Sums) {
        self.write(C, from.0.iter().map(|row| bytes(&row.map(f32::to_bits))));
    }

    fn load_a<const A: u8>(&mut self, from: &Pairs) {
        self.write(A, from.0.iter().map(bytes));
    }

    fn load_b<const B: u8>(&mut self, from: &Pairs) {
        self.write(B, from.0.iter().map(bytes));
    }

    fn dot<const C: u8, const A: u8, const B: u8>(&mut self) {
        self.multiply(C, A, B);
    }

    fn store_sums<const C: u8>(&mut self, to: &mut Sums) {
        for (row, to) in self.read(C).iter().zip(&mut to.0) {
            *to = std::array::from_fn(|n| fp32(row, n));
        }
    }
}
