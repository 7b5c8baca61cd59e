//! A run of parameters in the order of another program.

use std::ops::Range;

use crate::order::Order;

/// The most elements of a piece: whole rows as far as they go, since where a weight is turned neighbours in a column are neighbours in the
/// cache, or a part of a longer row. A piece that is
/// read is in memory as bytes and as numbers.
const PIECE: usize = 3 << 13;

/// The same of a piece that is written, of which few are bytes at a time.
const WRITTEN: usize = 3 << 14;

/// A run of parameters in the order of another program.
#[derive(Debug)]
pub(super) struct Elements {
    /// The first of its elements in the flat block.
    pub(super) start: usize,
    /// Its axes there, outermost first.
    pub(super) axes: Vec<Axis>,
    /// So many of the first elements stand in another tensor too, to which they are added there.
    pub(super) shared: usize,
}

#[derive(Debug)]
pub(super) struct Axis {
    pub(super) size: usize,
    /// How far neighbours are apart in the flat block.
    pub(super) stride: usize,
    pub(super) order: Order,
}

impl Axis {
    fn offset(&self, at: usize) -> usize {
        self.order.as_ref().map_or(at, |order| order[at]) * self.stride
    }
}

impl Elements {
    /// The sizes that the tensor has there.
    pub(super) fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| axis.size).collect()
    }

    /// The elements piece by piece, in the order in which they stand there.
    pub(super) fn pieces(&self) -> Pieces<'_> {
        self.pieces_of(PIECE)
    }

    /// The same in pieces that are written.
    pub(super) fn pieces_to_write(&self) -> Pieces<'_> {
        self.pieces_of(WRITTEN)
    }

    fn pieces_of(&self, most: usize) -> Pieces<'_> {
        let mut pieces =
            Pieces { elements: self, most, place: 0, rows: Vec::new(), columns: 0..0, offsets: Vec::new() };
        pieces.look();
        pieces
    }

    /// Shows `work` where each element stands in the flat block.
    pub(super) fn visit(&self, mut work: impl FnMut(usize)) {
        let mut pieces = self.pieces();
        while !pieces.is_empty() {
            pieces.visit(|_, index| work(index));
            pieces.advance();
        }
    }
}

/// Elements that stand one behind the other in the other program: some rows of the outermost axis, or a part of a long one.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    elements: &'a Elements,
    most: usize,
    place: usize,
    /// Where each row stands in the flat block.
    rows: Vec<usize>,
    columns: Range<usize>,
    /// How far each column is from its row.
    offsets: Vec<usize>,
}

impl Pieces<'_> {
    /// How many elements of the tensor are before the piece.
    pub(super) const fn place(&self) -> usize {
        self.place
    }

    /// How many elements the piece has.
    pub(super) const fn len(&self) -> usize {
        self.rows.len() * self.offsets.len()
    }

    /// Whether all pieces were shown.
    pub(super) const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Shows `work` each element of the piece, column by column: its place in the piece and in the flat block.
    pub(super) fn visit(&self, mut work: impl FnMut(usize, usize)) {
        for (column, offset) in self.offsets.iter().enumerate() {
            for (row, start) in self.rows.iter().enumerate() {
                work(row * self.offsets.len() + column, start + offset);
            }
        }
    }

    /// Goes on to the next piece.
    pub(super) fn advance(&mut self) {
        self.place += self.len();
        self.look();
    }

    fn look(&mut self) {
        let Elements { start, axes, .. } = self.elements;
        let no_axis = Axis { size: 1, stride: 0, order: None };
        let (outer, inner) = axes.split_first().unwrap_or((&no_axis, &[]));
        let width = inner.iter().map(|axis| axis.size).product::<usize>();
        let (row, column) =
            (self.place.checked_div(width).unwrap_or(outer.size), self.place.checked_rem(width).unwrap_or(0));
        let at_once = self.most.checked_div(width).map_or(1, |rows| rows.max(1));
        self.rows.clear();
        self.rows.extend((row..outer.size.min(row + at_once)).map(|row| start + outer.offset(row)));
        let columns = column..width.min(column + self.most);
        if self.columns != columns {
            let of_axes = |mut column: usize| {
                let inward = |axis: &Axis| {
                    let at = column % axis.size;
                    column /= axis.size;
                    axis.offset(at)
                };
                inner.iter().rev().map(inward).sum::<usize>()
            };
            self.offsets.clear();
            self.offsets.extend(columns.clone().map(of_axes));
            self.columns = columns;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each element stands, one axis after the other.
    fn indices(elements: &Elements) -> Vec<usize> {
        elements.axes.iter().fold(vec![elements.start], |before, axis| {
            before.iter().flat_map(|from| (0..axis.size).map(move |at| from + axis.offset(at))).collect()
        })
    }

    fn elements(start: usize, axes: &[(usize, usize, Option<Vec<usize>>)]) -> Elements {
        let axis = |(size, stride, order): &(usize, usize, Option<Vec<usize>>)| Axis {
            size: *size,
            stride: *stride,
            order: order.clone().map(Into::into),
        };
        Elements { start, axes: axes.iter().map(axis).collect(), shared: 0 }
    }

    /// More rows and more columns than are read at once, turned, in another order, and none.
    #[test]
    fn pieces_are_all_elements_in_their_order() {
        let reversed = |size: usize| Some((0..size).rev().collect::<Vec<usize>>());
        for elements in [
            elements(7, &[(PIECE / 2, 1, None), (3, 4, None), (2, 12, None)]),
            elements(0, &[(35, 3, reversed(35)), (3, 1, None)]),
            elements(2, &[(16, 1, None)]),
            elements(1, &[(3, 1, reversed(3)), (2, 9, None), (PIECE - 1, 3, reversed(PIECE - 1))]),
            elements(0, &[(5, 1, None), (PIECE, 5, None)]),
            elements(4, &[]),
            elements(0, &[(0, 1, None), (3, 1, None)]),
            elements(0, &[(3, 1, None), (0, 1, None)]),
        ] {
            let mut found = Vec::new();
            let mut pieces = elements.pieces();
            while !pieces.is_empty() {
                assert_eq!(pieces.place(), found.len());
                let before = found.len();
                found.resize(before + pieces.len(), usize::MAX);
                pieces.visit(|at, index| found[before + at] = index);
                pieces.advance();
            }
            assert_eq!(found, indices(&elements), "{:?}", elements.shape());
        }
    }
}
