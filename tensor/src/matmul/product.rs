//! A product as a whole: cut into blocks that stay in the caches, and those into tiles.

use core::mem::MaybeUninit;

use super::choose;
use super::choose::{Blocks, PACKED, Reading, blocks};
use super::matrix::{MatMut, MatRef};
use super::tile::{self, Ahead, MAX_ROWS, Rows, Tile, max_columns};
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// The sizes m, inner and n of a product of A (m×inner) and B (inner×n) that C (m×n) takes.
///
/// # Panics
/// If they do not agree.
#[inline]
pub(super) fn inner<T>(a: &MatRef<'_, T>, b: &MatRef<'_, T>, c: &MatMut<'_, T>) -> (usize, usize, usize) {
    let (m, inner, n) = (c.nrows(), a.ncols, c.ncols());
    assert!((a.nrows, b.nrows, b.ncols) == (m, inner, n), "the sizes of a product agree");
    (m, inner, n)
}

/// C ← f(A·B + bias) for A (m×inner), B (inner×n), and a C of m rows and n columns.
pub struct Product<'a, T, const ONTO: bool = false> {
    a: MatRef<'a, T>,
    b: MatRef<'a, T>,
    bias: Option<&'a [T]>,
    c: MatMut<'a, T>,
    relu: bool,
}

impl<'a, T: Scalar> Product<'a, T> {
    /// The product.
    ///
    /// # Panics
    /// If the sizes do not agree.
    pub fn new((a, b): (MatRef<'a, T>, MatRef<'a, T>), bias: Option<&'a [T]>, c: MatMut<'a, T>, relu: bool) -> Self {
        let (_, _, n) = inner(&a, &b, &c);
        assert!(bias.is_none_or(|bias| bias.len() == n));
        Self { a, b, bias, c, relu }
    }

    /// C ← f(C + A·B) instead.
    pub(crate) fn onto(self) -> Product<'a, T, true> {
        let Self { a, b, bias, c, relu } = self;
        assert!(bias.is_none(), "a sum begins with a bias or with what is there");
        Product { a, b, bias, c, relu }
    }
}

/// The elements of B that are packed, from the beginning of a cache line on: no vector of them lies across two.
#[cfg_attr(not(target_os = "none"), repr(align(64)))]
struct Packed<T>([MaybeUninit<T>; PACKED]);

/// The bytes of the array that a product has on the stack, exactly. The frames of its functions come to that, a kilobyte or so.
///
/// ```
/// use typednet_tensor::matmul::stack_bytes;
///
/// // Of a target without an operating system it is 4 * 512.
/// assert_eq!(stack_bytes::<f32>(), 4 * 6400);
/// ```
pub const fn stack_bytes<T>() -> usize {
    PACKED * size_of::<T>()
}

impl<T: Scalar, const ONTO: bool> Kernel<T> for Product<'_, T, ONTO> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { a, b, bias, mut c, relu } = self;
        let (m, inner, n, c_row) = (c.nrows(), a.ncols, c.ncols(), c.row_stride());
        if m == 0 {
            return;
        }
        // Tiles of nearly equal heights, panels of nearly equal widths.
        let height = m.div_ceil(m.div_ceil(if S::REGISTERS < 16 { 3 } else { MAX_ROWS }));
        let vectors = n.div_ceil(S::LANES);
        let width = vectors.div_ceil(vectors.div_ceil(max_columns(height, S::REGISTERS)));
        let row = width * S::LANES;
        let by_rows = (a.column_stride == 1, b.column_stride == 1);
        let a_stride = a.row_stride.max(a.column_stride) * size_of::<T>();
        let Blocks { reading, depth, ahead } =
            blocks(S::REGISTERS, (m, inner, n), height, (row, size_of::<T>()), a_stride, by_rows);
        assert!(reading == Reading::InPlace || depth * row <= PACKED, "there is room for a panel");
        let mut packed = Packed([const { MaybeUninit::<T>::uninit() }; PACKED]);

        // With an inner size of 0 there is one empty block, which writes the bias.
        let mut from = 0;
        loop {
            let depth = depth.min(inner - from);
            let (first, end) = (from == 0, from + depth == inner);
            for block in (0..m).step_by(choose::ROWS) {
                let block_rows = choose::ROWS.min(m - block);
                let tiles = block_rows.div_ceil(height);
                // So many tiles are a row higher than the others.
                let (low, high) = (block_rows / tiles, block_rows % tiles);
                for panel in (0..vectors).step_by(width) {
                    let left = panel * S::LANES;
                    let columns = width.min(vectors - panel);
                    let right = n.min(left + columns * S::LANES);
                    let in_last = right - left - (columns - 1) * S::LANES;
                    let (rows_of_b, copy) =
                        panel_of(s, &b, (from, depth), (left, right), columns * S::LANES, reading, &mut packed.0);
                    let packed_rows = Rows { from: copy.cast_const(), row: columns * S::LANES, count: depth };
                    let copies = reading == Reading::Copied && tiles > 1;
                    let mut tile = Tile {
                        a: a.elements.as_ptr().wrapping_add(block * a.row_stride + from * a.column_stride),
                        a_row: a.row_stride,
                        a_inner: a.column_stride,
                        b: rows_of_b,
                        start: core::ptr::null(),
                        start_row: 0,
                        c: c.as_mut_ptr().wrapping_add(block * c_row + left),
                        c_row,
                        last: in_last,
                        relu: relu && end,
                        copy: if copies { copy } else { core::ptr::null_mut() },
                        ahead: if tiles > 1 { ahead } else { Ahead::Nothing },
                    };
                    let onto = ONTO || !first;
                    if onto {
                        tile.start_row = c_row;
                    } else if let Some(bias) = bias {
                        tile.start = bias[left..].as_ptr();
                    }
                    for number in 0..tiles {
                        let rows = low + usize::from(number < high);
                        if onto {
                            tile.start = tile.c.cast_const();
                        }
                        // SAFETY: `new` has checked that A is m×inner and B inner×n, whose elements are there, that C is m×n and the bias n
                        // long; the tile is rows i to i + rows ≤ m, columns left to right ≤ n, and the inner places from from to
                        // from + depth ≤ inner, where i is the block's first row and the rows of the tiles before. `panel_of` gives depth rows
                        // of whole vectors, and has asked that there is room for a copy of them. C is borrowed uniquely, so it overlaps
                        // nothing.
                        unsafe { tile::run(s, &tile, rows, columns) };
                        if copies && number == 0 {
                            tile.b = [packed_rows, Rows { count: 0, ..packed_rows }];
                            tile.copy = core::ptr::null_mut();
                        }
                        tile.a = tile.a.wrapping_add(rows * a.row_stride);
                        tile.c = tile.c.wrapping_add(rows * c_row);
                    }
                }
            }
            from += depth;
            if from >= inner {
                return;
            }
        }
    }
}

/// Rows `from` to `from + depth`, columns `left` to `right` of B, in rows of which `width` elements can be read.
///
/// Where B cannot be read in place, the rows are copied to `packed`: all of them if they are to be packed, else those few
/// behind whose end B has too few elements. What is read behind column `right` reaches no result. Where the first tile copies,
/// it makes them all rows of `width` elements from the pointer on that is returned.
#[inline(always)]
fn panel_of<T: Scalar, S: Simd<T>>(
    s: S,
    b: &MatRef<'_, T>,
    (from, depth): (usize, usize),
    (left, right): (usize, usize),
    width: usize,
    reading: Reading,
    packed: &mut [MaybeUninit<T>; PACKED],
) -> ([Rows<T>; 2], *mut T) {
    let start = from * b.row_stride + left;
    assert!(reading == Reading::Packed || b.column_stride == 1);
    let in_place = if reading == Reading::Packed {
        0
    } else {
        // Row t can be read in place if start + t·row + width ≤ len.
        ((b.elements.len() + b.row_stride).saturating_sub(start + width) / b.row_stride).min(depth)
    };
    assert!(in_place == 0 || start + (in_place - 1) * b.row_stride + width <= b.elements.len());
    // Where the first tile copies the rows in place, the others stand behind them.
    let behind = if reading == Reading::Copied { in_place * width } else { 0 };
    let to = &mut packed[behind..][..(depth - in_place) * width];
    copy_panel(s, b, (from + in_place, depth - in_place), (left, right), width, to);
    let packed = packed.as_mut_ptr().cast::<T>();
    let rows = [
        Rows { from: b.elements.as_ptr().wrapping_add(start), row: b.row_stride, count: in_place },
        Rows { from: packed.wrapping_add(behind).cast_const(), row: width, count: depth - in_place },
    ];
    (rows, packed)
}

/// `to` ← rows `from` to `from + depth`, columns `left` to `right` of B, in rows of `width` elements with zeros behind them.
#[inline(always)]
pub(super) fn copy_panel<T: Scalar, S: Simd<T>>(
    s: S,
    b: &MatRef<'_, T>,
    (from, depth): (usize, usize),
    (left, right): (usize, usize),
    width: usize,
    to: &mut [MaybeUninit<T>],
) {
    assert!(width.is_multiple_of(S::LANES));
    // A transposed matrix is read along its columns, whose elements lie side by side.
    assert!(b.column_stride == 1 || b.row_stride == 1);
    if b.column_stride == 1 {
        for (i, to) in to.chunks_exact_mut(width).enumerate() {
            let row = &b.elements[(from + i) * b.row_stride..][left..right];
            if row.len() == width {
                for at in (0..width).step_by(S::LANES) {
                    // SAFETY: the width is whole vectors, and so many elements have `row` and `to`.
                    unsafe { s.store_at(s.load_at(row.as_ptr().add(at)), to.as_mut_ptr().add(at).cast()) };
                }
                continue;
            }
            let (to, behind) = to.split_at_mut(right - left);
            for (to, x) in to.iter_mut().zip(row) {
                to.write(*x);
            }
            behind.fill(MaybeUninit::new(T::ZERO));
        }
    } else {
        // Whole blocks first, then what is left at the right and at the bottom.
        let (wide, deep) = ((right - left) / S::BLOCK * S::BLOCK, depth / S::BLOCK * S::BLOCK);
        for j in (0..wide).step_by(S::BLOCK) {
            let columns =
                &b.elements[(left + j) * b.column_stride + from..][..(S::BLOCK - 1) * b.column_stride + depth];
            for i in (0..deep).step_by(S::BLOCK) {
                let block = &mut to[i * width + j..][..(S::BLOCK - 1) * width + S::BLOCK];
                // SAFETY: `columns` has the block's elements, i + BLOCK ≤ depth, and so has `block`.
                unsafe { s.transpose_at(columns.as_ptr().add(i), b.column_stride, block.as_mut_ptr().cast(), width) };
            }
        }
        for j in 0..width {
            let column =
                if left + j < right { &b.elements[(left + j) * b.column_stride + from..][..depth] } else { &[] };
            for i in if j < wide { deep } else { 0 }..depth {
                to[i * width + j].write(column.get(i).copied().unwrap_or_default());
            }
        }
    }
}
