//! JSON in files, which are whole or not there.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::DataError;

/// Writes `facts` so that the path names the old file or the whole new one; makes the folder if it is not there.
pub(crate) fn write(path: &Path, facts: &impl Serialize) -> Result<(), DataError> {
    let text = serde_json::to_string_pretty(facts).map_err(DataError::Json)?;
    Ok(typednet_formats::write(path, text + "\n")?)
}

/// `facts` as one line.
pub(crate) fn line(facts: &impl Serialize) -> Result<String, DataError> {
    serde_json::to_string(facts).map_err(DataError::Json)
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, DataError> {
    fs::read_to_string(path).map_err(DataError::Io)
}
