//! One column of a table.

use std::borrow::Cow;
use std::fmt;

use super::number::{Numerals, shown};
use super::{CellError, TableError};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// All values are numbers.
    Number,
    /// Some value is no number: text, or the name of a category.
    Text,
    /// No row has a value.
    Empty,
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Empty => "empty",
        })
    }
}

/// The values of a column; a missing number is NaN.
#[derive(Clone, Debug)]
pub(super) enum Cells {
    Numbers(Vec<f64>),
    Texts(Vec<Option<Box<str>>>),
}

impl Cells {
    pub(super) fn with_capacity(numbers: bool, rows: usize) -> Self {
        if numbers { Self::Numbers(Vec::with_capacity(rows)) } else { Self::Texts(Vec::with_capacity(rows)) }
    }

    /// The rows with these numbers.
    pub(super) fn select(&self, rows: &[u32]) -> Self {
        match self {
            Self::Numbers(cells) => Self::Numbers(rows.iter().map(|row| cells[*row as usize]).collect()),
            Self::Texts(cells) => Self::Texts(rows.iter().map(|row| cells[*row as usize].clone()).collect()),
        }
    }
}

/// One column of a [`Table`](super::Table): its name, what its values are, and how many are missing.
///
/// ```
/// use typednet_data::{ColumnKind, Table};
///
/// let table = Table::from_csv("age,town\n31,Oslo\n?,Bergen\n54,Oslo\n")?;
/// let age = table.column("age")?;
/// assert_eq!((age.kind(), age.missing()), (ColumnKind::Number, 1));
/// assert_eq!(table.column("town")?.categories(), ["Bergen", "Oslo"]);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) name: String,
    pub(super) cells: Cells,
    /// How numbers in its text are written.
    numerals: Numerals,
}

impl Column {
    pub(super) fn new(name: String, cells: Cells, numerals: Numerals) -> Self {
        Self { name, cells, numerals }
    }

    pub(super) fn push(&mut self, cell: Option<&str>) {
        match &mut self.cells {
            Cells::Numbers(cells) => {
                cells.push(cell.and_then(|cell| self.numerals.number(cell)).unwrap_or(f64::NAN));
            }
            Cells::Texts(cells) => cells.push(cell.map(Into::into)),
        }
    }

    /// The rows with these numbers.
    pub(super) fn select(&self, rows: &[u32]) -> Self {
        Self::new(self.name.clone(), self.cells.select(rows), self.numerals)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the values are.
    pub fn kind(&self) -> ColumnKind {
        match &self.cells {
            Cells::Numbers(cells) if cells.iter().all(|cell| cell.is_nan()) => ColumnKind::Empty,
            Cells::Numbers(_) => ColumnKind::Number,
            Cells::Texts(_) => ColumnKind::Text,
        }
    }

    /// How many rows have no value here.
    pub fn missing(&self) -> usize {
        (0..self.len()).filter(|row| self.is_missing(*row)).count()
    }

    /// The numbers, NaN where one is missing; nothing for a column of text.
    pub fn numbers(&self) -> Option<&[f64]> {
        match &self.cells {
            Cells::Numbers(cells) => Some(cells),
            Cells::Texts(_) => None,
        }
    }

    /// The different values as text, without the missing ones: numbers by size, text by its letters.
    pub fn categories(&self) -> Vec<String> {
        match &self.cells {
            Cells::Numbers(cells) => {
                let mut found: Vec<f64> = cells.iter().filter(|cell| !cell.is_nan()).map(|cell| cell + 0.0).collect();
                found.sort_unstable_by(f64::total_cmp);
                found.dedup();
                found.into_iter().map(|number| shown(number).into_owned()).collect()
            }
            Cells::Texts(cells) => {
                let mut found: Vec<&str> = cells.iter().flatten().map(AsRef::as_ref).collect();
                found.sort_unstable();
                found.dedup();
                found.into_iter().map(str::to_owned).collect()
            }
        }
    }

    /// Whether all values are text that would be numbers if a comma were a decimal mark.
    pub(super) fn has_decimal_commas(&self) -> bool {
        let Cells::Texts(cells) = &self.cells else { return false };
        let mut values = cells.iter().flatten();
        let has_comma = cells.iter().flatten().any(|text| text.contains(','));
        has_comma && self.numerals == Numerals::Point && values.all(|text| Numerals::Comma.number(text).is_some())
    }

    pub(super) fn len(&self) -> usize {
        match &self.cells {
            Cells::Numbers(cells) => cells.len(),
            Cells::Texts(cells) => cells.len(),
        }
    }

    pub(crate) fn is_missing(&self, row: usize) -> bool {
        match &self.cells {
            Cells::Numbers(cells) => cells[row].is_nan(),
            Cells::Texts(cells) => cells[row].is_none(),
        }
    }

    /// The value in `row` as text.
    pub(super) fn text(&self, row: usize) -> Result<Cow<'_, str>, CellError> {
        match &self.cells {
            _ if self.is_missing(row) => Err(CellError::Missing),
            Cells::Numbers(cells) => Ok(shown(cells[row])),
            Cells::Texts(cells) => Ok(Cow::Borrowed(cells[row].as_deref().unwrap_or_default())),
        }
    }

    /// The text in `row`, where the column holds text and the row has some.
    pub(crate) fn as_text(&self, row: usize) -> Option<&str> {
        match &self.cells {
            Cells::Numbers(_) => None,
            Cells::Texts(cells) => cells[row].as_deref(),
        }
    }

    /// The value in `row` as a number.
    pub(crate) fn number(&self, row: usize) -> Result<f64, CellError> {
        match &self.cells {
            _ if self.is_missing(row) => Err(CellError::Missing),
            Cells::Numbers(cells) => Ok(cells[row]),
            Cells::Texts(cells) => {
                let text = cells[row].as_deref().unwrap_or_default();
                self.numerals.number(text).ok_or_else(|| CellError::NotNumber { found: text.to_owned() })
            }
        }
    }

    /// The numbers that are not missing.
    ///
    /// # Errors
    /// At the first value that is no number.
    pub(super) fn present(&self, lines: &[u64]) -> Result<Vec<f64>, TableError> {
        let row = |(row, line): (usize, &u64)| match self.number(row) {
            Ok(number) => Some(Ok(number)),
            Err(CellError::Missing) => None,
            Err(error) => Some(Err(TableError::Cell { line: *line, column: self.name.clone(), error })),
        };
        lines.iter().enumerate().filter_map(row).collect()
    }
}
