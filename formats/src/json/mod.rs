//! Facts in JSON files that say what they are and carry a checksum.

mod canonical;
mod strict;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Digest, FileError, Sha256};
pub(crate) use canonical::canonical;
pub(crate) use strict::Strict;

/// A kind of JSON file and the version of its format.
///
/// A file of it is one object:
///
/// ```json
/// {
///   "kind": "guard",
///   "format": 2,
///   "checksum": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
///   "content": 0
/// }
/// ```
///
/// The checksum is the SHA-256 of the content as JSON without blanks, the keys of each object sorted by their bytes; so a
/// file may be indented anew, but a flipped bit is noticed. No key may stand twice in an object.
///
/// ```
/// use typednet_formats::{FileError, JsonFormat};
///
/// const LIMITS: JsonFormat = JsonFormat::new("list of limits", 1);
/// let path = std::env::temp_dir().join("typednet-formats-limits.json");
/// LIMITS.write(&path, &[0.5, 2.5])?;
/// assert_eq!(LIMITS.read::<[f64; 2]>(&path)?, [0.5, 2.5]);
///
/// let text = std::fs::read_to_string(&path).unwrap();
/// std::fs::write(&path, text.replace("2.5", "2.4")).unwrap();
/// assert!(matches!(LIMITS.read::<[f64; 2]>(&path), Err(FileError::Checksum { .. })));
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), FileError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonFormat {
    kind: &'static str,
    version: u32,
}

/// What stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<T> {
    kind: String,
    format: u32,
    checksum: String,
    content: T,
}

impl JsonFormat {
    /// Files that hold a `kind`, such as `guard`, in version `version` of their format.
    pub const fn new(kind: &'static str, version: u32) -> Self {
        Self { kind, version }
    }

    /// Writes facts with [`write`](crate::write).
    ///
    /// # Errors
    /// If the facts are no JSON, or the file cannot be written.
    pub fn write<T: Serialize>(&self, path: impl AsRef<Path>, content: &T) -> Result<(), FileError> {
        let path = path.as_ref();
        crate::write(path, self.to_text(content).map_err(|error| FileError::malformed(path, &error))?)
    }

    /// Reads facts.
    ///
    /// # Errors
    /// If the file cannot be read, is not whole, holds another kind of facts or another format, or its content is not
    /// that which was written.
    pub fn read<T: DeserializeOwned>(&self, path: impl AsRef<Path>) -> Result<T, FileError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => FileError::malformed(path, &"it is no text"),
            _ => FileError::read(path, &error),
        })?;
        self.parse(&text, path)
    }

    /// Facts as one line without its end, for a file of which each line is an object of this form.
    ///
    /// A line tells its own damage, so that the others stay readable.
    ///
    /// ```
    /// use typednet_formats::JsonFormat;
    ///
    /// const POINT: JsonFormat = JsonFormat::new("point", 1);
    /// let line = POINT.to_line(&[0.5, 2.5]).unwrap();
    /// assert_eq!(POINT.parse::<[f64; 2]>(&line, "points.jsonl")?, [0.5, 2.5]);
    /// assert!(POINT.parse::<[f64; 2]>(&line.replace("2.5", "2.4"), "points.jsonl").is_err());
    /// # Ok::<(), typednet_formats::FileError>(())
    /// ```
    ///
    /// # Errors
    /// If the facts are no JSON.
    pub fn to_line<T: Serialize>(&self, content: &T) -> serde_json::Result<String> {
        serde_json::to_string(&self.envelope(content)?)
    }

    fn to_text<T: Serialize>(self, content: &T) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(&self.envelope(content)?)? + "\n")
    }

    fn envelope<T: Serialize>(self, content: &T) -> serde_json::Result<Envelope<&T>> {
        // From the text, since a number in it may be shorter than the one in memory.
        let Strict(value) = serde_json::from_str(&serde_json::to_string(content)?)?;
        let checksum = digest(&value).to_string();
        Ok(Envelope { kind: self.kind.into(), format: self.version, checksum, content })
    }

    /// The facts in a text, which may be a whole file or one line of it; `path` is what an error names.
    ///
    /// # Errors
    /// As [`read`](Self::read), but for those of the system.
    pub fn parse<T: DeserializeOwned>(&self, text: &str, path: impl AsRef<Path>) -> Result<T, FileError> {
        let path = path.as_ref();
        let malformed = |error: serde_json::Error| FileError::malformed(path, &error);
        let Strict(value) = serde_json::from_str(text).map_err(malformed)?;
        let found = value.get("kind").and_then(Value::as_str);
        if found != Some(self.kind) {
            let found = found.map(str::to_owned);
            return Err(FileError::OtherKind { path: path.into(), expected: self.kind, found });
        }
        let found = value.get("format").and_then(Value::as_u64);
        if found != Some(self.version.into()) {
            return Err(FileError::OtherFormat { path: path.into(), expected: self.version, found });
        }
        // From the text again, so that an error has its line.
        let envelope: Envelope<Value> = serde_json::from_str(text).map_err(malformed)?;
        let computed = digest(&envelope.content).to_string();
        if envelope.checksum != computed {
            return Err(FileError::Checksum { path: path.into(), stated: envelope.checksum, computed });
        }
        let envelope: Envelope<T> = serde_json::from_str(text).map_err(malformed)?;
        Ok(envelope.content)
    }
}

/// Gives a file of a [`JsonFormat`] the checksum of its present content, after it was changed on purpose.
///
/// # Errors
/// If the file cannot be read or written, or is no such file.
pub fn reseal(path: impl AsRef<Path>) -> Result<(), FileError> {
    let path = path.as_ref();
    let text = fs::read_to_string(path).map_err(|error| FileError::read(path, &error))?;
    let malformed = |error: serde_json::Error| FileError::malformed(path, &error);
    let Strict(_) = serde_json::from_str(&text).map_err(malformed)?;
    let mut envelope: Envelope<Value> = serde_json::from_str(&text).map_err(malformed)?;
    envelope.checksum = digest(&envelope.content).to_string();
    crate::write(path, serde_json::to_string_pretty(&envelope).map_err(malformed)? + "\n")
}

fn digest(content: &Value) -> Digest {
    Sha256::of(canonical(content))
}
