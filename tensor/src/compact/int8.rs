//! A dense layer in integers of 8 bits.

use super::product::{Product, Rests, Row, Runs};
use super::quad;
use super::quantise::quantise;
use crate::simd::{Lane, lane};
use crate::size::checked_product;

/// What a dense layer is in integers: with q = round(x·`inverse` + `zero`), limited to 0 … 255,
/// y = `scale`ₒ · Σᵢ qᵢ·ŵᵢₒ + `shift`ₒ.
#[derive(Clone, Copy, Debug)]
pub struct Int8<'a> {
    /// How many steps of q the number 1 is.
    pub inverse: f32,
    /// The step that stands for 0, a whole number.
    pub zero: f32,
    /// ŵ from [`pack_int8`], the bits of `i8`.
    pub weight: &'a [u8],
    /// One factor per output: the little-endian bytes of `f32`, which need no alignment.
    pub scale: &'a [[u8; 4]],
    /// One summand per output, as above.
    pub shift: &'a [[u8; 4]],
}

/// Brings the row-major weights `w` (k×n) in the order that [`affine_int8`] reads: writes `quantise(w, o)` for each, where
/// o is its column.
///
/// Four rows stand together: (ŵ₀₀, ŵ₁₀, ŵ₂₀, ŵ₃₀), (ŵ₀₁, …), …, then rows 4 to 7. The last rows, fewer than four, stand
/// one after the other.
///
/// # Panics
/// If the lengths differ or are not rows of `n`.
pub fn pack_int8(w: &[f32], n: usize, to: &mut [u8], quantise: impl Fn(f32, usize) -> i8) {
    assert!(
        n > 0 && w.len().is_multiple_of(n) && w.len() == to.len(),
        "{} weights and {} places for rows of {n}",
        w.len(),
        to.len()
    );
    let four = n.saturating_mul(4);
    let quads = w.len() / four * four;
    for (rows, to) in w[..quads].chunks_exact(four).zip(to.chunks_exact_mut(four)) {
        for (i, to) in to.iter_mut().enumerate() {
            *to = quantise(rows[i % 4 * n + i / 4], i / 4).cast_unsigned();
        }
    }
    for (i, (w, to)) in w[quads..].iter().zip(&mut to[quads..]).enumerate() {
        *to = quantise(*w, i % n).cast_unsigned();
    }
}

/// The byte of [`pack_int8`] for row `row` and column `column` of a matrix of `n` columns.
///
/// # Panics
/// If there is none.
pub fn unpacked_int8(packed: &[u8], n: usize, row: usize, column: usize) -> i8 {
    let quads = packed.len() / (4 * n) * 4;
    let place = if row < quads { (row / 4 * n + column) * 4 + row % 4 } else { row * n + column };
    packed[place].cast_signed()
}

/// Column `column` of Ŵ (k×n), of the k·n bytes that [`pack_int8`] has written, each times `width`, to `to`.
///
/// # Panics
/// If the lengths do not agree, or there is no such column.
pub fn column_int8(packed: &[u8], n: usize, column: usize, width: f32, to: &mut [f32]) {
    let agrees = column < n && checked_product(&[to.len(), n]) == Some(packed.len());
    assert!(agrees, "{} bytes have no column {column} of {} in rows of {n}", packed.len(), to.len());
    let scaled = |byte: &u8| f32::from(byte.cast_signed()) * width;
    let (to, rest) = to.as_chunks_mut::<4>();
    let (rows, last) = packed.split_at(4 * n * to.len());
    for (rows, to) in rows.chunks_exact(4 * n).zip(to) {
        for (to, byte) in to.iter_mut().zip(&rows[4 * column..]) {
            *to = scaled(byte);
        }
    }
    for (row, to) in last.chunks_exact(n).zip(rest) {
        *to = scaled(&row[column]);
    }
}

/// y ← x·W + b for each row of x, by integers; `q` holds the integers of x.
///
/// Every lane gives the same bits, and a row has the same in any batch. What is beyond the range of q counts as its end. If an
/// x is NaN, every y of its row is.
///
/// # Panics
/// If the lengths do not agree, or there are more than [`INT8_MAX_INPUTS`](super::INT8_MAX_INPUTS) inputs.
pub fn affine_int8(x: &[f32], layer: Int8<'_>, q: &mut [u8], y: &mut [f32]) {
    affine_int8_on(lane(), x, layer, q, y);
}

/// [`affine_int8`] on the given lane.
pub(super) fn affine_int8_on(lane: Lane, x: &[f32], layer: Int8<'_>, q: &mut [u8], y: &mut [f32]) {
    let Int8 { inverse, zero, weight, scale, shift } = layer;
    let n = scale.len();
    let [rows, k] = [y.len(), weight.len()].map(|len| len.checked_div(n).unwrap_or(0));
    assert!(
        weight.len() == k * n && shift.len() == n && y.len() == rows * n && (n == 0 || x.len() == rows * k),
        "{} inputs, {} outputs and {} weights are not rows of {n} outputs, or there are {} summands",
        x.len(),
        y.len(),
        weight.len(),
        shift.len()
    );
    assert_eq!(q.len(), x.len(), "a dense layer has a byte for each input");
    if k == 0 {
        let shifts = shift.iter().map(|shift| f32::from_le_bytes(*shift));
        y.iter_mut().zip(shifts.cycle()).for_each(|(y, shift)| *y = shift);
        return;
    }
    let is_nan = quantise(lane, x, [inverse, zero], q);
    let runs = Runs::one(k);
    let mut rests = Rests::new(&runs);
    let width = if rows > quad::ROWS { (WEIGHTS_IN_CACHE / k).max(1).next_multiple_of(COLUMNS) } else { n };
    let width = width.min(Rests::together(&runs));
    for left in (0..n).step_by(width) {
        let columns = left..n.min(left + width);
        let rests = rests.of(&runs, weight, n, &columns);
        let product = Product { q, runs, weight, n, columns, rests, scale, shift };
        for first in (0..rows).step_by(TOGETHER) {
            let mut tile = [Row::default(); TOGETHER];
            let tile = &mut tile[..TOGETHER.min(rows - first)];
            for (row, i) in tile.iter_mut().zip(first..) {
                *row = Row { from: i * k, to: i * n + left };
            }
            quad::run(lane, &product, tile, y);
        }
    }
    if is_nan {
        for (x, y) in x.chunks_exact(k).zip(y.chunks_exact_mut(n)) {
            if x.iter().any(|x| x.is_nan()) {
                y.fill(f32::NAN);
            }
        }
    }
}

/// The bytes of the arrays that [`affine_int8`] has on the stack, exactly. The frames of its functions come to that, a kilobyte or so.
///
/// ```
/// use typednet_tensor::compact::stack_bytes_int8;
///
/// // On a target without an operating system it is less.
/// assert!(stack_bytes_int8() > 2048);
/// ```
pub const fn stack_bytes_int8() -> usize {
    size_of::<Rests>() + TOGETHER * size_of::<Row>()
}

/// The weights that stay in a second-level cache for all rows.
const WEIGHTS_IN_CACHE: usize = 256 * 1024;

/// Columns are cut at multiples of so many: those of the widest row.
const COLUMNS: usize = 128;

/// The rows that are handed over together.
const TOGETHER: usize = 2 * quad::ROWS;
