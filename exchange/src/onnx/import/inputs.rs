//! What a node reads.

use super::tensor::{Data, Tensor, product};
use super::value::{Computed, Value};

/// The most numbers of a constant that are all the same and not in the file.
const MOST_FILLED: usize = 1 << 16;

/// What a node reads.
pub(super) struct Inputs<'a>(pub(super) Vec<Option<Value<'a>>>);

impl<'a> Inputs<'a> {
    pub(super) fn computed(&self, place: usize) -> Result<&Computed, String> {
        match self.0.get(place) {
            Some(Some(Value::Computed(value))) => Ok(value),
            _ => Err(format!("its input {} is no value that the network computes", place + 1)),
        }
    }

    pub(super) fn constant(&self, place: usize) -> Result<&Tensor<'a>, String> {
        self.maybe(place)?.ok_or_else(|| format!("its input {} is missing", place + 1))
    }

    /// A constant that may be left out, and is in the file or small.
    pub(super) fn maybe(&self, place: usize) -> Result<Option<&Tensor<'a>>, String> {
        self.filled(place).and_then(|tensor| match tensor {
            Some(Tensor { data: Data::Fill(_), sizes, .. }) if product(sizes).is_none_or(|len| len > MOST_FILLED) => {
                Err(format!("its input {} is an array of {sizes:?} that is not in the file", place + 1))
            }
            tensor => Ok(tensor),
        })
    }

    /// A constant that may be left out, and is of any length.
    pub(super) fn filled(&self, place: usize) -> Result<Option<&Tensor<'a>>, String> {
        match self.0.get(place) {
            Some(Some(Value::Constant(tensor))) => Ok(Some(tensor)),
            None | Some(None) => Ok(None),
            Some(Some(_)) => {
                Err(format!("its input {} is computed from the network's input, and has to be a constant", place + 1))
            }
        }
    }
}
