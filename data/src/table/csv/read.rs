//! Rows out of a text: looked through once to find what each column holds, and once more to take it.

use std::mem;

use csv::{ByteRecord, ReaderBuilder};

use super::super::column::Cells;
use super::super::{CellError, Column, RaggedHint, Table, TableError};
use super::header::text_of;
use super::text::Text;
use super::{Csv, Names};
use crate::DataError;
use crate::dataset::check_count;

/// The table in `text`.
pub(super) fn table(csv: &Csv, text: &[u8]) -> Result<Table, DataError> {
    let text = Text::new(text, csv.separator, csv.comment)?;
    let mut found = Found::new(csv)?;
    each_row(&text, csv.comment, |line, row| found.look_at(line, row))?;
    let Found { names: Some(names), kinds, lines, .. } = found.checked()? else {
        return Err(TableError::NoHeader.into());
    };
    check_count(lines.len())?;

    let mut columns: Vec<Column> = names
        .into_iter()
        .zip(kinds)
        .map(|(name, kind)| Column::new(name, Cells::with_capacity(kind.numbers, lines.len()), csv.numerals))
        .collect();
    let mut is_header = csv.has_header();
    each_row(&text, csv.comment, |_, row| {
        if mem::take(&mut is_header) {
            return Ok(());
        }
        for (column, cell) in columns.iter_mut().zip(row) {
            // Both were found out when the text was looked through.
            let cell = str::from_utf8(cell).unwrap_or_default();
            column.push(if csv.is_missing(cell) { None } else { Some(cell) });
        }
        Ok(())
    })?;
    Ok(Table { columns, lines })
}

/// What is in a text.
struct Found<'c> {
    csv: &'c Csv,
    names: Option<Vec<String>>,
    kinds: Vec<Kind>,
    /// The line of each row.
    lines: Vec<u64>,
    header_is_ahead: bool,
    /// The first row of data, and whether each of its cells is something else than a number.
    first: Vec<String>,
}

/// What a column holds as far as it has been seen.
#[derive(Clone)]
struct Kind {
    /// Stated, so that it does not depend on what is seen.
    stated: bool,
    /// Nothing but numbers.
    numbers: bool,
    /// Nothing but numbers behind the first row, and at least one.
    numbers_below: Option<bool>,
}

impl<'c> Found<'c> {
    fn new(csv: &'c Csv) -> Result<Self, TableError> {
        let names = csv.given_names()?;
        let header_is_ahead = csv.has_header();
        Ok(Self { csv, names, kinds: Vec::new(), lines: Vec::new(), header_is_ahead, first: Vec::new() })
    }

    fn look_at(&mut self, line: u64, row: &ByteRecord) -> Result<(), TableError> {
        if mem::take(&mut self.header_is_ahead) {
            return self.look_at_header(line, row);
        }
        let Some(names) = &self.names else { return Ok(()) };
        let cells = if self.ends_with_mark(row, names.len()) { row.len() - 1 } else { row.len() };
        if cells != names.len() {
            let (expected, found) = (names.len(), row.len());
            return Err(match (&self.csv.names, self.lines.is_empty()) {
                (Names::Given(_), true) => TableError::WrongNameCount { expected: found, found: expected },
                _ => TableError::Ragged { line, expected, found, hint: self.hint(row, expected) },
            });
        }
        if self.kinds.is_empty() {
            self.kinds = kinds(self.csv, names)?;
        }
        for ((cell, name), kind) in row.iter().zip(names).zip(&mut self.kinds) {
            let cell = text_of(cell, line, || name.clone())?;
            if self.lines.is_empty() {
                self.first.push(cell.to_owned());
            }
            if self.csv.is_missing(cell) {
                continue;
            }
            let numerals = self.csv.numerals;
            if kind.stated && kind.numbers && numerals.number(cell).is_none() {
                let error = CellError::NotNumber { found: cell.to_owned() };
                return Err(TableError::Cell { line, column: name.clone(), error });
            }
            if !kind.stated {
                let number = numerals.keeps(cell);
                kind.numbers &= number;
                if !self.lines.is_empty() {
                    kind.numbers_below = Some(number && kind.numbers_below.unwrap_or(true));
                }
            }
        }
        self.lines.push(line);
        Ok(())
    }

    fn look_at_header(&mut self, line: u64, row: &ByteRecord) -> Result<(), TableError> {
        let mut row = row.clone();
        if self.csv.trailing_mark && row.len() > 1 && row.iter().next_back() == Some(b"") {
            row.truncate(row.len() - 1);
        }
        match &self.names {
            None => self.names = Some(self.csv.names_of(line, &row)?),
            Some(names) if names.len() != row.len() => {
                return Err(TableError::WrongNameCount { expected: row.len(), found: names.len() });
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Whether the row has one cell too many, which is nothing but the end of the line behind a mark.
    fn ends_with_mark(&self, row: &ByteRecord, width: usize) -> bool {
        self.csv.trailing_mark && is_trailing(row, width)
    }

    /// What may be the reason for a row of another number of cells.
    fn hint(&self, row: &ByteRecord, width: usize) -> RaggedHint {
        let first = row.iter().next().unwrap_or_default();
        if self.csv.comment.is_none() && first.starts_with(b"#") {
            RaggedHint::Comment
        } else if is_trailing(row, width) {
            RaggedHint::TrailingMark
        } else if width == 1 {
            RaggedHint::OneColumn
        } else {
            RaggedHint::None
        }
    }

    /// Refuses a first row that was to be data and seems to be names.
    fn checked(self) -> Result<Self, TableError> {
        let (Names::Given(names), [line, _, ..]) = (&self.csv.names, &self.lines[..]) else { return Ok(self) };
        let is_value = |cell: &str| self.csv.is_missing(cell) || self.csv.numerals.number(cell).is_some();
        if self.first.iter().any(|cell| is_value(cell)) {
            return Ok(self);
        }
        let over_numbers = self.kinds.iter().position(|kind| kind.numbers_below == Some(true));
        let place = if names.len() > 1 && self.first == *names { Some(0) } else { over_numbers };
        match place {
            Some(place) => Err(TableError::HeaderAsData {
                line: *line,
                column: names[place].clone(),
                found: self.first[place].clone(),
            }),
            None => Ok(self),
        }
    }
}

fn is_trailing(row: &ByteRecord, width: usize) -> bool {
    row.len() == width + 1 && row.iter().next_back() == Some(b"")
}

/// What is stated about each column.
fn kinds(csv: &Csv, names: &[String]) -> Result<Vec<Kind>, TableError> {
    let mut kinds = vec![Kind { stated: false, numbers: true, numbers_below: None }; names.len()];
    for (columns, numbers) in [(&csv.text, false), (&csv.numbers, true)] {
        for name in columns {
            let Some(place) = names.iter().position(|other| other == name) else {
                return Err(TableError::NoColumn { name: name.clone(), known: names.to_vec() });
            };
            if kinds[place].stated && kinds[place].numbers != numbers {
                return Err(TableError::TextAndNumbers { column: name.clone() });
            }
            (kinds[place].stated, kinds[place].numbers) = (true, numbers);
        }
    }
    Ok(kinds)
}

/// Hands each row that is neither empty nor a comment to `use_row`, with its line counted from 1.
fn each_row(
    text: &Text<'_>,
    comment: Option<u8>,
    mut use_row: impl FnMut(u64, &ByteRecord) -> Result<(), TableError>,
) -> Result<(), DataError> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(text.separator).comment(comment);
    let bytes = &*text.bytes;
    let mut reader = builder.from_reader(bytes);
    let mut row = ByteRecord::new();
    // The reader counts lines up to the end of the row before; empty lines and comments may come between.
    let (mut from, mut line) = (0, text.line);
    while reader.read_byte_record(&mut row).map_err(|error| DataError::Io(error.into()))? {
        let end_before = row.position().map_or(from, |position| position.byte() as usize);
        let start = end_before + between_rows(&bytes[end_before..], comment);
        line += count_lines(&bytes[from..start]);
        from = start;
        if start == bytes.len() {
            // A comment without a line end would be a row of nothing.
            break;
        }
        let end = reader.position().byte() as usize;
        if end == bytes.len() && is_open(&builder, &bytes[start..], comment) {
            return Err(TableError::OpenQuote { line }.into());
        }
        row.trim();
        use_row(line, &row)?;
    }
    Ok(())
}

/// How many bytes of empty lines and comments stand before the next row.
fn between_rows(bytes: &[u8], comment: Option<u8>) -> usize {
    let mut start = 0;
    loop {
        start += bytes[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        match bytes.get(start) {
            Some(byte) if Some(*byte) == comment => {
                start += bytes[start..].iter().take_while(|byte| **byte != b'\n').count();
            }
            _ => return start,
        }
    }
}

fn count_lines(text: &[u8]) -> u64 {
    text.split(|byte| *byte == b'\n').count() as u64 - 1
}

/// Whether the last row goes on when a line is added, so that a quote in it is still open.
fn is_open(builder: &ReaderBuilder, last: &[u8], comment: Option<u8>) -> bool {
    let line: &[u8] = if comment == Some(b'0') { b"\n1\n" } else { b"\n0\n" };
    let more = [last, line].concat();
    builder.from_reader(&more[..]).into_byte_records().count() == 1
}
