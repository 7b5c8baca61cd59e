//! What the loops over bytes compute: the rows of a product whose inputs lie where they are.

use core::ops::Range;

use super::limit::INT8_MAX_INPUTS;
use crate::size::checked_product;

/// Where the inputs of a sum lie: runs of bytes in two nested loops, the outermost first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runs {
    /// How often each loop turns.
    pub(super) counts: [usize; 2],
    /// How far it is from one turn to the next.
    pub(super) distances: [usize; 2],
    /// The bytes of each run.
    pub(super) len: usize,
}

impl Runs {
    /// One run.
    pub(super) const fn one(len: usize) -> Self {
        Self { counts: [1, 1], distances: [0, 0], len }
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.counts[0] * self.counts[1]
    }

    /// The bytes behind the last four of each run, fewer than four.
    pub(super) const fn rest(&self) -> usize {
        self.len % 4
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
    /// From [`pack_int8`](super::pack_int8), the rows of each run by themselves.
    pub(super) weight: &'a [u8],
    /// The columns that Ŵ has.
    pub(super) n: usize,
    /// Those that are computed.
    pub(super) columns: Range<usize>,
    /// From [`Rests::of`], for these runs and columns.
    pub(super) rests: &'a [[u8; 4]],
    /// One for each column that Ŵ has.
    pub(super) scale: &'a [[u8; 4]],
    pub(super) shift: &'a [[u8; 4]],
}

/// Room for the weights of what is behind the last four of each run, where there is something.
pub(super) struct Rests(Option<[[u8; 4]; ROOM]>);

/// How many rests there is room for: on a microcontroller, whose stack is small, for fewer columns at a time.
const ROOM: usize = if cfg!(target_os = "none") { Rests::MOST / 4 } else { Rests::MOST };

impl Rests {
    /// As many are kept apart, at most. The order in which weights are packed depends on it, so it is the same everywhere.
    const MOST: usize = 512;

    pub(super) fn new(runs: &Runs) -> Self {
        // Not by `then_some`, which would make an array to be moved.
        if runs.rest() > 0 { Self(Some([[0; 4]; ROOM])) } else { Self(None) }
    }

    /// The most columns for which they are kept apart.
    pub(super) fn columns(runs: &Runs) -> usize {
        if runs.rest() == 0 { usize::MAX } else { Self::MOST / runs.count().max(1) }
    }

    /// The most columns that there is room for at a time.
    pub(super) fn together(runs: &Runs) -> usize {
        if runs.rest() == 0 { usize::MAX } else { ROOM / runs.count().max(1) }
    }

    /// The rows of Ŵ behind the last four of each run as one row of fours, one run's behind another's: by these the last four inputs
    /// of the run are multiplied, so those that have been counted stand before them as 0. A run of fewer than four inputs has 0 behind
    /// them. There is nothing where runs are of fours.
    pub(super) fn of(&mut self, runs: &Runs, weight: &[u8], n: usize, columns: &Range<usize>) -> &[[u8; 4]] {
        let (rest, width) = (runs.rest(), columns.len());
        let Some(fours) = &mut self.0 else { return &[] };
        let fours = &mut fours[..runs.count() * width];
        fours.fill([0; 4]);
        let first = if runs.len < 4 { 0 } else { 4 - rest };
        for (run, fours) in fours.chunks_exact_mut(width.max(1)).enumerate() {
            for i in 0..rest {
                let row = &weight[((run + 1) * runs.len - rest + i) * n..][columns.clone()];
                for (four, w) in fours.iter_mut().zip(row) {
                    four[first + i] = *w;
                }
            }
        }
        fours
    }
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
        let Self { q, runs, weight, n, columns, rests, scale, shift } = self;
        let total = runs.total();
        assert!(
            total.is_some_and(|total| total <= INT8_MAX_INPUTS),
            "more than {INT8_MAX_INPUTS} inputs, and their sum may not fit into 32 bits: {runs:?}"
        );
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
        let rest = if runs.rest() > 0 { runs.count() * columns.len() } else { 0 };
        assert_eq!(rests.len(), rest, "fours for what is behind the last four of each run");
        let fits = |from: usize, len: Option<usize>, of: usize| {
            len.and_then(|len| len.checked_add(from)).is_some_and(|end| end <= of)
        };
        let last = rows
            .iter()
            .fold(Row::default(), |last, row| Row { from: last.from.max(row.from), to: last.to.max(row.to) });
        assert!(fits(last.from, runs.reach(), q.len()), "a row reads behind the end of {} bytes", q.len());
        assert!(fits(last.to, Some(columns.len()), y), "a row writes behind the end of {y} outputs");
    }
}
