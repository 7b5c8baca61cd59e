//! Errors of tables.

use std::{error, fmt};

use typednet_tensor::LabelError;

use super::number::Numerals;
use crate::short;

/// Why a table could not be read or used.
#[derive(Clone, PartialEq)]
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
        /// What may be the reason.
        hint: RaggedHint,
    },
    /// The cells are separated by another mark than they are read with.
    OtherSeparator {
        /// The line, counted from 1.
        line: u64,
        /// The mark that stands there.
        found: char,
        /// The mark that was looked for.
        expected: char,
    },
    /// The first line, which was to name the columns, seems to be a comment.
    CommentHeader {
        /// The line, counted from 1.
        line: u64,
    },
    /// The first line, which was to be data, seems to name the columns.
    HeaderAsData {
        /// The line, counted from 1.
        line: u64,
        /// The name that was given for one of the columns.
        column: String,
        /// What stands there.
        found: String,
    },
    /// A mark cannot separate cells or begin a comment.
    Mark {
        /// The mark.
        found: char,
    },
    /// A column is stated to be text and to be numbers.
    TextAndNumbers {
        /// The column.
        column: String,
    },
    /// A quote is opened and never closed.
    OpenQuote {
        /// The line where the row with the quote begins, counted from 1.
        line: u64,
    },
    /// Two columns have one name in the first line.
    DuplicateHeader {
        /// The line, counted from 1.
        line: u64,
        /// The name.
        name: String,
    },
    /// Two columns were to have one name.
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
    /// Two classes were to have one name.
    DuplicateClass {
        /// The name.
        name: String,
    },
    /// A text is damaged, cut off, or no list of class names at all.
    MalformedNames {
        /// What is wrong with it.
        reason: String,
    },
    /// A column has no values from which one could be computed.
    NothingToFillFrom {
        /// The column.
        column: String,
    },
    /// A gap has no value before it.
    NothingBefore {
        /// The column.
        column: String,
        /// The line of the gap, counted from 1.
        line: u64,
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

/// What may be the reason for a row of another length than that of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RaggedHint {
    /// Nothing that could be guessed.
    None,
    /// The row begins with `#`.
    Comment,
    /// The row ends with a separating mark.
    TrailingMark,
    /// The first line is a single cell.
    OneColumn,
}

impl fmt::Display for RaggedHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "",
            Self::Comment => "; lines that begin with `#` are left out with `Csv::comment(b'#')`",
            Self::TrailingMark => "; a mark at the end of the rows is allowed with `Csv::trailing_mark`",
            Self::OneColumn => "; another mark than a comma is given with `Csv::separated_by`",
        })
    }
}

/// Why one cell of a table could not be used.
#[derive(Clone, PartialEq)]
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
            Self::Ragged { line, expected, found, hint } => {
                write!(f, "line {line}: expected {expected} cells, one for each column, found {found}{hint}")
            }
            Self::OtherSeparator { line, found, expected } => write!(
                f,
                "line {line}: the cells are separated by `{}`, but `{}` was given; read them with \
                 `Csv::separated_by(b'{}')`",
                found.escape_default(),
                expected.escape_default(),
                found.escape_default()
            ),
            Self::CommentHeader { line } => write!(
                f,
                "line {line}: expected the names of the columns, found a line that begins with `#`; comments are left \
                 out with `Csv::comment(b'#')`, and `Csv::renamed` gives names in place of such a line"
            ),
            Self::HeaderAsData { line, column, found } => write!(
                f,
                "line {line}, column `{}`: expected data as in the lines below, found `{}`, which seems to be a name; \
                 names over a line of names are given with `Csv::renamed`, and a column of text with `Csv::text`",
                short::name(column, 60),
                short::name(found, 60)
            ),
            Self::Mark { found } => write!(
                f,
                "`{}` cannot separate cells or begin a comment; expected an ASCII character that is no quote or line \
                 end, and another one for each of the two",
                found.escape_default()
            ),
            Self::TextAndNumbers { column } => {
                write!(f, "column `{column}` was given to `Csv::text` and to `Csv::numbers`; keep one of the two")
            }
            Self::OpenQuote { line } => write!(f, "line {line}: a quote is opened and never closed"),
            Self::DuplicateHeader { line, name } => write!(
                f,
                "line {line}: two columns are named `{name}`; give all columns names of their own with `Csv::renamed`, \
                 or number those of one name with `Csv::number_duplicates`"
            ),
            Self::DuplicateColumn { name } => {
                write!(f, "two columns are named `{name}`; each column needs a name of its own")
            }
            Self::WrongNameCount { expected, found } => {
                write!(f, "the table has {expected} columns, but {found} names were given")
            }
            Self::NoColumn { name, known } => {
                write!(f, "there is no column `{name}`; the columns are {}", short::list(known))
            }
            Self::WrongColumnCount { expected, found } => write!(
                f,
                "a row of {expected} numbers needs {expected} columns, but {} were chosen: {}",
                found.len(),
                short::list(found)
            ),
            Self::WrongClassCount { column, expected, found } => write!(
                f,
                "column `{column}`: expected {expected} different classes, found {}: {}",
                found.len(),
                short::list(found)
            ),
            Self::DuplicateClass { name } => {
                write!(f, "two classes are named `{name}`; each class needs a name of its own")
            }
            Self::MalformedNames { reason } => write!(f, "these are no names of the expected classes: {reason}"),
            Self::NothingToFillFrom { column } => {
                write!(f, "column `{column}` has no value at all; fill it with a constant, or remove it")
            }
            Self::NothingBefore { column, line } => {
                write!(
                    f,
                    "line {line}: column `{column}` has no value here and none before; remove the rows before its first value"
                )
            }
            Self::WrongFill { column, holds } => {
                write!(f, "column `{column}` holds {holds}; the value to fill with must be of the same type")?;
                if *holds == "text" {
                    write!(f, " (numbers that were kept as text, such as `007`, are read with `Csv::numbers`)")?;
                }
                Ok(())
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
            Self::NotNumber { found } => {
                write!(f, "expected a number, found `{}`", short::name(found, 60))?;
                match Numerals::Comma.number(found) {
                    Some(_) => write!(f, "; numbers with a decimal comma are read with `Csv::decimal_comma`"),
                    None => Ok(()),
                }
            }
            Self::NotFinite { found } => {
                write!(f, "expected a finite number that the type can hold, found {found:e}")
            }
            Self::UnknownClass { found, known } => {
                write!(f, "`{found}` is none of the {} classes {}", known.len(), short::list(known))
            }
            Self::NotLabel { found } => write!(f, "expected a label (0, 1, 2, …), found {found}"),
            Self::Label(error) => error.fmt(f),
        }
    }
}

typednet_tensor::debug_as_display!(TableError, CellError);

impl error::Error for TableError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Cell { error: CellError::Label(error), .. } => Some(error),
            _ => None,
        }
    }
}

impl error::Error for CellError {}
