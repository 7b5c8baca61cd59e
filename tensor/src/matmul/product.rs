//! A product as a whole: cut into blocks that stay in the caches, and those into tiles.

use core::mem::MaybeUninit;

use super::choose;
use super::matrix::{MatMut, MatRef};
use super::tile::{self, MAX_ROWS, Rows, Tile, max_columns};
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
pub(crate) struct Product<'a, T, const ONTO: bool = false> {
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
    pub(crate) fn new(
        (a, b): (MatRef<'a, T>, MatRef<'a, T>),
        bias: Option<&'a [T]>,
        c: MatMut<'a, T>,
        relu: bool,
    ) -> Self {
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

/// How many elements of B are packed at a time: a part of the first-level cache, and of the stack, which is small on a microcontroller.
/// There it is a little more than the rows of a narrow panel that cannot be read in place, of the widest vectors that a lane has.
const PACKED: usize = if cfg!(target_os = "none") { 512 } else { 4096 };

/// The bytes of the array that a product has on the stack, exactly. The frames of its functions come to that, a kilobyte or so.
///
/// ```
/// use typednet_tensor::matmul::stack_bytes;
///
/// // Of a target without an operating system it is an eighth of that.
/// assert_eq!(stack_bytes::<f32>(), 4 * 4096);
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
        let pack = b.column_stride != 1 || choose::packs(m, inner, n);
        let depth = if pack { PACKED / (width * S::LANES) } else { choose::DEPTH };
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
                    let b = panel_of(s, &b, (from, depth), (left, right), columns * S::LANES, pack, &mut packed.0);
                    let mut i = block;
                    for tile in 0..tiles {
                        let rows = low + usize::from(tile < high);
                        let to = c.as_mut_ptr().wrapping_add(i * c_row + left);
                        let (start, start_row) = match bias {
                            _ if ONTO || !first => (to.cast_const(), c_row),
                            Some(bias) => (bias[left..].as_ptr(), 0),
                            None => (core::ptr::null(), 0),
                        };
                        let tile = Tile {
                            a: a.elements.as_ptr().wrapping_add(i * a.row_stride + from * a.column_stride),
                            a_row: a.row_stride,
                            a_inner: a.column_stride,
                            b,
                            start,
                            start_row,
                            c: to,
                            c_row,
                            last: in_last,
                            relu: relu && end,
                        };
                        // SAFETY: `new` has checked that A is m×inner and B inner×n, whose elements are there, that C is m×n and the bias n
                        // long; the tile is rows i to i + rows ≤ m, columns left to right ≤ n, and the inner places
                        // from to from + depth ≤ inner. `panel_of` gives depth rows of whole vectors. C is borrowed
                        // uniquely, so it overlaps nothing.
                        unsafe { tile::run(s, &tile, rows, columns) };
                        i += rows;
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
/// Where B cannot be read in place, the rows are copied to `packed`: all of them if `pack` says so, else those few
/// behind whose end B has too few elements. What is read behind column `right` reaches no result.
#[inline(always)]
fn panel_of<T: Scalar, S: Simd<T>>(
    s: S,
    b: &MatRef<'_, T>,
    (from, depth): (usize, usize),
    (left, right): (usize, usize),
    width: usize,
    pack: bool,
    packed: &mut [MaybeUninit<T>; PACKED],
) -> [Rows<T>; 2] {
    let start = from * b.row_stride + left;
    assert!(pack || b.column_stride == 1);
    let in_place = if pack {
        0
    } else {
        // Row t can be read in place if start + t·row + width ≤ len.
        ((b.elements.len() + b.row_stride).saturating_sub(start + width) / b.row_stride).min(depth)
    };
    assert!(in_place == 0 || start + (in_place - 1) * b.row_stride + width <= b.elements.len());
    let to = &mut packed[..(depth - in_place) * width];
    copy_panel(s, b, (from + in_place, depth - in_place), (left, right), width, to);
    [
        Rows { from: b.elements.as_ptr().wrapping_add(start), row: b.row_stride, count: in_place },
        Rows { from: packed.as_ptr().cast(), row: width, count: depth - in_place },
    ]
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
