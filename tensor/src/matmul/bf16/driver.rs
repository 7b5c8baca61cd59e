//! A product cut into tiles.

use super::pack::{Rows, pack};
use super::tiles::{DEPTH, Pairs, SIDE, Sums, Tiles};
use crate::matmul::matrix::{MatMut, MatRef};
use crate::matmul::product::inner;
use crate::simd::Simd;

/// The rows of A that are packed before B is: its panels are packed anew for each such block.
pub(super) const ROWS: usize = 16 * SIDE;

/// The inner size that is packed at a time. What is beyond is added to the sums that C has.
pub(super) const INNER: usize = 32 * DEPTH;

/// C ← f(A·B + bias)
pub(super) struct Operands<'a> {
    pub(super) a: MatRef<'a, f32>,
    pub(super) b: MatRef<'a, f32>,
    pub(super) bias: Option<&'a [f32]>,
    pub(super) c: MatMut<'a, f32>,
    pub(super) relu: bool,
}

/// Where operands are packed: a thread keeps it, so that a step allocates nothing once each shape was there.
pub(super) struct Room {
    a: Vec<Pairs>,
    b: Vec<Pairs>,
}

impl Room {
    pub(super) const fn new() -> Self {
        Self { a: Vec::new(), b: Vec::new() }
    }

    /// So many tiles of A and of B.
    fn tiles(&mut self, a: usize, b: usize) -> (&mut [Pairs], &mut [Pairs]) {
        for (tiles, count) in [(&mut self.a, a), (&mut self.b, b)] {
            if tiles.len() < count {
                tiles.resize(count, Pairs::ZERO);
            }
        }
        (&mut self.a[..a], &mut self.b[..b])
    }
}

/// Computes the product by `tiles`; `s` packs the operands.
#[inline(always)]
pub(super) fn drive<T: Tiles, S: Simd<f32>>(tiles: &mut T, s: S, product: Operands<'_>, room: &mut Room) {
    let Operands { a, b, bias, mut c, relu } = product;
    let (m, k, n) = inner(&a, &b, &c);
    // Without an inner size, C is the bias.
    for from in (0..k.max(1)).step_by(INNER) {
        let depth = INNER.min(k - from);
        let along = depth.div_ceil(DEPTH);
        let stage = Stage { is_first: from == 0, bias, relu: relu && from + depth == k };
        for top in (0..m).step_by(ROWS) {
            let height = ROWS.min(m - top);
            let (of_a, of_b) = room.tiles(height.div_ceil(SIDE) * along, 2 * along);
            let rows = a.rows(top..top + height).columns(from..from + depth);
            for i in (0..height).step_by(SIDE) {
                let to = &mut of_a[i / SIDE * along..][..along];
                pack(s, rows.rows(i..height.min(i + SIDE)), Rows::Lines, to);
            }
            for left in (0..n).step_by(2 * SIDE) {
                let width = (2 * SIDE).min(n - left);
                let columns = b.rows(from..from + depth).columns(left..left + width).transposed();
                for j in (0..width).step_by(SIDE) {
                    let to = &mut of_b[j / SIDE * along..][..along];
                    pack(s, columns.rows(j..width.min(j + SIDE)), Rows::Pairs, to);
                }
                let of_b = of_b.split_at(along);
                for i in (0..height).step_by(2 * SIDE) {
                    let of_a = &of_a[i / SIDE * along..];
                    let of_a = (&of_a[..along], of_a.get(along..2 * along).unwrap_or_default());
                    let place = Place { top: top + i, left, height: (2 * SIDE).min(height - i), width };
                    block(tiles, (of_a, of_b), &mut c, place, stage);
                }
            }
        }
    }
}

/// What there is beside the sums.
#[derive(Clone, Copy)]
struct Stage<'a> {
    /// Whether sums begin, from the bias or 0; else they go on from what C has.
    is_first: bool,
    bias: Option<&'a [f32]>,
    relu: bool,
}

/// A part of C of up to two by two tiles.
#[derive(Clone, Copy)]
struct Place {
    top: usize,
    left: usize,
    height: usize,
    width: usize,
}

impl Place {
    /// The part in the tile of register `C`, if it has any.
    #[inline(always)]
    fn tile<const C: u8>(self) -> Option<Self> {
        let (down, right) = (usize::from(C / 2) * SIDE, usize::from(C % 2) * SIDE);
        (down < self.height && right < self.width).then(|| Self {
            top: self.top + down,
            left: self.left + right,
            height: SIDE.min(self.height - down),
            width: SIDE.min(self.width - right),
        })
    }
}

/// The tiles of two neighbours, of which the second may have none.
type Two<'a> = (&'a [Pairs], &'a [Pairs]);

/// Up to two by two tiles of C. Each tile of A and B is loaded once for two of them.
#[inline(always)]
fn block<T: Tiles>(tiles: &mut T, (a, b): (Two<'_>, Two<'_>), c: &mut MatMut<'_, f32>, place: Place, stage: Stage<'_>) {
    let (lower, right) = (place.height > SIDE, place.width > SIDE);
    begin::<T, 0>(tiles, c, place, stage);
    begin::<T, 1>(tiles, c, place, stage);
    begin::<T, 2>(tiles, c, place, stage);
    begin::<T, 3>(tiles, c, place, stage);
    for t in 0..a.0.len() {
        tiles.load_a::<4>(&a.0[t]);
        tiles.load_b::<6>(&b.0[t]);
        tiles.dot::<0, 4, 6>();
        if lower {
            tiles.load_a::<5>(&a.1[t]);
            tiles.dot::<2, 5, 6>();
        }
        if right {
            tiles.load_b::<7>(&b.1[t]);
            tiles.dot::<1, 4, 7>();
        }
        if lower && right {
            tiles.dot::<3, 5, 7>();
        }
    }
    end::<T, 0>(tiles, c, place, stage.relu);
    end::<T, 1>(tiles, c, place, stage.relu);
    end::<T, 2>(tiles, c, place, stage.relu);
    end::<T, 3>(tiles, c, place, stage.relu);
}

/// The sums that a tile begins with.
#[inline(always)]
fn begin<T: Tiles, const C: u8>(tiles: &mut T, c: &mut MatMut<'_, f32>, place: Place, stage: Stage<'_>) {
    let Some(place) = place.tile::<C>() else { return };
    if stage.is_first && stage.bias.is_none() {
        return tiles.zero::<C>();
    }
    let mut sums = Sums::ZERO;
    first(&mut sums, c, place, stage);
    tiles.load_sums::<C>(&sums);
}

/// What a tile has become.
#[inline(always)]
fn end<T: Tiles, const C: u8>(tiles: &mut T, c: &mut MatMut<'_, f32>, place: Place, relu: bool) {
    let Some(place) = place.tile::<C>() else { return };
    let mut sums = Sums::ZERO;
    tiles.store_sums::<C>(&mut sums);
    last(&mut sums, c, place, relu);
}

/// `sums` ← the bias, or the part of C. It has zeros behind that.
#[inline(never)]
fn first(sums: &mut Sums, c: &mut MatMut<'_, f32>, place: Place, stage: Stage<'_>) {
    let Place { top, left, height, width } = place;
    match stage {
        Stage { is_first: true, bias, .. } => {
            if let Some(bias) = bias {
                sums.0[0][..width].copy_from_slice(&bias[left..left + width]);
            }
            sums.0 = [sums.0[0]; SIDE];
        }
        Stage { is_first: false, .. } => {
            for (i, sums) in sums.0[..height].iter_mut().enumerate() {
                sums[..width].copy_from_slice(&c.row_mut(top + i)[left..left + width]);
            }
        }
    }
}

/// The part of C ← `sums`
#[inline(never)]
fn last(sums: &mut Sums, c: &mut MatMut<'_, f32>, place: Place, relu: bool) {
    let Place { top, left, height, width } = place;
    for (i, sums) in sums.0[..height].iter_mut().enumerate() {
        if relu {
            for z in &mut *sums {
                // In this order NaN stays NaN.
                *z = if *z < 0.0 { 0.0 } else { *z };
            }
        }
        c.row_mut(top + i)[left..left + width].copy_from_slice(&sums[..width]);
    }
}
