//! Which rows of a batch are which shard's, and which shards are computed here.

use std::ops::Range;

use typednet_data::Parts;

/// The rows of a batch, and how they are spread over its shards.
#[derive(Clone, Copy)]
pub(crate) enum Spread<'a> {
    /// So many rows, of which each shard has as many as the others, or one more.
    Even(usize),
    /// Rows of these numbers, of which each shard has those of its part.
    Parts(&'a Parts, &'a [u32]),
}

impl<'a> Spread<'a> {
    /// The spread of rows of data in such parts, or in none.
    pub(crate) fn of(parts: Option<&'a Parts>, rows: &'a [u32]) -> Self {
        parts.map_or(Self::Even(rows.len()), |parts| Self::Parts(parts, rows))
    }

    /// How many rows the batch has.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Even(rows) => rows,
            Self::Parts(_, rows) => rows.len(),
        }
    }
}

/// The shards that a batch is cut into, and those of them that are computed here: one run of shards, so one run of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// How many shards a batch has.
    shards: usize,
    /// The first that is computed here.
    first: usize,
    /// How many are computed here.
    count: usize,
}

impl Share {
    /// The shards of rank `rank` of `size`, which divides their number.
    pub(crate) fn of(shards: usize, rank: usize, size: usize) -> Self {
        let count = shards / size;
        Self { shards, first: rank * count, count }
    }

    /// Those that are computed here.
    pub(crate) fn shards(self) -> Range<usize> {
        self.first..self.first + self.count
    }

    /// Those that are computed anywhere.
    pub(crate) fn all(self) -> Range<usize> {
        0..self.shards
    }

    /// Whether a batch is one piece, as it is unless told otherwise.
    pub(crate) fn is_whole(self) -> bool {
        self.shards == 1
    }

    /// Whether all of them are computed here.
    pub(crate) fn is_all(self) -> bool {
        self.count == self.shards
    }

    /// The places of a shard's rows in a batch.
    pub(crate) fn rows(self, batch: Spread<'_>, shard: usize) -> Range<usize> {
        self.place(batch, shard)..self.place(batch, shard + 1)
    }

    /// The places of the rows in a batch that are computed here.
    pub(crate) fn own(self, batch: Spread<'_>) -> Range<usize> {
        self.place(batch, self.first)..self.place(batch, self.first + self.count)
    }

    /// The rows of the largest shard of a batch of `rows`.
    pub(crate) fn largest(self, rows: usize) -> usize {
        rows.div_ceil(self.shards)
    }

    /// The rows of the smallest shard that has some.
    pub(crate) fn smallest(self, rows: usize) -> usize {
        (rows / self.shards).max(1)
    }

    /// The place of a shard's first row.
    fn place(self, batch: Spread<'_>, shard: usize) -> usize {
        match batch {
            // It is at most `rows`; the product may be larger than a `usize`.
            Spread::Even(rows) => (shard as u128 * rows as u128 / self.shards as u128) as usize,
            Spread::Parts(parts, rows) => parts.before(shard, rows),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_in_one_shard_and_no_shard_has_two_more_than_another() {
        for shards in [1, 2, 4, 8, 64] {
            for rows in [0, 1, 7, 8, 9, 63, 64, 1000, usize::MAX] {
                let all = Share::of(shards, 0, 1);
                let cut: Vec<Range<usize>> = (0..shards).map(|shard| all.rows(Spread::Even(rows), shard)).collect();
                assert!(cut.windows(2).all(|pair| pair[0].end == pair[1].start), "{rows} rows, {shards} shards");
                assert_eq!((cut[0].start, cut[shards - 1].end), (0, rows));
                let lengths = || cut.iter().map(ExactSizeIterator::len);
                assert_eq!(lengths().max(), Some(all.largest(rows)));
                assert!(all.largest(rows) - lengths().min().unwrap_or(0) <= 1);
                assert_eq!(all.smallest(rows), lengths().filter(|rows| *rows > 0).min().unwrap_or(1));
                for size in [1, 2, 4, 8].into_iter().filter(|size| *size <= shards) {
                    let shares: Vec<Share> = (0..size).map(|rank| Share::of(shards, rank, size)).collect();
                    assert!(shares.iter().flat_map(|share| share.shards()).eq(0..shards));
                    for share in shares {
                        let own = share.shards().map(|shard| share.rows(Spread::Even(rows), shard));
                        let (from, to) = own.fold((rows, 0), |(from, to), at| (from.min(at.start), to.max(at.end)));
                        assert_eq!(share.own(Spread::Even(rows)), from..to);
                    }
                }
            }
        }
    }

    /// Shards without rows among them, at both ends.
    #[test]
    fn a_shard_of_data_in_parts_has_the_rows_of_its_part() {
        let parts = Parts::of([3, 2, 4, 1]).expect("parts");
        let rows = [2, 1, 8, 5, 7];
        let batch = Spread::of(Some(&parts), &rows);
        assert_eq!(batch.len(), 5);
        let all = Share::of(4, 0, 1);
        let cut: Vec<Range<usize>> = all.all().map(|shard| all.rows(batch, shard)).collect();
        assert_eq!(cut, [0..2, 2..2, 2..5, 5..5]);
        assert_eq!([0, 1].map(|rank| Share::of(4, rank, 2).own(batch)), [0..2, 2..5]);
        assert_eq!(Share::of(4, 1, 4).own(batch), 2..2);
    }
}
