//! Tensors out of a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use safetensors::tensor::Metadata;

use super::header::{Header, LONGEST_HEADER};
use super::{CHECKSUM, CHUNK, TensorSpec, begin};
use crate::FileError;

/// A safetensors file whose header was read and found sound, whose length is what the header says, and whose content is
/// what its checksum was made of, if it has one.
///
/// A file of another program has none; [`is_checked`](Self::is_checked) tells.
#[derive(Debug)]
pub struct TensorFile {
    path: PathBuf,
    file: File,
    header: Metadata,
    /// Where the data begin.
    data: u64,
    checked: bool,
}

impl TensorFile {
    /// Opens a file and looks through it once. Takes memory of a few times the header's length, and 64 KiB for data.
    ///
    /// # Errors
    /// If the file cannot be read, is no whole safetensors file, names a tensor twice, or has a checksum of other content.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let io = |error: io::Error| FileError::read(path, &error);
        let malformed = |reason: &dyn std::fmt::Display| {
            FileError::malformed(path, &format_args!("it is no whole safetensors file: {reason}"))
        };
        // A pipe would be waited for without end.
        crate::write::refuse_other_kinds(path, &std::fs::metadata(path).map_err(io)?)?;
        let mut file = File::open(path).map_err(io)?;
        let found = file.metadata().map_err(io)?.len();
        if found < 8 {
            return Err(malformed(&format_args!("{found} bytes are too few for the length of a header")));
        }
        let mut len = [0; 8];
        file.read_exact(&mut len).map_err(io)?;
        let len = u64::from_le_bytes(len);
        if len > LONGEST_HEADER || len > found - 8 {
            return Err(malformed(&format_args!(
                "a header of {len} bytes is longer than the file or the format allows"
            )));
        }
        let mut text = vec![0; len as usize];
        file.read_exact(&mut text).map_err(io)?;
        let header: Header = serde_json::from_slice(&text).map_err(|error| malformed(&error))?;
        drop(text);
        let stated = header.texts.as_ref().and_then(|texts| texts.get(CHECKSUM).cloned());
        let hash = stated.is_some().then(|| begin(&header));
        let header = header.checked().map_err(|error| malformed(&error))?;
        let data = 8 + len;
        let expected = data.saturating_add(header.data_len() as u64);
        if expected != found {
            return Err(FileError::Length { path: path.into(), expected, found });
        }
        let mut opened = Self { path: path.into(), file, header, data, checked: false };
        if let (Some(stated), Some(mut hash)) = (stated, hash) {
            opened.chunks(data, found - data, |bytes| hash.update(bytes))?;
            let computed = hash.finish().to_string();
            if stated != computed {
                return Err(FileError::Checksum { path: opened.path, stated, computed });
            }
            opened.checked = true;
        }
        Ok(opened)
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file has a checksum, which then is that of its content.
    pub const fn is_checked(&self) -> bool {
        self.checked
    }

    /// An entry of the header's metadata.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.header.metadata().as_ref()?.get(key).map(String::as_str)
    }

    /// All texts of the header with their keys, in no order.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.header.metadata().iter().flatten().map(|(key, text)| (&**key, &**text))
    }

    /// The tensors in their order in the file.
    pub fn tensors(&self) -> impl Iterator<Item = TensorSpec> {
        self.header.offset_keys().into_iter().filter_map(|name| self.tensor(&name))
    }

    /// The tensor of this name.
    pub fn tensor(&self, name: &str) -> Option<TensorSpec> {
        let info = self.header.info(name)?;
        Some(TensorSpec { name: name.to_owned(), dtype: info.dtype, shape: info.shape.clone() })
    }

    /// Hands the bytes of a tensor to `take`: pieces of whole elements, at most 64 KiB each, in little-endian order.
    ///
    /// # Errors
    /// If there is no tensor of this name, or the file cannot be read.
    pub fn read(&mut self, name: &str, take: impl FnMut(&[u8])) -> Result<(), FileError> {
        let Some(info) = self.header.info(name) else {
            return Err(FileError::malformed(&self.path, &format_args!("it has no tensor `{name}`")));
        };
        let (start, end) = (info.data_offsets.0 as u64, info.data_offsets.1 as u64);
        self.chunks(self.data + start, end - start, take)
    }

    /// Reads the bytes of a tensor to where they are wanted, in little-endian order.
    ///
    /// # Errors
    /// If there is no tensor of this name with so many bytes, or the file cannot be read.
    pub fn read_into(&mut self, name: &str, to: &mut [u8]) -> Result<(), FileError> {
        let (start, end) = self.header.info(name).map_or((0, 0), |info| info.data_offsets);
        if self.header.info(name).is_none() || end - start != to.len() {
            let reason = format_args!("it has no tensor `{name}` of {} bytes", to.len());
            return Err(FileError::malformed(&self.path, &reason));
        }
        let read = self.file.seek(SeekFrom::Start(self.data + start as u64)).and_then(|_| self.file.read_exact(to));
        read.map_err(|error| FileError::read(&self.path, &error))
    }

    fn chunks(&mut self, start: u64, len: u64, mut take: impl FnMut(&[u8])) -> Result<(), FileError> {
        let mut read = || -> io::Result<()> {
            self.file.seek(SeekFrom::Start(start))?;
            let mut buffer = vec![0; len.min(CHUNK as u64) as usize];
            let mut left = len;
            while left > 0 {
                let piece = &mut buffer[..left.min(CHUNK as u64) as usize];
                self.file.read_exact(piece)?;
                take(piece);
                left -= piece.len() as u64;
            }
            Ok(())
        };
        read().map_err(|error| FileError::read(&self.path, &error))
    }
}
