//! Arrays in the `.npz` files of numpy: a zip archive with a file for each array.

mod header;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{NpzArray, NpzFile};
pub use write::write_npz;

/// What the names of arrays have behind them in the archive.
const END: &str = ".npy";

/// Bytes that are read at once: whole elements of every type.
const CHUNK: usize = 1 << 16;
