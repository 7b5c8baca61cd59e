//! A file from its first byte to its last.

use std::io::BufRead;

use typednet_tensor::{Sample, Shape};

use super::{Element, IdxElement};
use crate::bytes::{Bytes, CHUNK, grow};
use crate::error::elements;
use crate::{DataError, IdxKind};

/// How the numbers of a file become samples of type `V`.
pub(super) struct Samples<T, V> {
    /// How many numbers a sample has.
    pub(super) len: usize,
    /// The sizes that the file must state for one sample, but for sizes of 1 at the end; any of `len` elements if there
    /// are none here.
    pub(super) shape: Option<Shape>,
    /// Appends whole samples.
    pub(super) append: fn(&[T], &mut Vec<V>),
}

/// All samples of a file, plain or gzipped.
pub(super) fn samples<T: IdxElement, V>(
    reader: impl BufRead,
    kind: IdxKind,
    limit: Option<u64>,
    into: &Samples<T, V>,
) -> Result<Vec<V>, DataError> {
    let mut bytes = Bytes::new(reader)?;
    let limit = bytes.limit(limit);
    let Header { element, rows, sizes } = header::<T>(&mut bytes, kind)?;
    into.check(&sizes)?;
    if rows == 0 {
        return Err(DataError::Empty);
    }
    let (rows, sample) = (rows as usize, into.len * element.size());
    let promised = rows as u128 * sample as u128;
    if promised > u128::from(limit) {
        return Err(DataError::OverLimit { promised, limit });
    }
    let mut samples: Vec<V> = Vec::new();
    // Whole samples at a time; a file of few samples needs no more than its own size.
    let mut chunk = vec![0; (CHUNK / sample).clamp(1, rows) * sample];
    let mut numbers: Vec<T> = Vec::with_capacity(chunk.len() / element.size());
    while samples.len() < rows {
        let left = rows - samples.len();
        let wanted = chunk.len().min(left.saturating_mul(sample));
        let found = bytes.fill(&mut chunk[..wanted])?;
        if found < wanted {
            let found = samples.len() as u64 * sample as u64 + found as u64;
            return Err(DataError::TooShort { promised, found });
        }
        numbers.clear();
        T::append(element, &chunk[..wanted], &mut numbers);
        grow(&mut samples, wanted / sample, left)?;
        (into.append)(&numbers, &mut samples);
    }
    // Reading on to the end also makes the decoder compare its checksum.
    match bytes.fill(&mut [0])? {
        0 => Ok(samples),
        _ => Err(DataError::TrailingBytes { promised }),
    }
}

impl<T, V> Samples<T, V> {
    /// Whether samples of these sizes are such.
    fn check(&self, found: &[u32]) -> Result<(), DataError> {
        fn without_ones<N: PartialEq + From<u8>>(mut sizes: &[N]) -> &[N] {
            while let [rest @ .., last] = sizes
                && *last == N::from(1)
            {
                sizes = rest;
            }
            sizes
        }
        match self.shape {
            Some(expected) => {
                let (wanted, sizes) = (without_ones(expected.sizes()), without_ones(found));
                let same =
                    wanted.len() == sizes.len() && wanted.iter().zip(sizes).all(|(a, b)| *a as u128 == u128::from(*b));
                if same { Ok(()) } else { Err(DataError::WrongShape { expected, found: found.to_vec() }) }
            }
            None if elements(found) == self.len as u128 => Ok(()),
            None => Err(DataError::WrongSize { expected: self.len, found: found.to_vec() }),
        }
    }
}

/// Where the bytes of a file begin that are to be samples of type `S`, and how many samples there are. A type of one dimension holds samples
/// of any sizes with as many elements.
pub(crate) fn header_of<S: Sample<Elem = u8>>(
    bytes: &mut Bytes<impl BufRead>,
    kind: IdxKind,
) -> Result<(u64, u32), DataError> {
    let Header { rows, sizes, .. } = header::<u8>(bytes, kind)?;
    let shape = Some(S::SHAPE).filter(|shape| shape.sizes().len() > 1);
    Samples::<u8, S> { len: S::LEN, shape, append: |_, _| {} }.check(&sizes)?;
    Ok((4 * (sizes.len() as u64 + 2), rows))
}

/// What a file says of itself.
struct Header {
    element: Element,
    rows: u32,
    /// The sizes of one sample.
    sizes: Vec<u32>,
}

/// The header, once it has been found to be that of `kind` with elements that `T` holds.
fn header<T: IdxElement>(bytes: &mut Bytes<impl BufRead>, kind: IdxKind) -> Result<Header, DataError> {
    let mut magic = [0; 4];
    let found = bytes.fill(&mut magic)?;
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

    let mut sizes = [0; 4 * (Shape::MAX_RANK + 1)];
    let sizes = &mut sizes[..4 * rank];
    let found = bytes.fill(sizes)?;
    if found < sizes.len() {
        return Err(DataError::Truncated { expected: magic.len() + sizes.len(), found: magic.len() + found });
    }
    let mut sizes = sizes.as_chunks().0.iter().map(|size| u32::from_be_bytes(*size));
    Ok(Header { element, rows: sizes.next().unwrap_or(0), sizes: sizes.collect() })
}
