//! Tables as rows of numbers, the same way in training and in use.

mod columns;
mod error;
mod facts;
mod fit;
mod rule;
mod value;

use std::path::Path;

use typednet_tensor::{Scalar, zeroed_samples};

use crate::{DataError, Table, TableError};

pub use columns::{Columns, Scaling, Unknown};
pub use error::EncodeError;
pub use value::Value;

use error::Wrong;
use rule::Rule;

/// What was learnt from a training table about making `N` numbers of one of its rows: which columns, in which order, what
/// stands in for missing values, which categories there are, by how much numbers are shifted and divided.
///
/// It is fitted on the training rows alone and then used for all others, also by the program that serves the network:
/// saved by itself, or in the file of the network's weights ([`Attachment`](crate::Attachment)).
///
/// ```
/// use typednet_data::{Columns, Fill, Table, TableEncoder, Unknown};
///
/// let table = Table::from_csv("town,rooms,area\nOslo,2,40\nRome,,60\nOslo,4,80\n")?;
/// let columns = Columns::new().numbers(["area", "rooms"]).categories(["town"]).fill_numbers(Fill::Median);
/// let encoder = TableEncoder::<4>::fit(&table, &columns)?;
/// let samples: Vec<[f32; 4]> = encoder.transform(&table)?;
/// assert_eq!(samples[1], [0.0, 0.0, 0.0, 1.0]);
/// assert_eq!(encoder.features(), ["area", "rooms", "town=Oslo", "town=Rome"]);
///
/// // One row where the network is used; the order of the columns does not matter.
/// let row = encoder.row::<f32>(&[("town", "Rome".into()), ("rooms", None::<f64>.into()), ("area", 60.into())])?;
/// assert_eq!(*row, samples[1]);
/// let error = encoder.row::<f32>(&[("town", "Paris".into()), ("rooms", 3.into()), ("area", 60.into())]).unwrap_err();
/// assert!(error.to_string().starts_with("column `town`: `Paris` is none of the 2 categories Oslo, Rome"));
///
/// // A type of another width says what it should be.
/// let error = TableEncoder::<3>::fit(&table, &columns).unwrap_err().to_string();
/// assert!(error.starts_with("the columns make 4 numbers (area 1, rooms 1, town 2), but the encoder's type has 3"));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TableEncoder<const N: usize> {
    columns: Vec<Encoded>,
}

/// A column and what is made of it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoded {
    name: String,
    rule: Rule,
}

impl<const N: usize> TableEncoder<N> {
    /// The encoder of these columns of the training rows.
    ///
    /// # Errors
    /// If the columns do not make `N` numbers, one is not in the table or holds something else than was said, a value is
    /// missing and nothing was said about it, or a column cannot be scaled.
    pub fn fit(training: &Table, columns: &Columns) -> Result<Self, DataError> {
        let columns = columns.fit(training)?;
        Ok(Self::of(columns)?)
    }

    /// The encoder with these columns, whose numbers must be `N`.
    fn of(columns: Vec<Encoded>) -> Result<Self, EncodeError> {
        let widths: Vec<(String, usize)> =
            columns.iter().map(|column| (column.name.clone(), column.rule.width())).collect();
        let found = widths.iter().map(|(_, width)| width).sum();
        if found == N { Ok(Self { columns }) } else { Err(EncodeError::Width { expected: N, found, columns: widths }) }
    }

    /// The rows of a table, which may have further columns and any order of them.
    ///
    /// # Errors
    /// If a column is not there, or a value is missing, of another kind or unknown, and nothing was said about it; with
    /// the line.
    pub fn transform<T: Scalar>(&self, table: &Table) -> Result<Vec<[T; N]>, DataError> {
        let mut samples = zeroed_samples::<[T; N]>(table.rows());
        let mut from = 0;
        for Encoded { name, rule } in &self.columns {
            let (column, to) = (table.column(name)?, from + rule.width());
            for (row, (sample, line)) in samples.iter_mut().zip(table.lines()).enumerate() {
                let wrong = |wrong: Wrong| wrong.at(Some(*line), name);
                let encoded = rule.value_in(column, row).and_then(|value| rule.encode(value, &mut sample[from..to]));
                encoded.map_err(wrong)?;
            }
            from = to;
        }
        Ok(samples)
    }

    /// One row, given by the names of its columns in any order; further columns are left out.
    ///
    /// A value is a number, a text or nothing: `31.5.into()`, `"Oslo".into()`, `None::<f64>.into()`. The row is on the
    /// heap, since it may be as large as a picture.
    ///
    /// # Errors
    /// If a column is not there or there twice, or as [`transform`](Self::transform).
    pub fn row<T: Scalar>(&self, cells: &[(&str, Value<'_>)]) -> Result<Box<[T; N]>, DataError> {
        let mut row = vec![T::zero(); N];
        let mut from = 0;
        for Encoded { name, rule } in &self.columns {
            let mut found = cells.iter().filter(|(other, _)| other == name).map(|(_, value)| *value);
            let value = found.next().ok_or_else(|| TableError::NoColumn {
                name: name.clone(),
                known: cells.iter().map(|(name, _)| (*name).to_owned()).collect(),
            })?;
            if found.next().is_some() {
                return Err(TableError::DuplicateColumn { name: name.clone() }.into());
            }
            let to = from + rule.width();
            rule.encode(value, &mut row[from..to]).map_err(|wrong| wrong.at(None, name))?;
            from = to;
        }
        let width = |row: Vec<T>| EncodeError::Width { expected: N, found: row.len(), columns: Vec::new() };
        Ok(row.try_into().map_err(width)?)
    }

    /// The names of the columns that are read.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| &*column.name)
    }

    /// The names of the `N` numbers: that of the column, or `column=category`.
    pub fn features(&self) -> Vec<String> {
        self.columns.iter().flat_map(|column| column.rule.features(&column.name)).collect()
    }

    /// The categories of a column, in the order of their numbers; nothing where there is no such column or it holds
    /// numbers.
    pub fn categories(&self, column: &str) -> Option<&[String]> {
        self.columns.iter().find(|other| other.name == column)?.rule.categories()
    }

    /// Writes the encoder to a JSON file. The path names the old file or the whole new one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), DataError> {
        Ok(facts::FILE.write(path, &self.facts())?)
    }

    /// Reads an encoder that gives the same numbers, to the bit.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged or cut off, or holds something else or an encoder of another width; the
    /// error names the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, DataError> {
        let path = path.as_ref();
        Self::from_facts(facts::FILE.read(path)?).map_err(|error| error.in_path(path))
    }
}
