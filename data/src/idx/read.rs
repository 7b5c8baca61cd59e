//! A file from its first byte to its last.

use std::io::{self, BufRead, Read};

use flate2::bufread::MultiGzDecoder;
use typednet_tensor::Shape;

use super::{Element, Idx, IdxElement};
use crate::error::elements;
use crate::{DataError, IdxKind};

/// The first two bytes of gzipped data.
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// How many bytes are read at a time, and at first reserved.
pub(super) const CHUNK: usize = 1 << 16;

/// Unpacks where the data are gzipped, then reads.
pub(super) fn unpacked<T: IdxElement, const LEN: usize>(
    mut reader: impl BufRead,
    kind: IdxKind,
    limit: Option<u64>,
) -> Result<Vec<[T; LEN]>, DataError> {
    let mut first = [0; 2];
    let found = fill(&mut reader, &mut first).map_err(DataError::Io)?;
    let whole = first[..found].chain(reader);
    if first == GZIP {
        let limit = limit.unwrap_or(Idx::GZIP_LIMIT);
        plain(MultiGzDecoder::new(whole), kind, limit, |error| {
            // What the operating system says is about the file, everything else is about its content.
            if error.raw_os_error().is_some() { DataError::Io(error) } else { DataError::Gzip(error) }
        })
    } else {
        plain(whole, kind, limit.unwrap_or(u64::MAX), DataError::Io)
    }
}

fn plain<T: IdxElement, const LEN: usize>(
    mut reader: impl Read,
    kind: IdxKind,
    limit: u64,
    wrap: impl Fn(io::Error) -> DataError,
) -> Result<Vec<[T; LEN]>, DataError> {
    const { assert!(LEN > 0, "a sample has at least one element") };
    let Header { element, rows, sizes } = header::<T>(&mut reader, kind, &wrap)?;
    if elements(&sizes) != LEN as u128 {
        return Err(DataError::WrongSize { expected: LEN, found: sizes });
    }
    if rows == 0 {
        return Err(DataError::Empty);
    }
    let (rows, sample) = (rows as usize, LEN * element.size());
    let promised = rows as u128 * sample as u128;
    if promised > u128::from(limit) {
        return Err(DataError::OverLimit { promised, limit });
    }
    let mut samples: Vec<[T; LEN]> = Vec::new();
    // Whole samples at a time; a file of few samples needs no more than its own size.
    let mut chunk = vec![0; (CHUNK / sample).clamp(1, rows) * sample];
    let mut numbers: Vec<T> = Vec::with_capacity(chunk.len() / element.size());
    while samples.len() < rows {
        let left = rows - samples.len();
        let wanted = chunk.len().min(left.saturating_mul(sample));
        let found = fill(&mut reader, &mut chunk[..wanted]).map_err(&wrap)?;
        if found < wanted {
            let found = samples.len() as u64 * sample as u64 + found as u64;
            return Err(DataError::TooShort { promised, found });
        }
        numbers.clear();
        T::append(element, &chunk[..wanted], &mut numbers);
        let new = numbers.as_chunks::<LEN>().0;
        if samples.capacity() - samples.len() < new.len() {
            // As much again as has really come, but never more than is promised.
            let more = samples.len().max(new.len()).min(left);
            let bytes = (samples.len() as u128 + more as u128) * size_of::<[T; LEN]>() as u128;
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

/// What a file says of itself.
struct Header {
    element: Element,
    rows: u32,
    /// The sizes of one sample.
    sizes: Vec<u32>,
}

/// The header, once it has been found to be that of `kind` with elements that `T` holds.
fn header<T: IdxElement>(
    reader: &mut impl Read,
    kind: IdxKind,
    wrap: &impl Fn(io::Error) -> DataError,
) -> Result<Header, DataError> {
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
        IdxKind::Samples => (1..=Shape::MAX_RANK + 1).contains(&rank),
    };
    let Some(element) = Element::of(code).filter(|_| [zero, zero_too] == [0, 0] && rank_fits) else {
        return Err(wrong_magic);
    };
    if !T::holds(element) {
        return Err(DataError::OtherElement { expected: T::NAME, found: element });
    }

    let mut bytes = [0; 4 * (Shape::MAX_RANK + 1)];
    let bytes = &mut bytes[..4 * rank];
    let found = fill(reader, bytes).map_err(wrap)?;
    if found < bytes.len() {
        return Err(DataError::Truncated { expected: magic.len() + bytes.len(), found: magic.len() + found });
    }
    let mut sizes = bytes.as_chunks().0.iter().map(|size| u32::from_be_bytes(*size));
    Ok(Header { element, rows: sizes.next().unwrap_or(0), sizes: sizes.collect() })
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
