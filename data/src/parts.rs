//! Data in parts, one for each shard of a batch.

use std::ops::Range;

use typednet_tensor::{Key, Sample};

use crate::dataset::check_count;
use crate::{DataError, Source};

/// How the rows of data are cut into parts: the first rows are those of part 0, behind them stand those of part 1, and so on.
///
/// A training over data in parts has as many shards as there are parts, and shard s of every batch draws from part s only. So of several
/// processes each reads the parts of its own shards, and no samples of the others.
///
/// ```
/// use typednet_data::Parts;
///
/// let parts = Parts::of([3, 4])?;
/// assert_eq!((parts.count(), parts.len(), parts.rows(1)), (2, 7, 3..7));
/// assert_eq!(Parts::even(7, 2)?, parts);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The first row of each part, and behind the last the number of rows.
    starts: Vec<u32>,
}

impl Parts {
    /// Parts of as many rows as `lengths` says.
    ///
    /// # Errors
    /// If there are no parts, one has no rows, or all have more than 2³² − 1.
    pub fn of(lengths: impl IntoIterator<Item = usize>) -> Result<Self, DataError> {
        let (mut starts, mut rows, mut empty) = (vec![0], 0_usize, None);
        for (part, length) in lengths.into_iter().enumerate() {
            rows = rows.saturating_add(length);
            starts.push(u32::try_from(rows).unwrap_or(u32::MAX));
            empty = empty.or((length == 0).then_some(part));
        }
        check_count(rows)?;
        empty.map_or(Ok(Self { starts }), |part| Err(DataError::EmptyPart { part }))
    }

    /// `rows` rows cut into `count` parts, which have as many, or one more.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn even(rows: usize, count: usize) -> Result<Self, DataError> {
        if count > rows {
            return Err(DataError::EmptyPart { part: 0 });
        }
        let place = |part: usize| (part as u128 * rows as u128 / count as u128) as usize;
        Self::of((0..count).map(|part| place(part + 1) - place(part)))
    }

    /// How many parts there are.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many rows all parts have together.
    #[allow(clippy::len_without_is_empty, reason = "no part is empty")]
    pub fn len(&self) -> usize {
        self.starts[self.count()] as usize
    }

    /// How many rows the part with the most has.
    pub fn longest(&self) -> usize {
        self.starts.windows(2).map(|pair| (pair[1] - pair[0]) as usize).max().unwrap_or(0)
    }

    /// The rows of a part.
    ///
    /// # Panics
    /// If there is no such part.
    pub fn rows(&self, part: usize) -> Range<u32> {
        self.starts[part]..self.starts[part + 1]
    }

    /// The part that a row is in.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn part_of(&self, row: u32) -> usize {
        assert!((row as usize) < self.len(), "row {row} is in none of the {} rows of all parts", self.len());
        self.starts.partition_point(|start| *start <= row) - 1
    }

    /// How many of `rows` stand in the parts before `part`, where they stand in the order of their parts.
    pub fn before(&self, part: usize, rows: &[u32]) -> usize {
        rows.partition_point(|row| *row < self.starts[part])
    }
}

/// Any data, of which all is here, in [parts](Parts): their order in a training is that of a file for each part, as [`OnDisk`](crate::OnDisk)
/// reads them, with the same bits.
///
/// ```
/// use typednet_data::{InParts, Parts, Source, mnist};
///
/// let digits = mnist::embedded()?.train;
/// let in_parts = InParts::new(&digits, Parts::even(digits.len(), 8)?);
/// assert_eq!(Source::<[f32; 784], _>::parts(&in_parts).map(Parts::count), Some(8));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct InParts<S> {
    source: S,
    parts: Parts,
}

impl<S> InParts<S> {
    /// `source` in `parts`, which have as many rows: a trainer refuses others.
    pub fn new(source: S, parts: Parts) -> Self {
        Self { source, parts }
    }

    /// The data as they are.
    pub fn source(&self) -> &S {
        &self.source
    }
}

#[diagnostic::do_not_recommend]
impl<In: Sample, Target, S: Source<In, Target>> Source<In, Target> for InParts<S> {
    fn len(&self) -> usize {
        self.source.len()
    }

    fn target(&self, row: u32) -> Target {
        self.source.target(row)
    }

    fn targets(&self, rows: &[u32], to: &mut Vec<Target>) {
        self.source.targets(rows, to);
    }

    fn gathered_targets(&self, rows: &[u32], key: Key, to: &mut Vec<Target>) {
        self.source.gathered_targets(rows, key, to);
    }

    fn parts(&self) -> Option<&Parts> {
        Some(&self.parts)
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [Target]) {
        self.source.gather(rows, key, x, y);
    }

    fn take_error(&self) -> Option<DataError> {
        self.source.take_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_in_the_part_that_says_so() {
        for lengths in [&[1][..], &[3, 1, 4], &[2, 2, 2, 2]] {
            let parts = Parts::of(lengths.iter().copied()).unwrap();
            assert_eq!((parts.count(), parts.len()), (lengths.len(), lengths.iter().sum()));
            assert_eq!(Some(parts.longest()), lengths.iter().copied().max());
            let all: Vec<u32> = (0..parts.len() as u32).collect();
            for (part, length) in lengths.iter().enumerate() {
                let rows = parts.rows(part);
                assert_eq!(rows.len(), *length);
                assert!(rows.clone().all(|row| parts.part_of(row) == part));
                assert_eq!(parts.before(part, &all), rows.start as usize);
            }
            assert_eq!(parts.before(parts.count(), &all), all.len());
        }
        assert_eq!(Parts::even(10, 4).unwrap(), Parts::of([2, 3, 2, 3]).unwrap());
    }

    #[test]
    fn parts_that_cannot_be_are_refused() {
        assert!(matches!(Parts::of([]), Err(DataError::Empty)));
        assert!(matches!(Parts::even(4, 0), Err(DataError::Empty)));
        assert!(matches!(Parts::of([u32::MAX as usize, 1]), Err(DataError::TooMany { .. })));
        let error = Parts::even(3, 4).unwrap_err();
        assert_eq!(
            error.to_string(),
            "part 0 of the data has no rows, but a shard draws from each part; cut the data into fewer parts"
        );
    }

    #[test]
    #[should_panic(expected = "row 7 is in none of the 7 rows of all parts")]
    fn a_row_behind_all_parts_is_in_none() {
        Parts::of([3, 4]).unwrap().part_of(7);
    }
}
