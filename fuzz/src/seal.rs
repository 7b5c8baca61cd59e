//! Checksums that fit, for bytes that were changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use typednet::formats::{TensorFile, reseal, write_tensors};

/// The entry with the checksum of a file of tensors.
const CHECKSUM: &str = "typednet.sha256";

/// An entry of the same length that says nothing.
const NOTHING: &str = "typednet.sha25_";

/// Gives a file the checksum of what it holds now. `false` if it has no form of ours; then it is as it was.
///
/// # Panics
/// If the file cannot be read or written.
pub fn seal(path: &Path) -> bool {
    if path.extension().is_some_and(|end| end == "safetensors") { tensors(path) } else { reseal(path).is_ok() }
}

fn tensors(path: &Path) -> bool {
    let before = fs::read(path).expect("the file was written");
    let sealed = unsealed(&before).is_some_and(|bytes| {
        fs::write(path, bytes).expect("the file is written");
        written_anew(path).is_some()
    });
    if !sealed {
        fs::write(path, before).expect("the file is written");
    }
    sealed
}

/// The same file of tensors as one that has no checksum; `None` if it has none.
pub(crate) fn unsealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let at = bytes.windows(CHECKSUM.len()).position(|bytes| bytes == CHECKSUM.as_bytes())?;
    let mut bytes = bytes.to_vec();
    bytes[at..at + NOTHING.len()].copy_from_slice(NOTHING.as_bytes());
    Some(bytes)
}

/// Writes a whole file of tensors again, which gives it a checksum.
fn written_anew(path: &Path) -> Option<()> {
    let mut file = TensorFile::open(path).ok()?;
    let texts = file.texts().filter(|(name, _)| *name != NOTHING);
    let texts: BTreeMap<String, String> = texts.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let specs: Vec<_> = file.tensors().collect();
    let mut tensors = Vec::new();
    for spec in &specs {
        let mut tensor = Vec::new();
        file.read(&spec.name, |bytes| tensor.extend_from_slice(bytes)).ok()?;
        tensors.push(tensor);
    }
    write_tensors(path, &specs, &texts, |place, write| write(&tensors[place])).ok()
}
