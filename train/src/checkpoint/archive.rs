//! Blocks of parameters in a safetensors file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use typednet_data::Attached;
use typednet_formats::{Dtype, TensorFile, TensorSpec, write_tensors};
use typednet_layers::{Layer, LayerInfo, Network};
use typednet_tensor::{Model, Scalar, fill_from_le_bytes, with_le_bytes};

use super::{CheckpointError, Difference};

/// The entry of the header with the state of a training.
const ENTRY: &str = "typednet";

/// What stands before the names of what travels with the weights.
const ATTACHED: &str = "typednet/";

/// So many differences are named.
const NAMED: usize = 5;

/// A block that is shaped like the model, and what stands before the names of its parameters.
pub(crate) struct Section<'a, T> {
    pub(crate) prefix: String,
    pub(crate) block: &'a [T],
}

/// A parameter of a network: its name, its elements in the flat block, its sizes.
pub(crate) struct Entry {
    name: String,
    range: Range<usize>,
    sizes: Vec<usize>,
}

impl Entry {
    /// The tensor that holds it.
    fn tensor(&self, prefix: &str, dtype: Dtype) -> TensorSpec {
        TensorSpec { name: format!("{prefix}{}", self.name), dtype, shape: self.sizes.clone() }
    }
}

/// The parameters of a network.
fn entries(tree: &'static LayerInfo) -> Vec<Entry> {
    let mut entries = Vec::new();
    tree.visit(&mut |place| {
        if !place.range().is_empty() {
            entries.push(Entry {
                name: place.to_string(),
                range: place.range(),
                sizes: place.param.shape.sizes().to_vec(),
            });
        }
    });
    entries
}

fn dtype<T: Scalar>() -> Dtype {
    if size_of::<T>() == 4 { Dtype::F32 } else { Dtype::F64 }
}

/// Writes the sections of a network, the state of a training where there is one, and what travels with the weights.
#[inline(never)]
pub(crate) fn write<T: Scalar>(
    path: &Path,
    tree: &'static LayerInfo,
    sections: &[Section<'_, T>],
    state: Option<String>,
    attached: &Attached,
) -> Result<(), CheckpointError> {
    let entries = entries(tree);
    let places = || sections.iter().flat_map(|section| entries.iter().map(move |entry| (section, entry)));
    let tensors: Vec<TensorSpec> =
        places().map(|(section, entry)| entry.tensor(&section.prefix, dtype::<T>())).collect();
    let blocks: Vec<&[T]> = places().map(|(section, entry)| &section.block[entry.range.clone()]).collect();
    write_tensors(path, &tensors, &header(state, attached), |place, write| with_le_bytes(blocks[place], write))?;
    Ok(())
}

/// The entries of the header beside the tensors.
fn header(state: Option<String>, attached: &Attached) -> BTreeMap<String, String> {
    let attached = attached.iter().map(|(name, text)| (format!("{ATTACHED}{name}"), text.to_owned()));
    state.map(|state| (ENTRY.to_owned(), state)).into_iter().chain(attached).collect()
}

/// What is done about a weight in a file that is infinite or not a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NonFinite {
    /// The file is refused, since such a network has no finite answer.
    #[default]
    Refuse,
    /// It is read as it is, to be looked at.
    Keep,
}

/// A whole file of blocks.
pub(crate) struct Archive {
    file: TensorFile,
}

impl Archive {
    /// Takes memory of a few times the header's length ([`TensorFile::open`]).
    pub(crate) fn open(path: &Path) -> Result<Self, CheckpointError> {
        Ok(Self { file: TensorFile::open(path)? })
    }

    /// The file's path, for messages.
    pub(crate) fn path(&self) -> String {
        self.file.path().display().to_string()
    }

    /// Whether the content is known to be what was written.
    pub(crate) fn is_checked(&self) -> bool {
        self.file.is_checked()
    }

    /// The state of a training, as it was given to [`write`].
    pub(crate) fn state(&self) -> Option<&str> {
        self.file.metadata(ENTRY)
    }

    /// What travels with the weights, as it was given to [`write`].
    pub(crate) fn attached(&self) -> Attached {
        let mut attached = Attached::new();
        for (name, text) in self.file.texts() {
            if let Some(name) = name.strip_prefix(ATTACHED) {
                // Names of entries are all different.
                _ = attached.put(name, text);
            }
        }
        attached
    }

    /// Whether there are parameters whose names begin with `prefix`.
    pub(crate) fn has(&self, prefix: &str) -> bool {
        self.file.tensors().any(|tensor| tensor.name.starts_with(prefix))
    }

    /// The block whose parameters' names begin with `prefix`.
    pub(crate) fn read<M: Layer>(&mut self, prefix: &str, non_finite: NonFinite) -> Result<Model<M>, CheckpointError> {
        let entries = entries(const { &M::TREE });
        // Before anything as large as the network is allocated.
        self.check(prefix, M::Elem::NAME, dtype::<M::Elem>(), &entries)?;
        let mut block = M::zeroed();
        self.fill(prefix, &entries, non_finite, block.as_flat_mut())?;
        Ok(block)
    }

    /// Fills a network's block from its parameters, whose names begin with `prefix` and which [`check`](Self::check) has found.
    #[inline(never)]
    pub(crate) fn fill<T: Scalar>(
        &mut self,
        prefix: &str,
        entries: &[Entry],
        non_finite: NonFinite,
        block: &mut [T],
    ) -> Result<(), CheckpointError> {
        for entry in entries {
            let name = format!("{prefix}{}", entry.name);
            let elements = &mut block[entry.range.clone()];
            // As many elements as the tensor has bytes for, which `check` has looked at.
            fill_from_le_bytes(elements, |bytes| self.file.read_into(&name, bytes))?;
            let numbers = elements.iter().map(|x| x.to_f64_exact());
            let bad = numbers.enumerate().find(|(_, x)| !x.is_finite());
            if let (NonFinite::Refuse, Some((element, found))) = (non_finite, bad) {
                return Err(CheckpointError::NotFinite { path: self.path(), name, element, found: found.to_string() });
            }
        }
        Ok(())
    }

    /// Whether the block in the file is one of these parameters, of the scalar `scalar`.
    fn check(&self, prefix: &str, scalar: &str, dtype: Dtype, entries: &[Entry]) -> Result<(), CheckpointError> {
        let mut differences = Vec::new();
        for entry in entries {
            let expected = entry.tensor(prefix, dtype);
            let found = self.file.tensor(&expected.name);
            if found.as_ref() != Some(&expected) {
                let network = Some(format!("{scalar} {:?}", entry.sizes));
                differences.push(Difference {
                    name: expected.name,
                    network,
                    file: found.map(|found| describe(&found)),
                });
            }
        }
        for found in self.file.tensors() {
            let Some(inner) = found.name.strip_prefix(prefix).filter(|inner| !inner.contains('/')) else { continue };
            if entries.iter().all(|entry| entry.name != inner) {
                let file = Some(describe(&found));
                differences.push(Difference { name: found.name, network: None, file });
            }
        }
        if differences.is_empty() {
            return Ok(());
        }
        let more = differences.len().saturating_sub(NAMED);
        differences.truncate(NAMED);
        Err(CheckpointError::OtherNetwork { path: self.path(), differences, more })
    }
}

fn describe(tensor: &TensorSpec) -> String {
    format!("{} {:?}", tensor.dtype.to_string().to_lowercase(), tensor.shape)
}
