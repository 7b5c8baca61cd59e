//! Facts in files, as JSON.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::GovernError;

fn io(path: &Path, error: &std::io::Error) -> GovernError {
    GovernError::Io { path: path.display().to_string(), reason: error.to_string() }
}

fn malformed(path: &Path, reason: &impl ToString) -> GovernError {
    GovernError::Malformed { path: path.display().to_string(), reason: reason.to_string() }
}

/// Writes facts as JSON.
pub(crate) fn write<T: Serialize>(path: &Path, facts: &T) -> Result<(), GovernError> {
    let text = serde_json::to_string_pretty(facts).map_err(|error| malformed(path, &error))?;
    Ok(typednet_formats::write(path, text + "\n")?)
}

/// Reads facts that say of themselves that they are of kind `kind` and of format `format`.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, kind: &'static str, format: u32) -> Result<T, GovernError> {
    let text = fs::read_to_string(path).map_err(|error| io(path, &error))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| malformed(path, &error))?;
    match value.get("kind").and_then(Value::as_str) {
        Some(found) if found == kind => {}
        Some(found) => return Err(malformed(path, &format!("it holds a {found}, but a {kind} is expected"))),
        None => return Err(malformed(path, &format!("it does not say that it is a {kind}"))),
    }
    match value.get("format").and_then(Value::as_u64) {
        Some(found) if found == u64::from(format) => {}
        Some(found) => {
            return Err(malformed(path, &format!("its format is {found}, but this version reads format {format}")));
        }
        None => return Err(malformed(path, &"it does not say its format")),
    }
    // From the text again, so that an error has its line.
    serde_json::from_str(&text).map_err(|error| malformed(path, &error))
}
