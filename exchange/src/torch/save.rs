//! A network into a file.

use std::collections::BTreeMap;
use std::path::Path;

use typednet_formats::{Dtype, TensorSpec, write_tensors};
use typednet_layers::{AsNetwork, Layer};
use typednet_tensor::Scalar;

use super::Torch;
use super::names::Named;
use crate::{ExchangeError, FloatDtype, text};

/// The entry of a file's metadata with the network as it stands in `network!`.
const NETWORK: &str = "typednet.network";

/// The entry with what tells one architecture from another.
pub(super) const ARCHITECTURE: &str = "typednet.architecture";

/// So many numbers are made bytes at once.
const AT_ONCE: usize = 1 << 12;

impl Torch {
    /// Writes a network's weights. In the file they stand in the order of the `state_dict`, the numbers of seen batches first so
    /// that all are aligned. At any moment there is the old file or the new one under `path`.
    ///
    /// # Errors
    /// If a layer has no counterpart, a weight is beyond the numbers of the type, or the file cannot be written.
    pub fn save(&self, model: &impl AsNetwork, path: impl AsRef<Path>) -> Result<(), ExchangeError> {
        self.write(model.as_network(), path.as_ref())
    }

    fn write<L: Layer>(&self, model: &L, path: &Path) -> Result<(), ExchangeError> {
        let tree = const { &L::TREE };
        let mut named = self.names.give(tree)?;
        named.sort_by_key(|named| named.tensor.elements.is_some());
        let dtype = self.dtype.unwrap_or_else(FloatDtype::native::<L::Elem>);
        let block = model.as_flat();
        // A number of the network's own type is within it.
        let is_other = dtype != FloatDtype::native::<L::Elem>();
        for Named { file, tensor } in named.iter().filter(|_| is_other) {
            let mut too_large = None;
            if let Some(elements) = &tensor.elements {
                elements.visit(|index| {
                    too_large = too_large.or(dtype.overflows(block[index].to_f64_exact()).then_some(index));
                });
            }
            if let Some(index) = too_large {
                let found = block[index].to_string();
                return Err(ExchangeError::TooLarge { name: file.clone(), found, dtype: dtype.name() });
            }
        }
        let specs: Vec<TensorSpec> = named.iter().map(|named| spec(named, dtype)).collect();
        let own = [
            ("format".to_owned(), "pt".to_owned()),
            (NETWORK.to_owned(), text::network(tree)),
            (ARCHITECTURE.to_owned(), text::architecture(tree)),
        ];
        let metadata: BTreeMap<String, String> = self.notes.clone().into_iter().chain(own).collect();
        write_tensors(path, &specs, &metadata, |place, write| {
            let Some(elements) = &named[place].tensor.elements else { return write(&0_i64.to_le_bytes()) };
            let (mut pieces, mut numbers, mut bytes) = (elements.pieces_to_write(), Vec::new(), Vec::new());
            while !pieces.is_empty() {
                numbers.resize(pieces.len(), L::Elem::ZERO);
                pieces.visit(|at, index| numbers[at] = block[index]);
                numbers
                    .iter_mut()
                    .take(elements.shared.saturating_sub(pieces.place()))
                    .for_each(|x| *x = L::Elem::ZERO);
                for numbers in numbers.chunks(AT_ONCE) {
                    bytes.clear();
                    dtype.put_all(numbers, &mut bytes);
                    write(&bytes)?;
                }
                pieces.advance();
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn spec(named: &Named, dtype: FloatDtype) -> TensorSpec {
    let name = named.file.clone();
    match &named.tensor.elements {
        Some(elements) => TensorSpec { name, dtype: dtype.stored(), shape: elements.shape() },
        None => TensorSpec { name, dtype: Dtype::I64, shape: vec![] },
    }
}
