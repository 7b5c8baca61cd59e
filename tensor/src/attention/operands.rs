//! Where queries, keys and values stand, and their gradients.

use super::MultiHead;
use crate::matmul::{MatMut, MatRef};
use crate::parallel::Start;

/// Rows of one of the three, of all samples one behind the other.
#[derive(Clone, Copy)]
struct Rows {
    /// In which column of a row they begin.
    column: usize,
    /// How far apart rows are.
    stride: usize,
    /// How many a sample has.
    count: usize,
}

impl Rows {
    /// Where those of a head of a sample begin.
    fn first(self, sample: usize, column: usize) -> usize {
        sample * self.count * self.stride + self.column + column
    }

    /// Where those of a sample end.
    fn end(self, sample: usize) -> usize {
        (sample + 1) * self.count * self.stride
    }
}

/// Where all three stand: side by side, or queries apart from keys and values.
fn places(heads: &MultiHead, is_apart: bool) -> [Rows; 3] {
    let (width, thirds) = (heads.width(), if is_apart { [(0, 1), (0, 2), (1, 2)] } else { [(0, 3), (1, 3), (2, 3)] });
    let counts = [heads.queries, heads.keys, heads.keys];
    [0, 1, 2].map(|which| {
        let (place, of) = thirds[which];
        Rows { column: place * width, stride: of * width, count: counts[which] }
    })
}

/// Queries, keys and values of a batch.
#[derive(Clone, Copy)]
pub(super) enum Operands<'a, T> {
    /// `[steps][q, k, v][head][w]`
    Together(&'a [T]),
    /// `[queries][head][w]` and `[keys][k, v][head][w]`
    Apart(&'a [T], &'a [T]),
}

impl<'a, T> Operands<'a, T> {
    /// Queries, keys and values of the head of a sample whose columns begin at `column`.
    pub(super) fn head(&self, heads: &MultiHead, sample: usize, column: usize) -> [MatRef<'a, T>; 3] {
        let (data, is_apart) = match *self {
            Self::Together(all) => ([all; 3], false),
            Self::Apart(queries, others) => ([queries, others, others], true),
        };
        let places = places(heads, is_apart);
        [0, 1, 2].map(|which| {
            let (rows, data) = (places[which], data[which]);
            let data = &data[rows.first(sample, column)..rows.end(sample)];
            MatRef::strided(data, rows.count, heads.head_width, rows.stride)
        })
    }
}

/// The places of their gradients, borrowed uniquely as long as this is.
pub(super) enum Gradients<T> {
    Together(Start<T>),
    Apart(Start<T>, Start<T>),
}

impl<T> Gradients<T> {
    /// As [`Operands::head`], to be written.
    ///
    /// # Safety
    /// The memory is that of the gradients of operands that have such a sample, `column` is where one of its heads begins, and nobody else has
    /// a reference to the elements of that head of that sample as long as what is given back is there.
    pub(super) unsafe fn head<'a>(&self, heads: &MultiHead, sample: usize, column: usize) -> [MatMut<'a, T>; 3] {
        let (starts, is_apart) = match self {
            Self::Together(all) => ([all; 3], false),
            Self::Apart(queries, others) => ([queries, others, others], true),
        };
        let places = places(heads, is_apart);
        [0, 1, 2].map(|which| {
            let (rows, start) = (places[which], starts[which]);
            // SAFETY: the rows of a sample are `count`, `stride` apart, each of which has the head's `head_width` columns from its own
            // first one on; the three have no element in common. The caller answers for the rest.
            unsafe { MatMut::at(start.at(rows.first(sample, column)), rows.count, heads.head_width, rows.stride) }
        })
    }
}
