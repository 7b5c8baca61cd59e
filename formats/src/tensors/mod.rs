//! Tensors in safetensors files, with a checksum over header and data.

mod header;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::TensorFile;
pub use safetensors::Dtype;
pub use write::write_tensors;

use crate::Sha256;
use header::{Header, MOST_AXES};

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

impl TensorSpec {
    /// The bytes of its elements, if they can be counted and are whole: there are types of 4 and of 6 bits.
    pub fn bytes(&self) -> Option<usize> {
        let bits = self.shape.iter().try_fold(self.dtype.bitsize(), |bits, size| bits.checked_mul(*size))?;
        bits.is_multiple_of(8).then_some(bits / 8)
    }

    /// # Errors
    /// If no file can hold it, since readers refuse so many axes or there are no whole bytes.
    fn checked_bytes(&self) -> Result<usize, String> {
        let Self { name, dtype, shape } = self;
        if shape.len() > MOST_AXES {
            return Err(format!("`{name}` has {} axes, but at most {MOST_AXES} are read", shape.len()));
        }
        self.bytes().ok_or_else(|| {
            format!("`{name}`, {shape:?} of {dtype}, is of no whole bytes, or of more bytes than can be counted")
        })
    }
}

/// The hash of a header without its checksum, to go on with the data.
fn begin(header: &Header) -> Sha256 {
    let mut hash = Sha256::new();
    hash.update(header.canonical(Some(CHECKSUM)));
    hash.update("\n");
    hash
}
