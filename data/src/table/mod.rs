//! Tables: named columns of numbers or text, read from CSV.

mod column;
mod csv;
mod error;
mod fill;
mod number;
mod shown;
mod typed;

use std::collections::HashMap;
use std::path::Path;

use crate::DataError;

pub use column::{Column, ColumnKind};
pub use csv::Csv;
pub use error::{CellError, RaggedHint, TableError};
pub use fill::Fill;

pub(crate) use number::shown;

/// Named columns of equal length, with the line of the file that each row came from (lecture section 8).
///
/// A table is what a file holds. What a network reads are typed rows, which [`samples`](Self::samples),
/// [`labels`](Self::labels) and [`classes`](Self::classes) give.
///
/// ```
/// use typednet_data::{Dataset, Fill, Table};
/// use typednet_tensor::Class;
///
/// let mut table = Table::from_csv(
///     "height,weight,animal\n\
///      0.3,4.1,cat\n\
///      0.6,,dog\n\
///      0.25,3.5,cat\n",
/// )?;
/// println!("{table}");
/// table.fill("weight", Fill::Median)?;
/// let samples: Vec<[f32; 2]> = table.samples(["height", "weight"])?;
/// let (targets, names) = table.classes::<2>("animal")?;
/// assert_eq!(samples[1], [0.6, 3.8]);
/// assert_eq!((names[0].as_str(), targets[1].index()), ("cat", 1));
/// let animals = Dataset::new(samples, targets)?;
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    /// The line of each row, counted from 1.
    lines: Vec<u64>,
}

impl Table {
    /// The table in a text with commas whose first line names the columns; [`Csv`] reads others.
    ///
    /// # Errors
    /// As [`Csv::read`].
    pub fn from_csv(text: impl AsRef<[u8]>) -> Result<Self, DataError> {
        Csv::new().read(text)
    }

    /// The table in a file with commas whose first line names the columns; [`Csv`] reads others.
    ///
    /// # Errors
    /// As [`Csv::read_file`].
    pub fn from_csv_file(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Csv::new().read_file(path)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// All columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names of all columns in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(Column::name)
    }

    /// The names of all columns but these, in order: often all features but the target.
    pub fn names_except(&self, others: &[&str]) -> impl Iterator<Item = &str> {
        self.names().filter(move |name| !others.contains(name))
    }

    /// The column with this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn column(&self, name: &str) -> Result<&Column, TableError> {
        self.place(name).map(|place| &self.columns[place])
    }

    /// The rows with these numbers, counted from 0, in this order: for instance one of the parts of
    /// [`split::random`](crate::split::random).
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        Self {
            columns: self.columns.iter().map(|column| column.select(rows)).collect(),
            lines: rows.iter().map(|row| self.lines[*row as usize]).collect(),
        }
    }

    /// The line of each row, counted from 1.
    pub(crate) fn lines(&self) -> &[u64] {
        &self.lines
    }

    fn place(&self, name: &str) -> Result<usize, TableError> {
        let known = || self.names().map(str::to_owned).collect();
        self.names()
            .position(|other| other == name)
            .ok_or_else(|| TableError::NoColumn { name: name.to_owned(), known: known() })
    }

    /// The places of the columns with these names: there may be as many as a picture has pixels.
    fn places(&self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Vec<usize>, TableError> {
        let places: HashMap<&str, usize> = self.names().zip(0..).collect();
        let place = |name: &str| places.get(name).copied().map_or_else(|| self.place(name), Ok);
        names.into_iter().map(|name| place(name.as_ref())).collect()
    }

    fn cell_error(&self, row: usize, column: &Column, error: CellError) -> TableError {
        TableError::Cell { line: self.lines[row], column: column.name.clone(), error }
    }
}
