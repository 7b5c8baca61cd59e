//! What the loops over bytes compute: the rows of a product whose inputs lie where they are.

use core::ops::Range;

use super::int8::INT8_MAX_INPUTS;
use crate::size::checked_product;

/// Where the inputs of a sum lie: runs of bytes in two nested loops, the outermost first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runs {
    /// How often each loop turns.
    pub(super) counts: [usize; 2],
    /// How far it is from one turn to the next.
    pub(super) distances: [usize; 2],
    /// The bytes of each run: fours, unless there is one run.
    pub(super) len: usize,
}

impl Runs {
    /// One run.
    pub(super) const fn one(len: usize) -> Self {
        Self { counts: [1, 1], distances: [0, 0], len }
    }

    /// All bytes.
    fn total(&self) -> Option<usize> {
        checked_product(&[self.counts[0], self.counts[1], self.len])
    }

    /// From the first byte to behind the last one.
    fn reach(&self) -> Option<usize> {
        let [outer, inner] = [0, 1].map(|i| self.counts[i].checked_sub(1)?.checked_mul(self.distances[i]));
        outer?.checked_add(inner?)?.checked_add(self.len)
    }
}

/// y ← `scale` ⊙ (q·Ŵ) + `shift` for some columns of Ŵ.
#[derive(Clone, Debug)]
pub(super) struct Product<'a> {
    pub(super) q: &'a [u8],
    pub(super) runs: Runs,
    /// From [`pack_int8`](super::pack_int8).
    pub(super) weight: &'a [u8],
    /// The columns that Ŵ has.
    pub(super) n: usize,
    /// Those that are computed.
    pub(super) columns: Range<usize>,
    /// One for each column that Ŵ has.
    pub(super) scale: &'a [[u8; 4]],
    pub(super) shift: &'a [[u8; 4]],
}

/// Where a row's inputs begin in q, and where its outputs begin in y.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Product<'_> {
    /// That all that is read and written for `rows` is there.
    ///
    /// # Panics
    /// If it is not.
    pub(super) fn check(&self, rows: &[Row], y: usize) {
        let Self { q, runs, weight, n, columns, scale, shift } = self;
        let total = runs.total();
        assert!(
            total.is_some_and(|total| total <= INT8_MAX_INPUTS),
            "more than {INT8_MAX_INPUTS} inputs, and their sum may not fit into 32 bits: {runs:?}"
        );
        assert!(runs.counts == [1, 1] || runs.len.is_multiple_of(4), "several runs are of whole fours");
        assert!(
            total.and_then(|total| total.checked_mul(*n)) == Some(weight.len())
                && scale.len() == *n
                && shift.len() == *n,
            "{} weights, {} and {} factors, not {total:?} times {n}, {n} and {n}",
            weight.len(),
            scale.len(),
            shift.len()
        );
        assert!(columns.start <= columns.end && columns.end <= *n, "columns {columns:?} of {n}");
        let fits = |from: usize, len: Option<usize>, of: usize| {
            len.and_then(|len| len.checked_add(from)).is_some_and(|end| end <= of)
        };
        for row in rows {
            assert!(fits(row.from, runs.reach(), q.len()), "a row reads behind the end of {} bytes", q.len());
            assert!(fits(row.to, Some(columns.len()), y), "a row writes behind the end of {y} outputs");
        }
    }
}
