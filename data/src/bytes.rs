//! The bytes of a file that may be gzipped.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read, Take};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::DataError;

/// The first two bytes of gzipped data.
pub(crate) const GZIP: [u8; 2] = [0x1F, 0x8B];

/// How many bytes are read at a time, and at first reserved.
pub(crate) const CHUNK: usize = 1 << 16;

/// The most bytes that come out of a gzipped file unless another limit is set: 1 GiB.
pub(crate) const GZIP_LIMIT: u64 = 1 << 30;

/// What was read to see whether the data are gzipped, and what follows.
type Whole<R> = Chain<Take<Cursor<[u8; 2]>>, R>;

/// Bytes as they come, unpacked where they are gzipped.
pub(crate) enum Bytes<R> {
    Plain(Whole<R>),
    Gzipped(Box<MultiGzDecoder<Whole<R>>>),
}

impl<R: BufRead> Bytes<R> {
    /// Looks at the first two bytes.
    pub(crate) fn new(mut reader: R) -> Result<Self, DataError> {
        let mut first = [0; GZIP.len()];
        let found = fill(&mut reader, &mut first).map_err(DataError::Io)?;
        let whole = Cursor::new(first).take(found as u64).chain(reader);
        Ok(if first == GZIP { Self::Gzipped(Box::new(MultiGzDecoder::new(whole))) } else { Self::Plain(whole) })
    }

    /// How many bytes are to be read at most: what was asked for, or what is usual.
    pub(crate) fn limit(&self, asked: Option<u64>) -> u64 {
        asked.unwrap_or(match self {
            Self::Plain(_) => u64::MAX,
            Self::Gzipped(_) => GZIP_LIMIT,
        })
    }

    /// Reads until `out` is full or the data end; how many bytes came.
    pub(crate) fn fill(&mut self, out: &mut [u8]) -> Result<usize, DataError> {
        match self {
            Self::Plain(reader) => fill(reader, out).map_err(DataError::Io),
            // What the operating system says is about the file, everything else is about its content.
            Self::Gzipped(reader) => fill(reader, out).map_err(|error| match error.raw_os_error() {
                Some(_) => DataError::Io(error),
                None => DataError::Gzip(error),
            }),
        }
    }
}

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

/// Makes room for `new` values where there is none: for as many again as have really come, but for no more than `left`.
pub(crate) fn grow<V>(values: &mut Vec<V>, new: usize, left: usize) -> Result<(), DataError> {
    if values.capacity() - values.len() < new {
        let more = values.len().max(new).min(left);
        let bytes = (values.len() as u128 + more as u128) * size_of::<V>() as u128;
        values.try_reserve_exact(more).map_err(|_| DataError::OutOfMemory { bytes })?;
    }
    Ok(())
}

/// What `read` makes of the file at `path`; an error names it.
pub(crate) fn from_file<V>(
    path: &Path,
    read: impl FnOnce(BufReader<File>) -> Result<V, DataError>,
) -> Result<V, DataError> {
    let open = || Ok(BufReader::with_capacity(CHUNK, File::open(path).map_err(DataError::Io)?));
    open().and_then(read).map_err(|error: DataError| error.in_path(path))
}
