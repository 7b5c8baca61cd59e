//! Files that are whole or not there, and whose content is what was written: the one writer of the workspace, the one
//! checksum, and the one hash.
//!
//! | question | answer |
//! | --- | --- |
//! | how does a file get to the disk? | [`write()`], or [`write_with`] for content that is made on the way |
//! | what is wrong with a file? | [`FileError`] |
//! | what is in a JSON file of typednet? | [`JsonFormat`] |
//! | what is in a safetensors file? | `TensorFile` and `write_tensors`, with the feature `tensors` |
//! | what is in a file of numpy's? | `NpzFile` and `write_npz`, with the feature `npz` |
//! | how does a whole file get from the disk, if it is not too long? | [`read()`] |
//! | how is a message of protocol buffers written, and read? | [`protobuf::Message`], [`protobuf::fields`] |
//! | are two contents the same? | [`Sha256`], [`Digest`] |
//! | how does a name from a file stand in a table? | [`one_line`] |
//!
//! ```
//! let path = std::env::temp_dir().join("typednet-formats/notes.txt");
//! typednet_formats::write(&path, "lost: nothing\n")?;
//! assert_eq!(std::fs::read_to_string(&path).unwrap(), "lost: nothing\n");
//!
//! let error = typednet_formats::write(std::env::temp_dir(), "").unwrap_err().to_string();
//! assert!(error.contains("is a folder, but a file is expected"), "{error}");
//! # std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
//! # Ok::<(), typednet_formats::FileError>(())
//! ```
#![forbid(unsafe_code)]

mod error;
mod hash;
mod json;
#[cfg(feature = "npz")]
mod npz;
mod one_line;
pub mod protobuf;
mod read;
#[cfg(feature = "tensors")]
mod tensors;
mod write;

pub use error::FileError;
pub use hash::{Digest, Sha256};
pub use json::{JsonFormat, reseal};
#[cfg(feature = "npz")]
pub use npz::{NpzArray, NpzFile, write_npz};
pub use one_line::one_line;
pub use read::read;
#[cfg(feature = "tensors")]
pub use tensors::{Dtype, TensorFile, TensorSpec, write_tensors};
pub use write::{make_folder, write, write_with};
