//! An encoder as JSON.

use serde::{Deserialize, Serialize};

use typednet_formats::JsonFormat;

use super::{EncodeError, Encoded, TableEncoder};
use crate::{DataError, json};

/// The form of an encoder's own file.
pub(super) const FILE: JsonFormat = JsonFormat::new(KIND, 2);

/// What is saved of an encoder.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facts {
    width: usize,
    columns: Vec<Encoded>,
}

/// The same with its kind, for a text without the frame of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    kind: String,
    format: u32,
    width: usize,
    columns: Vec<Encoded>,
}

/// What is read before all of it is understood.
#[derive(Deserialize)]
struct Label {
    kind: Option<String>,
    format: Option<u32>,
}

const KIND: &str = "table encoder";
const FORMAT: u32 = 1;

impl<const N: usize> TableEncoder<N> {
    pub(super) fn facts(&self) -> Facts {
        Facts { width: N, columns: self.columns.clone() }
    }

    /// The encoder as one line of JSON, for files of another form than [`write`](Self::write) gives.
    ///
    /// # Errors
    /// None that is known: every number of an encoder can be written.
    pub fn to_json(&self) -> Result<String, DataError> {
        let Facts { width, columns } = self.facts();
        json::line(&Text { kind: KIND.into(), format: FORMAT, width, columns })
    }

    /// The encoder in such a text.
    ///
    /// # Errors
    /// If the text is damaged or cut off, or holds something else or an encoder of another width.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let label: Label = serde_json::from_str(text).map_err(|error| malformed(&error))?;
        match (label.kind.as_deref(), label.format) {
            (Some(KIND), Some(FORMAT)) => {}
            (Some(KIND), found) => {
                let found = found.map_or("not stated".to_owned(), |found| found.to_string());
                let reason = format!("its format is {found}, but this version reads format {FORMAT}");
                return Err(EncodeError::Malformed { reason }.into());
            }
            (found, _) => {
                let reason = format!("expected a {KIND}, found {}", found.unwrap_or("something that does not say so"));
                return Err(EncodeError::Malformed { reason }.into());
            }
        }
        let Text { width, columns, .. } = serde_json::from_str(text).map_err(|error| malformed(&error))?;
        Self::from_facts(Facts { width, columns })
    }

    pub(super) fn from_facts(facts: Facts) -> Result<Self, DataError> {
        let mut names: Vec<&str> = facts.columns.iter().map(|column| &*column.name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(EncodeError::Twice { column: pair[0].to_owned() }.into());
        }
        for Encoded { name, rule } in &facts.columns {
            if let Err(reason) = rule.check() {
                return Err(EncodeError::Malformed { reason: format!("column `{name}`: {reason}") }.into());
            }
        }
        let encoder = Self::of(facts.columns)?;
        if facts.width == N {
            Ok(encoder)
        } else {
            let reason = format!("it says {} numbers, but its columns make {N}", facts.width);
            Err(EncodeError::Malformed { reason }.into())
        }
    }
}

fn malformed(error: &serde_json::Error) -> EncodeError {
    EncodeError::Malformed { reason: error.to_string() }
}
