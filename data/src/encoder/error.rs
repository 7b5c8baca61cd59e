//! Why rows cannot be encoded.

use std::{error, fmt};

use crate::{CellError, short};

/// Why an encoder cannot be fitted, used or read.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum EncodeError {
    /// No column was named.
    NoColumns,
    /// A column was named twice.
    Twice {
        /// The column.
        column: String,
    },
    /// The columns do not make as many numbers as the type has.
    Width {
        /// How many the type has.
        expected: usize,
        /// How many the columns make.
        found: usize,
        /// How many each column makes.
        columns: Vec<(String, usize)>,
    },
    /// The numbers of a column are all the same.
    Constant {
        /// The column.
        column: String,
        /// The number.
        value: f64,
    },
    /// The numbers of a column are further apart than a number can say.
    TooWide {
        /// The column.
        column: String,
    },
    /// What is to stand in for missing values does not fit what the column holds.
    Fill {
        /// The column.
        column: String,
        /// What the column holds.
        sort: &'static str,
    },
    /// A value is missing, and nothing was said about that.
    Missing {
        /// The line, counted from 1, where the row is one of a file.
        line: Option<u64>,
        /// The column.
        column: String,
        /// The setting of [`Columns`](super::Columns) that says what to do.
        setting: &'static str,
    },
    /// A category is none of those of the training rows.
    UnknownCategory {
        /// The line, counted from 1, where the row is one of a file.
        line: Option<u64>,
        /// The column.
        column: String,
        /// The category.
        found: String,
        /// The categories of the training rows.
        known: Vec<String>,
    },
    /// Something else is wrong with one cell.
    Cell {
        /// The line, counted from 1, where the row is one of a file.
        line: Option<u64>,
        /// The column.
        column: String,
        /// What is wrong with it.
        error: CellError,
    },
    /// A text is damaged, cut off, or no encoder at all.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
}

/// What is wrong with a value, wherever it stands.
#[derive(Debug)]
pub(super) enum Wrong {
    Missing,
    MissingCategory,
    Unknown { found: String, known: Vec<String> },
    Cell(CellError),
}

impl From<CellError> for Wrong {
    fn from(error: CellError) -> Self {
        Self::Cell(error)
    }
}

impl Wrong {
    /// The error with the place of the value.
    pub(super) fn at(self, line: Option<u64>, column: &str) -> EncodeError {
        let column = column.to_owned();
        match self {
            Self::Missing => EncodeError::Missing { line, column, setting: "fill_numbers" },
            Self::MissingCategory => EncodeError::Missing { line, column, setting: "fill_categories" },
            Self::Unknown { found, known } => EncodeError::UnknownCategory { line, column, found, known },
            Self::Cell(error) => EncodeError::Cell { line, column, error },
        }
    }
}

/// Where something stands: the line, if there are lines, and the column.
fn place(line: Option<u64>, column: &str) -> String {
    let column = short::name(column, 60);
    line.map_or_else(|| format!("column `{column}`"), |line| format!("line {line}, column `{column}`"))
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColumns => {
                write!(f, "no column is to be encoded; name some with `Columns::numbers` or `Columns::categories`")
            }
            Self::Twice { column } => write!(f, "{} was named twice; name each once", place(None, column)),
            Self::Width { expected, found, columns } => {
                let columns: Vec<String> = columns.iter().map(|(name, width)| format!("{name} {width}")).collect();
                write!(
                    f,
                    "the columns make {found} numbers ({}), but the encoder's type has {expected}; write \
                     `TableEncoder::<{found}>`, and let the network read {found}",
                    short::list(&columns)
                )
            }
            Self::Constant { column, value } => write!(
                f,
                "{} is {value} in all training rows and cannot be scaled; leave it out, or fit with \
                 `Columns::constant(Constant::Shift)`",
                place(None, column)
            ),
            Self::TooWide { column } => {
                write!(f, "{}: the values are too far apart to be scaled", place(None, column))
            }
            Self::Fill { column, sort } => write!(
                f,
                "{} holds {sort}, which the given value cannot stand in for; numbers are filled with a mean, a median \
                 or a number, categories with the most frequent one or a text",
                place(None, column)
            ),
            Self::Missing { line, column, setting } => write!(
                f,
                "{}: the value is missing; give one, or fit the encoder with `Columns::{setting}`",
                place(*line, column)
            ),
            Self::UnknownCategory { line, column, found, known } => write!(
                f,
                "{}: `{}` is none of the {} categories {}; with `Columns::unknown(Unknown::Zeros)` it would be no \
                 category",
                place(*line, column),
                short::name(found, 60),
                known.len(),
                short::list(known)
            ),
            Self::Cell { line, column, error } => write!(f, "{}: {error}", place(*line, column)),
            Self::Malformed { reason } => {
                write!(f, "this is no whole encoder of tables: {reason}; write it again from the training data")
            }
        }
    }
}

typednet_tensor::debug_as_display!(EncodeError);

impl error::Error for EncodeError {}
