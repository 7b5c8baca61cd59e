//! Arrays out of a file.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder};

use super::header::{self, BEFORE_TEXT, Header};
use super::{CHUNK, END};
use crate::{FileError, TensorSpec};

/// A `.npz` file whose directory and headers were read and found sound: as many bytes as each array's sizes say, no name twice, no
/// array in the place of another.
///
/// The content of an array is held to its checksum when it is read.
#[derive(Debug)]
pub struct NpzFile {
    path: PathBuf,
    archive: ZipArchive<FileReader>,
    arrays: Vec<NpzArray>,
}

/// An array of a file.
#[derive(Clone, Debug)]
pub struct NpzArray {
    /// Its name without `.npy`, its type and its sizes.
    pub spec: TensorSpec,
    /// Whether the first axis is the one whose neighbours stand side by side, as in Fortran: `W.T` is saved so.
    pub is_fortran: bool,
    place: Place,
}

/// Where an array is.
#[derive(Clone, Copy, Debug)]
struct Place {
    entry: ZipArchiveEntryWayfinder,
    is_deflated: bool,
    /// Bytes before the numbers.
    header: usize,
    bytes: usize,
}

impl NpzFile {
    /// Opens a file, and reads its directory and the header of each array. Takes no memory for their content.
    ///
    /// # Errors
    /// If the file cannot be read, is no whole archive, or holds something that is no array of numbers.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let io = |error: io::Error| FileError::read(path, &error);
        let malformed = |reason: &dyn std::fmt::Display| {
            FileError::malformed(path, &format_args!("it is no whole file of numpy's arrays: {reason}"))
        };
        // A pipe would be waited for without end.
        crate::write::refuse_other_kinds(path, &std::fs::metadata(path).map_err(io)?)?;
        let file = File::open(path).map_err(io)?;
        let len = file.metadata().map_err(io)?.len();
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let archive = ZipArchive::from_file(file, &mut buffer).map_err(|error| malformed(&error))?;

        let mut found = Vec::new();
        let mut entries = archive.entries(&mut buffer);
        while let Some(entry) = entries.next_entry().map_err(|error| malformed(&error))? {
            let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
            let method = entry.compression_method();
            let is_deflated = method == CompressionMethod::DEFLATE;
            if entry.flags().is_encrypted() || !is_deflated && method != CompressionMethod::STORE {
                return Err(malformed(&format_args!(
                    "`{name}` is encrypted or packed otherwise than by `savez` and `savez_compressed`"
                )));
            }
            found.push((name, is_deflated, entry.uncompressed_size_hint(), entry.wayfinder()));
        }
        if found.len() as u64 != archive.entries_hint() {
            return Err(malformed(&"its directory has another number of entries than it says"));
        }

        let (mut arrays, mut names, mut ranges) = (Vec::new(), BTreeSet::new(), Vec::new());
        for (name, is_deflated, size, entry) in found {
            let said = |reason: &dyn std::fmt::Display| malformed(&format_args!("`{name}`: {reason}"));
            let short = name.strip_suffix(END).ok_or_else(|| said(&"its name does not end with `.npy`"))?;
            if !names.insert(short.to_owned()) {
                return Err(said(&"it stands in it twice"));
            }
            let local = archive.get_entry(entry).map_err(|error| said(&error))?;
            let range = local.compressed_data_range();
            if range.1 > len || !is_deflated && range.1 - range.0 != size {
                return Err(said(&"it has more bytes than the file"));
            }
            ranges.push((range, name.clone()));
            let reader = local.reader();
            let read = if is_deflated { read_header(DeflateDecoder::new(reader)) } else { read_header(reader) };
            let (Header { dtype, is_fortran, shape }, header) = read.map_err(|reason| said(&reason))?;
            let spec = TensorSpec { name: short.to_owned(), dtype, shape };
            let Some(bytes) = spec.bytes().filter(|bytes| (*bytes as u64).checked_add(header as u64) == Some(size))
            else {
                return Err(said(&format_args!(
                    "it has {size} bytes, but is {:?} of {dtype} by its header",
                    spec.shape
                )));
            };
            arrays.push(NpzArray { spec, is_fortran, place: Place { entry, is_deflated, header, bytes } });
        }
        ranges.sort_unstable();
        if let Some([(_, a), (_, b)]) = ranges.windows(2).find(|pair| pair[0].0.1 > pair[1].0.0) {
            return Err(malformed(&format_args!("`{a}` and `{b}` stand in the same place")));
        }
        Ok(Self { path: path.into(), archive, arrays })
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The arrays in their order in the directory.
    pub fn arrays(&self) -> &[NpzArray] {
        &self.arrays
    }

    /// The array of this name.
    pub fn array(&self, name: &str) -> Option<&NpzArray> {
        self.arrays.iter().find(|array| array.spec.name == name)
    }

    /// Reads the bytes of an array to where they are wanted, in little-endian order and in that of the array's axes.
    ///
    /// # Errors
    /// If there is no array of this name with so many bytes, the file cannot be read, or the content is not that of its checksum.
    pub fn read_into(&self, name: &str, to: &mut [u8]) -> Result<(), FileError> {
        let place = self.place(name)?;
        if place.bytes != to.len() {
            let reason = format_args!("`{name}` has {} bytes, but {} are expected", place.bytes, to.len());
            return Err(FileError::malformed(&self.path, &reason));
        }
        self.content(name, place, |reader| reader.read_exact(to))
    }

    /// Hands the bytes of an array to `take`: pieces of whole elements, at most 64 KiB each, in little-endian order and in that of
    /// the array's axes.
    ///
    /// # Errors
    /// As [`read_into`](Self::read_into).
    pub fn read(&self, name: &str, mut take: impl FnMut(&[u8])) -> Result<(), FileError> {
        let place = self.place(name)?;
        self.content(name, place, |reader| {
            let (mut left, mut buffer) = (place.bytes, vec![0; place.bytes.min(CHUNK)]);
            while left > 0 {
                let piece = &mut buffer[..left.min(CHUNK)];
                reader.read_exact(piece)?;
                take(piece);
                left -= piece.len();
            }
            Ok(())
        })
    }

    fn place(&self, name: &str) -> Result<Place, FileError> {
        let array = self.array(name).map(|array| array.place);
        array.ok_or_else(|| FileError::malformed(&self.path, &format_args!("it has no array `{name}`")))
    }

    /// Reads what stands behind the header of an array, and that nothing follows; the checksum is compared with the last of it.
    fn content(
        &self,
        name: &str,
        place: Place,
        read: impl FnOnce(&mut dyn Read) -> io::Result<()>,
    ) -> Result<(), FileError> {
        let whole = |reader: &mut dyn Read| {
            io::copy(&mut reader.take(place.header as u64), &mut io::sink())?;
            read(reader)?;
            // What is packed may be more than the directory says.
            match reader.read(&mut [0]) {
                Ok(0) => Ok(()),
                _ => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "more stands behind its numbers than its header says",
                )),
            }
        };
        let local = self.archive.get_entry(place.entry).map_err(io::Error::other);
        let done = local.and_then(|local| {
            if place.is_deflated {
                whole(&mut local.verifying_reader(DeflateDecoder::new(local.reader())))
            } else {
                whole(&mut local.verifying_reader(local.reader()))
            }
        });
        done.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                FileError::malformed(&self.path, &format_args!("`{name}` is damaged: {error}"))
            }
            _ => FileError::read(&self.path, &error),
        })
    }
}

/// The header of an array, and how many bytes it has.
fn read_header(mut from: impl Read) -> Result<(Header, usize), String> {
    let mut begin = [0; BEFORE_TEXT];
    let said = |error: io::Error| format!("its header cannot be read: {error}");
    from.read_exact(&mut begin).map_err(said)?;
    let range = header::text_range(begin)?;
    // Two bytes of the first format's text have been read with what stands before it.
    let mut text = begin[range.start..].to_vec();
    let wanted = range.len().saturating_sub(text.len());
    let read = from.take(wanted as u64).read_to_end(&mut text).map_err(said)?;
    if read < wanted || text.len() > range.len() {
        return Err("it ends within its header".into());
    }
    Ok((header::parse(&text)?, range.end))
}
