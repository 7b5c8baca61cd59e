//! The names of the columns, and first lines that are something else than what they are read as.

use std::collections::{HashMap, HashSet};

use csv::ByteRecord;

use super::super::{CellError, TableError};
use super::{Csv, Names};

impl Csv {
    /// The names that are given, where they are: they do not depend on the text.
    pub(super) fn given_names(&self) -> Result<Option<Vec<String>>, TableError> {
        match &self.names {
            Names::Header => Ok(None),
            Names::Given(names) | Names::Over(names) => {
                let mut seen = HashSet::new();
                match names.iter().find(|name| !seen.insert(*name)) {
                    Some(name) => Err(TableError::DuplicateColumn { name: name.clone() }),
                    None => Ok(Some(names.clone())),
                }
            }
        }
    }

    /// Whether the first row names the columns, so that it is no data.
    pub(super) fn has_header(&self) -> bool {
        !matches!(self.names, Names::Given(_))
    }

    /// The names in the first row; a column without one is named after its place.
    pub(super) fn names_of(&self, line: u64, row: &ByteRecord) -> Result<Vec<String>, TableError> {
        let name = |(place, cell): (usize, _)| {
            let by_place = || format!("column {}", place + 1);
            let name = text_of(cell, line, by_place)?;
            Ok(if name.is_empty() { by_place() } else { name.to_owned() })
        };
        let mut names: Vec<String> = row.iter().enumerate().map(name).collect::<Result<_, TableError>>()?;
        self.check_first(line, &names)?;
        let mut taken: HashSet<String> = names.iter().cloned().collect();
        // How often each name has come, or the number of its last bearer.
        let mut counts = HashMap::<String, usize>::new();
        for name in &mut names {
            let Some(count) = counts.get_mut(name) else {
                counts.insert(name.clone(), 1);
                continue;
            };
            if !self.number_duplicates {
                return Err(TableError::DuplicateHeader { line, name: name.clone() });
            }
            let numbered = loop {
                *count += 1;
                let numbered = format!("{name} {count}");
                if taken.insert(numbered.clone()) {
                    break numbered;
                }
            };
            *name = numbered;
        }
        Ok(names)
    }

    /// Refuses a first line that is probably a comment, or whose cells another mark separates.
    fn check_first(&self, line: u64, names: &[String]) -> Result<(), TableError> {
        let [first, others @ ..] = names else { return Ok(()) };
        if first.starts_with('#') && self.comment.is_none() {
            return Err(TableError::CommentHeader { line });
        }
        match first.chars().find(|mark| matches!(mark, ';' | '\t' | '|')) {
            Some(found) if others.is_empty() && self.separator.is_none() => {
                Err(TableError::OtherSeparator { line, found, expected: ',' })
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn text_of(cell: &[u8], line: u64, column: impl Fn() -> String) -> Result<&str, TableError> {
    str::from_utf8(cell).map_err(|_| TableError::Cell { line, column: column(), error: CellError::NotText })
}
