//! Which rows of a batch are which shard's, and which shards are computed here.

use std::ops::Range;

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

    /// The rows of a shard in a batch of `rows`: all shards have as many, or one more.
    pub(crate) fn rows(self, rows: usize, shard: usize) -> Range<usize> {
        self.place(rows, shard)..self.place(rows, shard + 1)
    }

    /// The rows in a batch of `rows` that are computed here.
    pub(crate) fn own(self, rows: usize) -> Range<usize> {
        self.place(rows, self.first)..self.place(rows, self.first + self.count)
    }

    /// The rows of the largest shard of a batch of `rows`.
    pub(crate) fn largest(self, rows: usize) -> usize {
        rows.div_ceil(self.shards)
    }

    /// The rows of the smallest shard that has some.
    pub(crate) fn smallest(self, rows: usize) -> usize {
        (rows / self.shards).max(1)
    }

    /// The first row of a shard.
    fn place(self, rows: usize, shard: usize) -> usize {
        // It is at most `rows`; the product may be larger than a `usize`.
        (shard as u128 * rows as u128 / self.shards as u128) as usize
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
                let cut: Vec<Range<usize>> = (0..shards).map(|shard| all.rows(rows, shard)).collect();
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
                        let own = share.shards().map(|shard| share.rows(rows, shard));
                        let (from, to) = own.fold((rows, 0), |(from, to), at| (from.min(at.start), to.max(at.end)));
                        assert_eq!(share.own(rows), from..to);
                    }
                }
            }
        }
    }
}
