//! Tensors in safetensors files, with a checksum over header and data.

mod read;
#[cfg(test)]
mod tests;
mod write;

use serde_json::Value;

pub use read::TensorFile;
pub use safetensors::Dtype;
pub use write::write_tensors;

use crate::Sha256;
use crate::json::canonical;

/// The entry of a header's metadata with the checksum: the SHA-256 of the header without this entry, as
/// [`JsonFormat`](crate::JsonFormat) puts content, a line feed, and the data.
const CHECKSUM: &str = "typednet.sha256";

/// Bytes that are read or written at once: whole elements of every type.
const CHUNK: usize = 1 << 16;

/// A tensor's name, element type and sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSpec {
    /// Its name, which no other tensor of the file has.
    pub name: String,
    /// The type of its elements.
    pub dtype: Dtype,
    /// Its sizes.
    pub shape: Vec<usize>,
}

/// The hash of a header without its checksum, to go on with the data.
fn begin(mut header: Value) -> Sha256 {
    if let Some(Value::Object(metadata)) = header.get_mut("__metadata__") {
        metadata.remove(CHECKSUM);
    }
    let mut hash = Sha256::new();
    hash.update(canonical(&header));
    hash.update("\n");
    hash
}
