//! Weights in the order of another program, some rows at a time.

use std::ops::Range;

use super::tensors::Elements;

/// How many rows are read together: a transposed weight has as many neighbours of a row's element in one line of the cache.
const ROWS: usize = 16;

/// The most rows or columns whose places are kept in a list.
const LONGEST: usize = 1 << 16;

/// The places of a tensor's elements in the flat block: that of a row and that of a column make one.
#[derive(Debug)]
pub(super) struct Grid {
    rows: Vec<usize>,
    columns: Vec<usize>,
}

impl Grid {
    /// That of a tensor, if it has few enough rows and columns.
    pub(super) fn of(elements: &Elements) -> Option<Self> {
        let shape = elements.shape();
        let (rows, inner) = shape.split_first()?;
        let columns = inner.iter().product::<usize>();
        let is_few = *rows <= LONGEST && columns <= LONGEST && *rows > 0 && columns > 0;
        is_few.then(|| {
            let [rows, columns] = elements.offsets();
            Self { rows, columns }
        })
    }

    /// The rows that are read together, one group after the other.
    pub(super) fn groups(&self) -> impl Iterator<Item = Range<usize>> {
        let rows = self.rows.len();
        (0..rows).step_by(ROWS).map(move |from| from..rows.min(from + ROWS))
    }

    /// How many elements a group has.
    pub(super) const fn len(&self, rows: &Range<usize>) -> usize {
        (rows.end - rows.start) * self.columns.len()
    }

    /// Shows `work` each element of a group, by its place in the tensor and in the flat block, column by column.
    pub(super) fn visit(&self, rows: &Range<usize>, mut work: impl FnMut(usize, usize)) {
        for (column, offset) in self.columns.iter().enumerate() {
            for row in rows.clone() {
                work(row * self.columns.len() + column, self.rows[row] + offset);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tensors::tests::elements;
    use super::*;

    /// A weight that is turned, with its rows in another order, and more rows than are read together.
    #[test]
    fn a_group_has_the_elements_of_its_rows() {
        let reversed: Vec<usize> = (0..35).rev().collect();
        for elements in [
            elements(7, &[(35, 1, None), (3, 40, None), (2, 200, None)]),
            elements(0, &[(35, 3, Some(reversed)), (3, 1, None)]),
            elements(2, &[(16, 1, None)]),
        ] {
            let wanted: Vec<usize> = elements.indices().collect();
            let grid = Grid::of(&elements).expect("few rows");
            let mut found = vec![usize::MAX; wanted.len()];
            let mut seen = 0;
            for rows in grid.groups() {
                grid.visit(&rows, |place, index| found[place] = index);
                seen += grid.len(&rows);
            }
            assert_eq!((found, seen), (wanted.clone(), wanted.len()));
        }
        assert!(Grid::of(&elements(0, &[(1, 1, None), (LONGEST + 1, 1, None)])).is_none());
        assert!(Grid::of(&elements(0, &[])).is_none());
    }
}
