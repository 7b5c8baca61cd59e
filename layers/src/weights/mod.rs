//! Weights out of the bytes of a safetensors file, without std and without an allocator, also while the program is compiled.
//!
//! `named` says what a block's parts are called, `json` reads a header, `places` finds a name in a network, and `file` holds one against
//! the other and copies.

mod file;
mod json;
mod named;
mod places;

pub use named::NamedTensors;

use core::fmt;

use typednet_shape_rules::Complaint;
use typednet_tensor::{AnyBits, le_bytes_mut, zeros};

/// Bytes that are no safetensors file of the block that was asked for. Nothing was changed.
#[derive(Clone, Copy)]
pub struct WeightsError(Complaint);

impl WeightsError {
    /// What is wrong, with the names of the file and of the tensor, both shapes or types, and what to do.
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

typednet_tensor::debug_as_display!(WeightsError);

impl core::error::Error for WeightsError {}

/// Copies the weights in the bytes of a safetensors file to `model`: from memory that is not written to, such as a board's flash,
/// without an allocator.
///
/// The tensors are those that `save` writes: their names, sizes and types must be those of the network, in any order. `name` is what
/// errors call the file. The numbers are taken as they are: its checksum is not computed, and what is not finite is not looked
/// for, as `load` does.
///
/// ```
/// use typednet_layers::{Dense, Layer, Network};
/// use typednet_layers::weights::copy_from_file;
///
/// let header = r#"{"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#;
/// let mut file = (header.len() as u64).to_le_bytes().to_vec();
/// file.extend(header.as_bytes());
/// file.extend([0.5_f32, 1.5, -1.0, 2.0].iter().flat_map(|x| x.to_le_bytes()));
///
/// let mut model = Dense::<1, 2>::zeroed();
/// copy_from_file(&mut *model, &file, "two.safetensors")?;
/// assert_eq!((model.weight, model.bias), ([[0.5, 1.5]], [-1.0, 2.0]));
///
/// let error = copy_from_file(&mut *Dense::<2, 1>::zeroed(), &file, "two.safetensors").unwrap_err();
/// assert!(error.as_str().starts_with("`weight` is [1, 2] in `two.safetensors`, but [2, 1] in the network"), "{error}");
/// # Ok::<(), typednet_layers::weights::WeightsError>(())
/// ```
///
/// # Errors
/// If the bytes are no safetensors file, are cut off, or hold other tensors.
#[expect(clippy::result_large_err, reason = "the text of an error stands in it, since there may be no allocator")]
pub const fn copy_from_file<M: NamedTensors<E>, E: AnyBits>(
    model: &mut M,
    bytes: &[u8],
    name: &str,
) -> Result<(), WeightsError> {
    // First a look at everything, then the copy.
    if let Err(complaint) = file::read(&M::NODE, M::DTYPE, size_of::<E>(), bytes, name, None) {
        return Err(WeightsError(complaint));
    }
    match file::read(&M::NODE, M::DTYPE, size_of::<E>(), bytes, name, Some(le_bytes_mut(model))) {
        Ok(()) => Ok(()),
        Err(complaint) => Err(WeightsError(complaint)),
    }
}

/// The block in the bytes of a file, for `weights!`: what is wrong is a panic, and so an error of the compiler at the place of the call.
///
/// # Panics
/// As [`copy_from_file`] has errors.
#[doc(hidden)]
#[track_caller]
pub const fn embedded<M: NamedTensors<E>, E: AnyBits>(bytes: &[u8], name: &str) -> M {
    let mut model = zeros::<M>();
    match file::read(&M::NODE, M::DTYPE, size_of::<E>(), bytes, name, Some(le_bytes_mut(&mut model))) {
        Ok(()) => model,
        Err(complaint) => panic!("{}", complaint.as_str()),
    }
}
