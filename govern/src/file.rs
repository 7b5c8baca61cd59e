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

/// Writes text so that the path names the old file or the whole new one; makes the folder if it is not there.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), GovernError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(|error| io(folder, &error))?;
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    written.map_err(|error| {
        // What is left of a failed attempt helps nobody.
        let _ = fs::remove_file(&part);
        io(path, &error)
    })
}

/// Writes facts as JSON, see [`write_text`].
pub(crate) fn write<T: Serialize>(path: &Path, facts: &T) -> Result<(), GovernError> {
    let text = serde_json::to_string_pretty(facts).map_err(|error| malformed(path, &error))?;
    write_text(path, &(text + "\n"))
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
