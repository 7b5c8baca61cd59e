//! Blocks of parameters in a safetensors file.

use std::any::Any;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};
use typednet_layers::{Layer, Network};
use typednet_tensor::{Model, Scalar};

use super::{CheckpointError, Difference};

/// The entry of the header with the state of a training.
const ENTRY: &str = "typednet";

/// What the format allows.
const LONGEST_HEADER: u64 = 100_000_000;

/// So many differences are named.
const NAMED: usize = 5;

/// A block that is shaped like the model, and what stands before the names of its parameters.
pub(crate) struct Section<'a, M> {
    pub(crate) prefix: String,
    pub(crate) block: &'a M,
}

/// A parameter of a network: its name, its elements in the flat block, its sizes.
struct Entry {
    name: String,
    range: Range<usize>,
    sizes: Vec<usize>,
}

fn entries<M: Layer>() -> Vec<Entry> {
    let mut entries = Vec::new();
    const { &M::TREE }.visit(&mut |place| {
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

/// Writes the sections, and the state of a training where there is one.
pub(crate) fn write<M: Layer>(
    path: &Path,
    sections: &[Section<'_, M>],
    state: Option<String>,
) -> Result<(), CheckpointError> {
    let entries = entries::<M>();
    let mut infos = Vec::new();
    let mut end = 0;
    for section in sections {
        for entry in &entries {
            let start = end;
            end += entry.range.len() * size_of::<M::Elem>();
            let info = TensorInfo { dtype: dtype::<M::Elem>(), shape: entry.sizes.clone(), data_offsets: (start, end) };
            infos.push((format!("{}{}", section.prefix, entry.name), info));
        }
    }
    let malformed = |reason: String| CheckpointError::Malformed { path: path.display().to_string(), reason };
    let state = state.map(|state| [(ENTRY.to_owned(), state)].into_iter().collect());
    let header = Metadata::new(state, infos).map_err(|error| malformed(error.to_string()))?;
    let mut header = serde_json::to_vec(&header).map_err(|error| malformed(error.to_string()))?;
    header.resize(header.len().next_multiple_of(8), b' ');

    let written = typednet_formats::write_with(path, |file| {
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(&header)?;
        let mut bytes = Vec::with_capacity(1 << 16);
        for section in sections {
            for entry in &entries {
                for elements in section.block.as_flat()[entry.range.clone()].chunks(1 << 13) {
                    bytes.clear();
                    for x in elements {
                        put(*x, &mut bytes);
                    }
                    file.write_all(&bytes)?;
                }
            }
        }
        Ok(())
    });
    Ok(written?)
}

/// A file whose header was read and found sound, and whose length is what the header says.
pub(crate) struct Archive {
    pub(crate) path: String,
    file: File,
    header: Metadata,
    data: u64,
}

impl Archive {
    /// Reads no more than the header, and takes no more memory than the file is long.
    pub(crate) fn open(path: &Path) -> Result<Self, CheckpointError> {
        let name = path.display().to_string();
        let io = |error: io::Error| io_error(path, &error);
        let malformed = |reason: String| CheckpointError::Malformed { path: name.clone(), reason };
        let mut file = File::open(path).map_err(io)?;
        let found = file.metadata().map_err(io)?.len();
        if found < 8 {
            return Err(malformed(format!("{found} bytes are too few for the length of a header")));
        }
        let mut len = [0; 8];
        file.read_exact(&mut len).map_err(io)?;
        let len = u64::from_le_bytes(len);
        if len > LONGEST_HEADER || len > found - 8 {
            return Err(malformed(format!("a header of {len} bytes is longer than the file or the format allows")));
        }
        let mut header = vec![0; len as usize];
        file.read_exact(&mut header).map_err(io)?;
        let header: Metadata = serde_json::from_slice(&header).map_err(|error| malformed(error.to_string()))?;
        let data = 8 + len;
        let expected = data.saturating_add(header.data_len() as u64);
        if expected != found {
            return Err(CheckpointError::Length { path: name, expected, found });
        }
        Ok(Self { path: name, file, header, data })
    }

    /// The state of a training, as it was given to [`write`].
    pub(crate) fn state(&self) -> Option<&str> {
        self.header.metadata().as_ref()?.get(ENTRY).map(String::as_str)
    }

    /// Whether there are parameters whose names begin with `prefix`.
    pub(crate) fn has(&self, prefix: &str) -> bool {
        self.header.offset_keys().iter().any(|name| name.starts_with(prefix))
    }

    /// The block whose parameters' names begin with `prefix`.
    pub(crate) fn read<M: Layer>(&mut self, prefix: &str) -> Result<Model<M>, CheckpointError> {
        let entries = entries::<M>();
        self.check::<M>(prefix, &entries)?;
        let mut block = M::zeroed();
        let mut bytes = vec![0; 1 << 16];
        for entry in entries {
            let name = format!("{prefix}{}", entry.name);
            let start = self.header.info(&name).map_or(0, |info| info.data_offsets.0 as u64);
            let read = || -> io::Result<()> {
                self.file.seek(SeekFrom::Start(self.data + start))?;
                for elements in block.as_flat_mut()[entry.range].chunks_mut((1 << 16) / size_of::<M::Elem>()) {
                    let bytes = &mut bytes[..size_of_val(elements)];
                    self.file.read_exact(bytes)?;
                    for (element, bytes) in elements.iter_mut().zip(bytes.chunks_exact(size_of::<M::Elem>())) {
                        *element = take(bytes);
                    }
                }
                Ok(())
            }();
            read.map_err(|error| CheckpointError::Io { path: self.path.clone(), message: error.to_string() })?;
        }
        Ok(block)
    }

    /// Whether the block in the file is one of `M`.
    fn check<M: Layer>(&self, prefix: &str, entries: &[Entry]) -> Result<(), CheckpointError> {
        let mut differences = Vec::new();
        for entry in entries {
            let name = format!("{prefix}{}", entry.name);
            let info = self.header.info(&name);
            if info.is_none_or(|info| info.dtype != dtype::<M::Elem>() || info.shape != entry.sizes) {
                let network = Some(format!("{} {:?}", M::Elem::NAME, entry.sizes));
                differences.push(Difference { name, network, file: info.map(describe) });
            }
        }
        for name in self.header.offset_keys() {
            let Some(inner) = name.strip_prefix(prefix).filter(|inner| !inner.contains('/')) else { continue };
            if entries.iter().all(|entry| entry.name != inner) {
                let file = self.header.info(&name).map(describe);
                differences.push(Difference { name, network: None, file });
            }
        }
        if differences.is_empty() {
            return Ok(());
        }
        let more = differences.len().saturating_sub(NAMED);
        differences.truncate(NAMED);
        Err(CheckpointError::OtherNetwork { path: self.path.clone(), differences, more })
    }
}

fn describe(info: &TensorInfo) -> String {
    format!("{} {:?}", info.dtype.to_string().to_lowercase(), info.shape)
}

pub(crate) fn io_error(path: &Path, error: &io::Error) -> CheckpointError {
    CheckpointError::Io { path: path.display().to_string(), message: error.to_string() }
}

/// The bytes of a scalar, the lowest first.
fn put<T: Scalar>(x: T, bytes: &mut Vec<u8>) {
    let x: &dyn Any = &x;
    if let Some(x) = x.downcast_ref::<f32>() {
        bytes.extend_from_slice(&x.to_le_bytes());
    } else if let Some(x) = x.downcast_ref::<f64>() {
        bytes.extend_from_slice(&x.to_le_bytes());
    }
}

/// The scalar of such bytes.
fn take<T: Scalar>(bytes: &[u8]) -> T {
    let single = bytes.try_into().map(f32::from_le_bytes);
    let double = bytes.try_into().map(f64::from_le_bytes);
    let (single, double) = (single.unwrap_or_default(), double.unwrap_or_default());
    let of = |x: &dyn Any| x.downcast_ref::<T>().copied();
    of(&single).or(of(&double)).unwrap_or(T::ZERO)
}
