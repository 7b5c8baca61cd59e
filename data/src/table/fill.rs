//! Missing values, filled or dropped; categories as columns of 0 and 1.

use super::column::Cells;
use super::number::Numerals;
use super::{CellError, Column, ColumnKind, Table, TableError};

/// What stands in for a missing value (lecture section 8).
///
/// What is computed must be computed from the training rows alone. [`Table::fill`] therefore gives back what it wrote,
/// to be written into the other parts.
///
/// ```
/// use typednet_data::{Fill, Table};
///
/// let table = Table::from_csv("age,town\n20,Oslo\n30,\n,Oslo\n,Bergen\n")?;
/// let (mut train, mut test) = (table.select(&[0, 1, 2]), table.select(&[3]));
/// let written = train.fill("age", Fill::Mean)?;
/// assert_eq!(written, Fill::Number(25.0));
/// test.fill("age", written)?;
/// assert_eq!(test.column("age")?.numbers(), Some(&[25.0][..]));
/// assert_eq!(train.fill("town", Fill::MostFrequent)?, Fill::Text("Oslo".into()));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Fill {
    /// The mean of the column's numbers.
    Mean,
    /// The number in the middle of the column, or the mean of the two in the middle.
    Median,
    /// The value that the column has most often; the first by size or letters of equally frequent ones.
    MostFrequent,
    /// This number.
    Number(f64),
    /// This text.
    Text(String),
}

impl Table {
    /// Writes `with` to every cell of `column` that has no value, and gives back what was written.
    ///
    /// # Errors
    /// If there is no such column, if it holds text where a number is asked for, or if it has no value to compute one
    /// from.
    pub fn fill(&mut self, column: &str, with: Fill) -> Result<Fill, TableError> {
        let place = self.place(column)?;
        let value = with.computed(&self.columns[place], &self.lines)?;
        let empty = self.columns[place].kind() == ColumnKind::Empty;
        let Column { name, cells, .. } = &mut self.columns[place];
        match (cells, &value) {
            (Cells::Numbers(cells), Fill::Number(number)) => {
                cells.iter_mut().filter(|cell| cell.is_nan()).for_each(|cell| *cell = *number);
            }
            (Cells::Texts(cells), Fill::Text(text)) => {
                cells.iter_mut().filter(|cell| cell.is_none()).for_each(|cell| *cell = Some(text.as_str().into()));
            }
            // A column without any value may become either.
            (cells @ Cells::Numbers(_), Fill::Text(text)) if empty => {
                *cells = Cells::Texts(vec![Some(text.as_str().into()); self.lines.len()]);
            }
            (Cells::Numbers(_), _) => {
                return Err(TableError::WrongFill { column: name.clone(), holds: "numbers" });
            }
            (Cells::Texts(_), _) => return Err(TableError::WrongFill { column: name.clone(), holds: "text" }),
        }
        Ok(value)
    }

    /// Writes to every cell of `column` that has no value the one of the row before, and gives how many there were: for rows in the
    /// order of time, since nothing that comes later is looked at.
    ///
    /// ```
    /// # use typednet_data::Table;
    /// let mut table = Table::from_csv("day,level\n1,3.5\n2,\n3,\n4,4.0\n")?;
    /// assert_eq!(table.fill_forward("level")?, 2);
    /// assert_eq!(table.column("level")?.numbers(), Some(&[3.5, 3.5, 3.5, 4.0][..]));
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such column, or its first row has no value; then the table is as it was.
    pub fn fill_forward(&mut self, column: &str) -> Result<usize, TableError> {
        let place = self.place(column)?;
        if self.rows() > 0 && self.columns[place].is_missing(0) {
            return Err(TableError::NothingBefore { column: column.to_owned(), line: self.lines[0] });
        }
        let mut filled = 0;
        match &mut self.columns[place].cells {
            Cells::Numbers(cells) => {
                for row in 1..cells.len() {
                    if cells[row].is_nan() {
                        (cells[row], filled) = (cells[row - 1], filled + 1);
                    }
                }
            }
            Cells::Texts(cells) => {
                for row in 1..cells.len() {
                    if cells[row].is_none() {
                        (cells[row], filled) = (cells[row - 1].clone(), filled + 1);
                    }
                }
            }
        }
        Ok(filled)
    }

    /// Removes every row that has no value in one of these columns, and gives how many there were.
    ///
    /// ```
    /// # use typednet_data::Table;
    /// let mut table = Table::from_csv("a,b\n1,\n2,5\n,6\n")?;
    /// assert_eq!(table.drop_missing(["b"])?, 1);
    /// assert_eq!(table.column("b")?.numbers(), Some(&[5.0, 6.0][..]));
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such column.
    pub fn drop_missing<C: AsRef<str>>(&mut self, columns: impl IntoIterator<Item = C>) -> Result<usize, TableError> {
        let places = self.places(columns)?;
        let whole = |row: &u32| !places.iter().any(|place| self.columns[*place].is_missing(*row as usize));
        let rows: Vec<u32> = (0..self.rows() as u32).filter(whole).collect();
        let dropped = self.rows() - rows.len();
        if dropped > 0 {
            *self = self.select(&rows);
        }
        Ok(dropped)
    }

    /// Puts one column of 0 and 1 for each of these categories in the place of `column`, named `column=category`.
    ///
    /// The categories are those of the training rows ([`Column::categories`]), so that all parts get the same columns.
    ///
    /// ```
    /// # use typednet_data::Table;
    /// let mut table = Table::from_csv("age,town\n20,Oslo\n30,Bergen\n")?;
    /// let towns = table.column("town")?.categories();
    /// table.one_hot("town", &towns)?;
    /// assert_eq!(table.samples::<f32, 3>(["age", "town=Bergen", "town=Oslo"])?, [[20.0, 0.0, 1.0], [30.0, 1.0, 0.0]]);
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such column, or a row has no value or another one; then the table is as it was.
    pub fn one_hot(&mut self, column: &str, categories: &[String]) -> Result<(), TableError> {
        let place = self.place(column)?;
        let old = &self.columns[place];
        let mut new = vec![Vec::new(); categories.len()];
        for row in 0..self.rows() {
            let text = old.text(row).map_err(|error| self.cell_error(row, old, error))?;
            let Some(category) = categories.iter().position(|category| *category == text) else {
                let error = CellError::UnknownClass { found: text.into_owned(), known: categories.to_vec() };
                return Err(self.cell_error(row, old, error));
            };
            new[category].push(row);
        }
        let names: Vec<String> = categories.iter().map(|category| format!("{column}={category}")).collect();
        if let Some(name) = names.iter().find(|name| self.place(name).is_ok()) {
            return Err(TableError::DuplicateColumn { name: name.clone() });
        }
        let count = self.rows();
        let new = names.into_iter().zip(new).map(|(name, rows)| {
            let mut cells = vec![0.0; count];
            for row in rows {
                cells[row] = 1.0;
            }
            Column::new(name, Cells::Numbers(cells), Numerals::default())
        });
        self.columns.splice(place..=place, new);
        Ok(())
    }
}

impl Fill {
    /// The number or text to write.
    pub(crate) fn computed(self, column: &Column, lines: &[u64]) -> Result<Self, TableError> {
        let nothing = || TableError::NothingToFillFrom { column: column.name().to_owned() };
        match self {
            Self::Mean => {
                let numbers = column.present(lines)?;
                if numbers.is_empty() {
                    return Err(nothing());
                }
                Ok(Self::Number(numbers.iter().sum::<f64>() / numbers.len() as f64))
            }
            Self::Median => {
                let mut numbers = column.present(lines)?;
                numbers.sort_unstable_by(f64::total_cmp);
                let middle = numbers.len() / 2;
                match (numbers.len() % 2, numbers.get(middle)) {
                    (_, None) => Err(nothing()),
                    (1, Some(number)) => Ok(Self::Number(*number)),
                    (_, Some(number)) => Ok(Self::Number(numbers[middle - 1].midpoint(*number))),
                }
            }
            Self::MostFrequent => most_frequent(column).ok_or_else(nothing),
            Self::Number(found) if !found.is_finite() => {
                Err(TableError::FillNotFinite { column: column.name().to_owned(), found })
            }
            value => Ok(value),
        }
    }
}

/// The value with the most rows, the first in order of equally frequent ones.
fn most_frequent(column: &Column) -> Option<Fill> {
    /// The start of the longest run in sorted values.
    fn longest<V: PartialEq + Copy>(sorted: &[V]) -> Option<V> {
        sorted.chunk_by(V::eq).rev().max_by_key(|run| run.len()).map(|run| run[0])
    }
    match &column.cells {
        Cells::Numbers(cells) => {
            let mut cells: Vec<f64> = cells.iter().copied().filter(|cell| !cell.is_nan()).collect();
            cells.sort_unstable_by(f64::total_cmp);
            longest(&cells).map(Fill::Number)
        }
        Cells::Texts(cells) => {
            let mut cells: Vec<&str> = cells.iter().flatten().map(AsRef::as_ref).collect();
            cells.sort_unstable();
            longest(&cells).map(|text| Fill::Text(text.to_owned()))
        }
    }
}
