//! A file of records of one size.

use std::fs::{File, Metadata};
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use typednet_tensor::{Sample, rows};

use super::{RUN, pread};
use crate::bytes::{Bytes, GZIP};
use crate::dataset::check_count;
use crate::{DataError, Gather, IdxKind, idx};

/// A file of as many records as there are rows, which is opened when it is needed first.
#[derive(Debug)]
pub(super) struct Records {
    pub(super) path: PathBuf,
    /// Where the first record begins; `None` where the file is IDX and its header says so.
    offset: Option<u64>,
    rows: usize,
    opened: OnceLock<Opened>,
}

/// A file that was found to hold what it should.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    /// Where the first record begins.
    offset: u64,
    /// What the system said of the file when it was opened.
    version: Version,
}

/// What changes with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    len: u64,
    modified: Option<SystemTime>,
}

impl Version {
    fn of(metadata: &Metadata) -> Self {
        Self { len: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl Records {
    pub(super) fn new(path: PathBuf, offset: Option<u64>, rows: usize) -> Result<Self, DataError> {
        check_count(rows)?;
        Ok(Self { path, offset, rows, opened: OnceLock::new() })
    }

    /// Opens the file, if that was not done.
    pub(super) fn open<X: Sample<Elem = u8>>(&self) -> Result<&Opened, DataError> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let offset = match self.offset {
            Some(offset) => offset,
            None => self.header::<X>()?,
        };
        let file = File::open(&self.path).map_err(DataError::Io)?;
        let version = Version::of(&file.metadata().map_err(DataError::Io)?);
        let expected = self.rows as u128 * X::LEN as u128;
        let found = version.len.saturating_sub(offset);
        if u128::from(found) != expected {
            return Err(DataError::RecordBytes { expected, found });
        }
        Ok(self.opened.get_or_init(|| Opened { file, offset, version }))
    }

    /// Where the images of an IDX file begin, of which there are as many as rows.
    fn header<X: Sample<Elem = u8>>(&self) -> Result<u64, DataError> {
        let (offset, count) = header::<X>(&self.path)?;
        if self.rows == count as usize {
            Ok(offset)
        } else {
            Err(DataError::CountsDiffer { samples: count as usize, targets: self.rows })
        }
    }

    /// Reads the records of `rows_of`, of which `base` is the first in the file, and makes samples of them, in as few calls of the system as
    /// there are runs.
    pub(super) fn read<X, In>(
        &self,
        rows_of: &[u32],
        base: u32,
        buffer: &mut Vec<u8>,
        x: &mut [In],
    ) -> Result<(), DataError>
    where
        X: Sample<Elem = u8> + Gather<In>,
    {
        let Opened { file, offset, version } = self.open::<X>()?;
        let most = (RUN / X::LEN).max(1);
        let mut start = 0;
        while let Some(first) = rows_of.get(start) {
            let follows = |(step, row): &(u32, &u32)| **row == first.wrapping_add(*step);
            let count = (0..).zip(&rows_of[start..]).take(most).take_while(follows).count();
            buffer.resize(count * X::LEN, 0);
            let at = offset + u64::from(*first - base) * X::LEN as u64;
            pread::exact(file, buffer, at).map_err(|error| match error.kind() {
                // It was long enough when it was opened.
                ErrorKind::UnexpectedEof => DataError::Changed,
                _ => DataError::Io(error),
            })?;
            X::gather(rows(buffer), &mut x[start..start + count]);
            start += count;
        }
        // Behind the reading, so that nothing is taken that was written meanwhile.
        let now = Version::of(&file.metadata().map_err(DataError::Io)?);
        if now == *version { Ok(()) } else { Err(DataError::Changed) }
    }
}

/// Where the images of an IDX file begin, and how many there are.
fn header<X: Sample<Elem = u8>>(path: &Path) -> Result<(u64, u32), DataError> {
    let mut reader = BufReader::new(File::open(path).map_err(DataError::Io)?);
    let mut first = [0; 2];
    if reader.read_exact(&mut first).is_ok() && first == GZIP {
        return Err(DataError::Packed);
    }
    reader = BufReader::new(File::open(path).map_err(DataError::Io)?);
    idx::header_of::<X>(&mut Bytes::new(reader)?, IdxKind::Images)
}
