//! Scalers in files, as JSON.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ScaleError;
use crate::DataError;

/// The format of the files that this version writes and reads.
pub(super) const FORMAT: u32 = 1;

/// Writes a scaler so that the path names the old file or the whole new one; makes the folder if it is not there.
pub(super) fn write<T: Serialize>(path: &Path, facts: &T) -> Result<(), DataError> {
    let text = serde_json::to_string_pretty(facts).map_err(|error| malformed(&error).in_path(path))?;
    Ok(typednet_formats::write(path, text + "\n")?)
}

/// Reads a scaler that says of itself that it is of kind `kind`, has `N` features and is in a format that is known.
pub(super) fn read<T: DeserializeOwned, const N: usize>(path: &Path, kind: &'static str) -> Result<T, DataError> {
    let text = fs::read_to_string(path).map_err(|error| DataError::Io(error).in_path(path))?;
    parse::<T, N>(&text, kind).map_err(|error| error.in_path(path))
}

fn parse<T: DeserializeOwned, const N: usize>(text: &str, kind: &'static str) -> Result<T, DataError> {
    let value: Value = serde_json::from_str(text).map_err(|error| malformed(&error))?;
    match value.get("kind").and_then(Value::as_str) {
        Some(found) if found == kind => {}
        Some(found) => return Err(ScaleError::OtherKind { expected: kind, found: found.to_owned() }.into()),
        None => return Err(malformed(&format!("it does not say that it is a {kind}"))),
    }
    match value.get("format").and_then(Value::as_u64) {
        Some(found) if found == u64::from(FORMAT) => {}
        Some(found) => {
            return Err(malformed(&format!("its format is {found}, but this version reads format {FORMAT}")));
        }
        None => return Err(malformed(&"it does not say its format")),
    }
    match value.get("features").and_then(Value::as_u64) {
        Some(found) if found == N as u64 => {}
        Some(found) => return Err(ScaleError::OtherFeatures { expected: N, found }.into()),
        None => return Err(malformed(&"it does not say how many features it scales")),
    }
    // From the text again, so that an error has its line.
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

/// The numbers of the `N` features.
pub(super) fn each<const N: usize>(name: &str, numbers: &[f64]) -> Result<[f64; N], DataError> {
    numbers.try_into().map_err(|_| malformed(&format!("`{name}` has {} numbers for {N} features", numbers.len())))
}

fn malformed(reason: &impl ToString) -> DataError {
    ScaleError::Malformed { reason: reason.to_string() }.into()
}
