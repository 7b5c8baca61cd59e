//! What can be wrong with a table.

use std::{error, fmt};

use typednet_tensor::LabelError;

/// Why a table could not be read or used.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TableError {
    /// There is not even a line with the names of the columns.
    NoHeader,
    /// A line does not have as many cells as there are columns.
    Ragged {
        /// The line, counted from 1.
        line: u64,
        /// How many columns there are.
        expected: usize,
        /// How many cells the line has.
        found: usize,
    },
    /// A quote is opened and never closed.
    OpenQuote {
        /// The line where the row with the quote begins, counted from 1.
        line: u64,
    },
    /// Two columns have one name.
    DuplicateColumn {
        /// The name.
        name: String,
    },
    /// There are not as many names as columns.
    WrongNameCount {
        /// How many columns there are.
        expected: usize,
        /// How many names were given.
        found: usize,
    },
    /// There is no such column.
    NoColumn {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The typed row has another number of places than columns were chosen.
    WrongColumnCount {
        /// How many numbers the type holds.
        expected: usize,
        /// The chosen columns.
        found: Vec<String>,
    },
    /// A column does not hold as many different classes as the type says.
    WrongClassCount {
        /// The column.
        column: String,
        /// How many classes the type has.
        expected: usize,
        /// The classes in the column.
        found: Vec<String>,
    },
    /// A column has no values from which one could be computed.
    NothingToFillFrom {
        /// The column.
        column: String,
    },
    /// A value to fill with is not of the column's type.
    WrongFill {
        /// The column.
        column: String,
        /// What the column holds.
        holds: &'static str,
    },
    /// A number to fill with is infinite or not a number.
    FillNotFinite {
        /// The column.
        column: String,
        /// The number.
        found: f64,
    },
    /// Something is wrong with one cell.
    Cell {
        /// The line, counted from 1.
        line: u64,
        /// The column.
        column: String,
        /// What is wrong with it.
        error: CellError,
    },
}

/// Why one cell of a table could not be used.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CellError {
    /// The bytes are not UTF-8.
    NotText,
    /// There is no value.
    Missing,
    /// The value is no number.
    NotNumber {
        /// The text that stands there.
        found: String,
    },
    /// The number is infinite, or too large for the type that is to hold it.
    NotFinite {
        /// The number as it was read.
        found: f64,
    },
    /// The value is none of the known classes.
    UnknownClass {
        /// The value.
        found: String,
        /// The classes.
        known: Vec<String>,
    },
    /// The value is not a whole number from 0, so it cannot be a label.
    NotLabel {
        /// The value.
        found: f64,
    },
    /// The label is no class.
    Label(LabelError),
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHeader => write!(f, "the table is empty; expected a first line with the names of the columns"),
            Self::Ragged { line, expected, found } => {
                write!(f, "line {line}: expected {expected} cells, one for each column, found {found}")
            }
            Self::OpenQuote { line } => write!(f, "line {line}: a quote is opened and never closed"),
            Self::DuplicateColumn { name } => {
                write!(f, "two columns are named `{name}`; each column needs a name of its own")
            }
            Self::WrongNameCount { expected, found } => {
                write!(f, "the table has {expected} columns, but {found} names were given")
            }
            Self::NoColumn { name, known } => {
                write!(f, "there is no column `{name}`; the columns are {}", known.join(", "))
            }
            Self::WrongColumnCount { expected, found } => write!(
                f,
                "a row of {expected} numbers needs {expected} columns, but {} were chosen: {}",
                found.len(),
                found.join(", ")
            ),
            Self::WrongClassCount { column, expected, found } => write!(
                f,
                "column `{column}`: expected {expected} different classes, found {}: {}",
                found.len(),
                shortened(found)
            ),
            Self::NothingToFillFrom { column } => {
                write!(f, "column `{column}` has no value at all; fill it with a constant, or remove it")
            }
            Self::WrongFill { column, holds } => {
                write!(f, "column `{column}` holds {holds}; the value to fill with must be of the same type")
            }
            Self::FillNotFinite { column, found } => {
                write!(f, "column `{column}`: expected a finite number to fill with, found {found}")
            }
            Self::Cell { line, column, error } => write!(f, "line {line}, column `{column}`: {error}"),
        }
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText => write!(f, "the bytes are not UTF-8 text; save the table as UTF-8"),
            Self::Missing => write!(f, "the value is missing; fill the column or drop the row"),
            Self::NotNumber { found } => write!(f, "expected a number, found `{found}`"),
            Self::NotFinite { found } => {
                write!(f, "expected a finite number that the type can hold, found {found:e}")
            }
            Self::UnknownClass { found, known } => {
                write!(f, "`{found}` is none of the {} classes {}", known.len(), shortened(known))
            }
            Self::NotLabel { found } => write!(f, "expected a label (0, 1, 2, …), found {found}"),
            Self::Label(error) => error.fmt(f),
        }
    }
}

/// The first names, and how many more there are.
fn shortened(names: &[String]) -> String {
    const SHOWN: usize = 12;
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..SHOWN].join(", ")),
    }
}

impl error::Error for TableError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Cell { error: CellError::Label(error), .. } => Some(error),
            _ => None,
        }
    }
}

impl error::Error for CellError {}
