//! The IDX format, plain or gzipped: MNIST's files.
//!
//! | bytes | what |
//! | --- | --- |
//! | 2 | zero |
//! | 1 | element type, `0x08` for unsigned bytes |
//! | 1 | rank r: how many dimensions |
//! | 4·r | the sizes, big-endian, the number of rows first |
//! | the product of the sizes | the elements, the last dimension fastest |
//!
//! Source: the page of the MNIST database, "The IDX file format". Whether a file is gzipped is seen from its first two
//! bytes and not from its name. Memory grows with the data that really come, so a header that promises more than
//! there is costs nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use typednet_tensor::{Class, Shape};

use crate::error::elements;
use crate::{DataError, IdxKind};

/// The first two bytes of gzipped data.
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// How many bytes are read at a time, and at first reserved.
const CHUNK: usize = 1 << 16;

/// The samples of an IDX file of two or more dimensions, each as one run of `LEN` bytes.
///
/// ```
/// use typednet_data::idx;
///
/// let file = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, /* two images of 1×3 */ 1, 2, 3, 4, 5, 6];
/// assert_eq!(idx::read_images::<3>(&file[..])?, [[1, 2, 3], [4, 5, 6]]);
///
/// let error = idx::read_images::<3>(&file[..21]).unwrap_err();
/// assert_eq!(error.to_string(), "the header promises 6 bytes of data, but the file has only 5");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the data are not such a file from the first byte to the last, if a sample does not have `LEN` bytes, or if there
/// are no samples.
pub fn read_images<const LEN: usize>(reader: impl BufRead) -> Result<Vec<[u8; LEN]>, DataError> {
    read(reader, IdxKind::Images)
}

/// The labels of an IDX file of one dimension.
///
/// ```
/// use typednet_data::idx;
///
/// let file = [0, 0, 8, 1, 0, 0, 0, 3, /* three labels */ 7, 0, 10];
/// let error = idx::read_labels::<10>(&file[..]).unwrap_err();
/// assert_eq!(error.to_string(), "row 2: label 10 is out of range: there are 10 classes, 0 to 9");
/// assert_eq!(idx::read_labels::<11>(&file[..])?[2].index(), 10);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the data are not such a file from the first byte to the last, if a label is not below `N`, or if there are no
/// labels.
pub fn read_labels<const N: usize>(reader: impl BufRead) -> Result<Vec<Class<N>>, DataError> {
    let bytes: Vec<[u8; 1]> = read(reader, IdxKind::Labels)?;
    let class = |(row, [label]): (usize, &[u8; 1])| {
        Class::new(usize::from(*label)).map_err(|error| DataError::Label { row, error })
    };
    bytes.iter().enumerate().map(class).collect()
}

/// [`read_images`] from the file at `path`.
///
/// # Errors
/// As [`read_images`], and if the file cannot be read; with its path.
pub fn images_from_file<const LEN: usize>(path: impl AsRef<Path>) -> Result<Vec<[u8; LEN]>, DataError> {
    let path = path.as_ref();
    open(path).and_then(read_images).map_err(|error| error.in_path(path))
}

/// [`read_labels`] from the file at `path`.
///
/// # Errors
/// As [`read_labels`], and if the file cannot be read; with its path.
pub fn labels_from_file<const N: usize>(path: impl AsRef<Path>) -> Result<Vec<Class<N>>, DataError> {
    let path = path.as_ref();
    open(path).and_then(read_labels).map_err(|error| error.in_path(path))
}

fn open(path: &Path) -> Result<BufReader<File>, DataError> {
    Ok(BufReader::with_capacity(CHUNK, File::open(path).map_err(DataError::Io)?))
}

/// Unpacks where the data are gzipped, then reads.
fn read<const LEN: usize>(mut reader: impl BufRead, kind: IdxKind) -> Result<Vec<[u8; LEN]>, DataError> {
    let mut first = [0; 2];
    let found = fill(&mut reader, &mut first).map_err(DataError::Io)?;
    let whole = first[..found].chain(reader);
    if first == GZIP {
        read_plain(MultiGzDecoder::new(whole), kind, |error| {
            // What the operating system says is about the file, everything else is about its content.
            if error.raw_os_error().is_some() { DataError::Io(error) } else { DataError::Gzip(error) }
        })
    } else {
        read_plain(whole, kind, DataError::Io)
    }
}

fn read_plain<const LEN: usize>(
    mut reader: impl Read,
    kind: IdxKind,
    wrap: impl Fn(io::Error) -> DataError,
) -> Result<Vec<[u8; LEN]>, DataError> {
    const { assert!(LEN > 0, "a sample has at least one element") };
    let rows = read_header::<LEN>(&mut reader, kind, &wrap)?;
    let promised = u128::from(rows) * LEN as u128;
    let mut samples: Vec<[u8; LEN]> = Vec::new();
    // Whole samples at a time; a file of few samples needs no more than its own size.
    let mut chunk = vec![0; (CHUNK / LEN).clamp(1, rows as usize) * LEN];
    while samples.len() < rows as usize {
        let left = rows as usize - samples.len();
        let wanted = chunk.len().min(left.saturating_mul(LEN));
        let found = fill(&mut reader, &mut chunk[..wanted]).map_err(&wrap)?;
        if found < wanted {
            let found = samples.len() as u64 * LEN as u64 + found as u64;
            return Err(DataError::TooShort { promised, found });
        }
        let new = chunk[..wanted].as_chunks::<LEN>().0;
        if samples.capacity() - samples.len() < new.len() {
            // As much again as has really come, but never more than is promised.
            let more = samples.len().max(new.len()).min(left);
            let bytes = (samples.len() as u128 + more as u128) * LEN as u128;
            samples.try_reserve_exact(more).map_err(|_| DataError::OutOfMemory { bytes })?;
        }
        samples.extend_from_slice(new);
    }
    // Reading on to the end also makes the decoder compare its checksum.
    match fill(&mut reader, &mut [0]).map_err(&wrap)? {
        0 => Ok(samples),
        _ => Err(DataError::TrailingBytes { promised }),
    }
}

/// The number of rows, once the header has been found to be that of `kind` with samples of `LEN` elements.
fn read_header<const LEN: usize>(
    reader: &mut impl Read,
    kind: IdxKind,
    wrap: &impl Fn(io::Error) -> DataError,
) -> Result<u32, DataError> {
    let mut magic = [0; 4];
    let found = fill(reader, &mut magic).map_err(wrap)?;
    if found < magic.len() {
        return Err(DataError::Truncated { expected: magic.len(), found });
    }
    let [zero, zero_too, code, rank] = magic;
    let wrong_magic = DataError::WrongMagic { expected: kind, found: u32::from_be_bytes(magic) };
    let rank = usize::from(rank);
    let rank_fits = match kind {
        IdxKind::Images => (2..=Shape::MAX_RANK + 1).contains(&rank),
        IdxKind::Labels => rank == 1,
    };
    let name = match code {
        0x08 => "u8",
        0x09 => "i8",
        0x0B => "i16",
        0x0C => "i32",
        0x0D => "f32",
        0x0E => "f64",
        _ => return Err(wrong_magic),
    };
    if [zero, zero_too] != [0, 0] || !rank_fits {
        return Err(wrong_magic);
    }
    if code != 0x08 {
        return Err(DataError::UnsupportedElement { code, name });
    }

    let mut bytes = [0; 4 * (Shape::MAX_RANK + 1)];
    let bytes = &mut bytes[..4 * rank];
    let found = fill(reader, bytes).map_err(wrap)?;
    if found < bytes.len() {
        return Err(DataError::Truncated { expected: magic.len() + bytes.len(), found: magic.len() + found });
    }
    let mut sizes = bytes.as_chunks().0.iter().map(|size| u32::from_be_bytes(*size));
    let rows = sizes.next().unwrap_or(0);
    let sample: Vec<u32> = sizes.collect();
    if elements(&sample) != LEN as u128 {
        return Err(DataError::WrongSize { expected: LEN, found: sample });
    }
    if rows == 0 { Err(DataError::Empty) } else { Ok(rows) }
}

/// Reads until `out` is full or the data end; how many bytes came.
fn fill(reader: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < out.len() {
        match reader.read(&mut out[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
