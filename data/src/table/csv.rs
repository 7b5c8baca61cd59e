//! Tables from text with separated values.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::mem;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use super::column::Cells;
use super::{CellError, Column, Table, TableError};
use crate::DataError;
use crate::dataset::check_count;

/// How a text with separated values is read: comma or another mark, names in the first line or given, and which words
/// mean that a value is missing.
///
/// Cells may stand in double quotes and then hold the separating mark, line ends and doubled quotes (RFC 4180). Blanks
/// around a cell do not count, and empty lines are left out.
///
/// ```
/// use typednet_data::Csv;
///
/// let text = "5.1;setosa\n-1;virginica\n";
/// let table = Csv::new().separated_by(b';').named(["petal", "species"]).missing(["-1"]).read(text)?;
/// assert_eq!(table.rows(), 2);
/// assert_eq!(table.column("petal")?.missing(), 1);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    separator: u8,
    names: Option<Vec<String>>,
    missing: Vec<String>,
}

impl Default for Csv {
    fn default() -> Self {
        Self::new()
    }
}

impl Csv {
    /// The words that mean a missing value unless others are given, in capital or small letters.
    pub const MISSING: [&str; 7] = ["", "na", "n/a", "nan", "null", "none", "?"];

    /// Commas, names in the first line, and the words of [`MISSING`](Self::MISSING).
    pub fn new() -> Self {
        Self { separator: b',', names: None, missing: Self::MISSING.map(str::to_owned).to_vec() }
    }

    /// Cells are separated by this mark, such as `b';'` or `b'\t'`.
    #[must_use]
    pub fn separated_by(mut self, mark: u8) -> Self {
        self.separator = mark;
        self
    }

    /// The first line is data already; these are the names of the columns.
    #[must_use]
    pub fn named<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// These words, in capital or small letters, and no others mean a missing value. An empty cell always does.
    #[must_use]
    pub fn missing<W: AsRef<str>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.missing = words.into_iter().map(|word| word.as_ref().trim().to_lowercase()).collect();
        self
    }

    /// Reads a table from a file.
    ///
    /// # Errors
    /// If the file cannot be read, and as [`read`](Self::read).
    pub fn read_file(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|error| DataError::Io(error).in_path(path))?;
        self.read(bytes).map_err(|error| error.in_path(path))
    }

    /// Reads a table from text.
    ///
    /// A column whose values are all numbers holds numbers, any other holds text.
    ///
    /// # Errors
    /// If there is no header or no row, a row has too few or too many cells, two columns have one name, a quote is
    /// never closed, or some bytes are not UTF-8.
    pub fn read(&self, text: impl AsRef<[u8]>) -> Result<Table, DataError> {
        let text = text.as_ref();
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let Found { names, lines, numbers } = self.look_through(text)?;
        check_count(lines.len())?;

        let mut columns: Vec<Column> = names
            .into_iter()
            .zip(numbers)
            .map(|(name, numbers)| Column::new(name, Cells::with_capacity(numbers, lines.len())))
            .collect();
        // The first row has been used if it gave the names.
        let mut is_header = self.names.is_none();
        self.each_row(text, |_, row| {
            if mem::take(&mut is_header) {
                return Ok(());
            }
            for (column, cell) in columns.iter_mut().zip(row) {
                // Both were found out when the text was looked through.
                let cell = str::from_utf8(cell).unwrap_or_default();
                column.cells.push(if self.is_missing(cell) { None } else { Some(cell) });
            }
            Ok(())
        })?;
        Ok(Table { columns, lines })
    }

    /// Checks all rows.
    fn look_through(&self, text: &[u8]) -> Result<Found, DataError> {
        let mut names = self.names.clone();
        let (mut lines, mut all_numbers) = (Vec::new(), Vec::new());
        if let Some(names) = &names {
            check_names(names)?;
        }
        self.each_row(text, |line, row| {
            let Some(names) = &mut names else {
                names = Some(names_of(line, row)?);
                return Ok(());
            };
            if lines.is_empty() {
                all_numbers = vec![true; row.len()];
                if self.names.is_some() && names.len() != row.len() {
                    return Err(TableError::WrongNameCount { expected: row.len(), found: names.len() });
                }
            }
            if row.len() != names.len() {
                return Err(TableError::Ragged { line, expected: names.len(), found: row.len() });
            }
            for ((cell, name), numbers) in row.iter().zip(names.iter()).zip(&mut all_numbers) {
                let cell = text_of(cell, line, || name.clone())?;
                *numbers = *numbers && (self.is_missing(cell) || cell.parse::<f64>().is_ok());
            }
            lines.push(line);
            Ok(())
        })?;
        Ok(Found { names: names.ok_or(TableError::NoHeader)?, lines, numbers: all_numbers })
    }

    /// Hands each row that is not empty to `use_row`, with its line counted from 1.
    fn each_row(
        &self,
        text: &[u8],
        mut use_row: impl FnMut(u64, &ByteRecord) -> Result<(), TableError>,
    ) -> Result<(), DataError> {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(self.separator);
        let mut reader = builder.from_reader(text);
        let mut row = ByteRecord::new();
        // The reader counts lines up to the end of the row before; empty lines may come between.
        let (mut from, mut line) = (0, 1);
        while reader.read_byte_record(&mut row).map_err(|error| DataError::Io(error.into()))? {
            let start = row.position().map_or(from, |position| position.byte() as usize);
            let empty = text[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            let start = start + empty;
            line += count_lines(&text[from..start]);
            from = start;
            let end = reader.position().byte() as usize;
            if end == text.len() && is_open(&builder, &text[start..]) {
                return Err(TableError::OpenQuote { line }.into());
            }
            row.trim();
            use_row(line, &row)?;
        }
        Ok(())
    }

    fn is_missing(&self, cell: &str) -> bool {
        cell.is_empty() || self.missing.iter().any(|word| is_word(cell, word))
    }
}

/// What is in a text.
struct Found {
    names: Vec<String>,
    /// The line of each row.
    lines: Vec<u64>,
    /// Whether each column holds nothing but numbers.
    numbers: Vec<bool>,
}

/// Whether `cell` is `word`, which is in small letters.
fn is_word(cell: &str, word: &str) -> bool {
    cell.eq_ignore_ascii_case(word) || (!cell.is_ascii() && cell.to_lowercase() == word)
}

fn count_lines(text: &[u8]) -> u64 {
    text.split(|byte| *byte == b'\n').count() as u64 - 1
}

/// Whether the last row goes on when a line is added, so that a quote in it is still open.
fn is_open(builder: &ReaderBuilder, last: &[u8]) -> bool {
    let more = [last, b"\n0\n"].concat();
    builder.from_reader(&more[..]).into_byte_records().count() == 1
}

fn text_of(cell: &[u8], line: u64, column: impl Fn() -> String) -> Result<&str, TableError> {
    str::from_utf8(cell).map_err(|_| TableError::Cell { line, column: column(), error: CellError::NotText })
}

/// The names in the first line; a column without one is named after its place.
fn names_of(line: u64, row: &ByteRecord) -> Result<Vec<String>, TableError> {
    let name = |(place, cell): (usize, _)| {
        let by_place = || format!("column {}", place + 1);
        let name = text_of(cell, line, by_place)?;
        Ok(if name.is_empty() { by_place() } else { name.to_owned() })
    };
    let names: Vec<String> = row.iter().enumerate().map(name).collect::<Result<_, TableError>>()?;
    check_names(&names)?;
    Ok(names)
}

fn check_names(names: &[String]) -> Result<(), TableError> {
    let mut seen = HashSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(name) => Err(TableError::DuplicateColumn { name: name.clone() }),
        None => Ok(()),
    }
}

/// What stands in a cell of numbers, as text.
pub(super) fn shown(number: f64) -> Cow<'static, str> {
    if number.is_nan() { Cow::Borrowed("") } else { Cow::Owned(number.to_string()) }
}
