//! Parallel execution: on this thread, or on a pool that the caller lends.

use core::ops::Range;

use crate::LeastPart;
#[cfg(feature = "std")]
use crate::Precision;

/// A set of threads that run the parts of one piece of work.
///
/// # Safety
/// `run` must call `part(i)` exactly once for each `i` below `parts`, and must not return before all calls have.
pub unsafe trait Pool: Sync {
    /// How many parts can run at the same time.
    fn threads(&self) -> usize;

    /// How many of the [`threads`](Pool::threads) would begin at once, the caller among them: the others sleep, and waking
    /// them costs some microseconds. Work for no more parts than this wakes nobody.
    fn awake(&self) -> usize {
        self.threads()
    }

    /// How many nanoseconds pass from when work is given to the threads that are [`awake`](Pool::awake) until they have begun and the
    /// caller knows that all is done, the work itself not counted: what sharing costs. 0 where it is not known.
    ///
    /// It decides how large a part must be ([`LeastPart`]) and may differ from call to call: no result depends on it.
    fn hand_over(&self) -> u32 {
        0
    }

    /// What the products of this work read of their operands: `f32` unless said otherwise. Unlike all else, the results depend on it.
    #[cfg(feature = "std")]
    fn precision(&self) -> Precision {
        Precision::F32
    }

    /// Calls `part(0)` to `part(parts - 1)`, each once, in any order, at the same time where possible.
    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync));
}

/// The calling thread, with products of a precision.
#[cfg(feature = "std")]
struct Alone(Precision);

#[cfg(feature = "std")]
// SAFETY: each part runs once, before `run` returns.
unsafe impl Pool for Alone {
    fn threads(&self) -> usize {
        1
    }

    fn precision(&self) -> Precision {
        self.0
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        (0..parts).for_each(part);
    }
}

/// Where a kernel runs, and in which [precision](Pool::precision) its products do. Work is cut so that the result has the same bits for any
/// number of threads.
#[derive(Clone, Copy, Default)]
pub struct Parallel<'a>(Option<&'a dyn Pool>);

impl<'a> Parallel<'a> {
    /// All on the calling thread.
    pub const SERIAL: Self = Self(None);

    /// On the threads of `pool`.
    pub const fn on(pool: &'a dyn Pool) -> Self {
        Self(Some(pool))
    }

    /// All on the calling thread, with products of this precision.
    ///
    /// ```
    /// use typednet_tensor::matmul::{MatMut, MatRef, product};
    /// use typednet_tensor::{Parallel, Precision};
    ///
    /// // 1 + 2⁻⁹ is between two neighbours, 1 and 1 + 2⁻⁷.
    /// let (a, b) = ([1.0_f32 + 1.0 / 512.0, 3.0], [1.0, 2.0]);
    /// let dot = |par| {
    ///     let mut c = [0.0];
    ///     product(MatRef::new(&a, 1, 2), MatRef::new(&b, 2, 1), MatMut::new(&mut c, 1, 1), par);
    ///     c[0]
    /// };
    /// assert_eq!(dot(Parallel::SERIAL), 7.0 + 1.0 / 512.0);
    /// assert_eq!(dot(Parallel::serial_in(Precision::Bf16Portable)), 7.0);
    /// ```
    #[cfg(feature = "std")]
    pub const fn serial_in(precision: Precision) -> Parallel<'static> {
        match precision {
            Precision::F32 => Parallel(None),
            Precision::Bf16 => Parallel(Some(const { &Alone(Precision::Bf16) })),
            Precision::Bf16Portable => Parallel(Some(const { &Alone(Precision::Bf16Portable) })),
        }
    }

    /// All on the calling thread, in the same precision.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn serial(self) -> Parallel<'static> {
        Parallel::serial_in(self.precision())
    }

    /// What products read of their operands; see [`Pool::precision`].
    #[cfg(feature = "std")]
    #[inline]
    pub fn precision(self) -> Precision {
        self.0.map_or(Precision::F32, Pool::precision)
    }

    /// How many parts can run at the same time.
    pub fn threads(self) -> usize {
        self.0.map_or(1, Pool::threads)
    }

    /// How many parts can begin at once; see [`Pool::awake`].
    pub fn awake(self) -> usize {
        self.0.map_or(1, Pool::awake)
    }

    /// Into how many parts a piece of `work` units is cut, one or more: as many as threads can begin, as long as each part has what
    /// is worth a thread. Where the threads sleep, they count if the piece is large enough to wake them.
    pub fn parts(self, work: usize, least: LeastPart) -> usize {
        let Some(pool) = self.0 else { return 1 };
        // Most pieces of a small step end here, and ask nobody.
        if work / 2 < least.units {
            return 1;
        }
        let threads = if work < least.wake { pool.awake() } else { pool.threads() };
        if threads < 2 { 1 } else { threads.min(work / least.at(pool.hand_over()).max(1)).max(1) }
    }

    /// Calls `part` with each number below `parts`, and returns when all calls have.
    pub fn run(self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        match self.0 {
            Some(pool) if parts > 1 => pool.run(parts, part),
            _ => (0..parts).for_each(part),
        }
    }
}

/// Calls `work` with the number of the first row and the rows, for each part of `rows_per_part` rows of `data`.
///
/// A row is `row_len` elements. The last part may have fewer rows. The parts run at the same time where `par` can.
///
/// ```
/// use typednet_tensor::{Parallel, split_rows};
///
/// let mut squares = [0; 10];
/// split_rows(Parallel::SERIAL, &mut squares, 2, 3, |first, rows| {
///     for (i, rows) in rows.chunks_mut(2).enumerate() {
///         rows.fill((first + i) * (first + i));
///     }
/// });
/// assert_eq!(squares, [0, 0, 1, 1, 4, 4, 9, 9, 16, 16]);
/// ```
///
/// # Panics
/// If a row or a part has no elements, or `data` is not a whole number of rows.
pub fn split_rows<T: Send>(
    par: Parallel<'_>,
    data: &mut [T],
    row_len: usize,
    rows_per_part: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let cut = Cut::new(data.len(), row_len, rows_per_part);
    if cut.parts == 1 {
        return work(0, data);
    }
    let start = Start::of(data);
    par.run(cut.parts, &|part| {
        let at = cut.elements(part);
        // SAFETY: parts are runs of elements of `data` of which no two overlap, and it is borrowed uniquely until all calls have
        // returned. A `Pool` calls each number below `parts` once.
        let rows = unsafe { core::slice::from_raw_parts_mut(start.at(at.start), at.len()) };
        work(part * rows_per_part, rows);
    });
}

/// How rows are cut into parts, in numbers of elements.
#[derive(Clone, Copy)]
struct Cut {
    len: usize,
    part_len: usize,
    parts: usize,
}

impl Cut {
    fn new(len: usize, row_len: usize, rows_per_part: usize) -> Self {
        assert!(row_len > 0 && rows_per_part > 0, "split_rows needs rows and parts that are not empty");
        assert!(len.is_multiple_of(row_len), "{len} elements are not rows of {row_len}");
        let part_len = row_len.saturating_mul(rows_per_part);
        Self { len, part_len, parts: len.div_ceil(part_len) }
    }

    /// The elements of part `part`: all that are left in the last one, none where there is no such part.
    fn elements(&self, part: usize) -> Range<usize> {
        let first = part.saturating_mul(self.part_len).min(self.len);
        first..first + self.part_len.min(self.len - first)
    }
}

/// The fewest elements that are worth another thread: the cheapest work on so many takes a microsecond.
pub(crate) const LEAST_PART: LeastPart = LeastPart::new(8192, 1000);

/// Calls `work` with the place of the first element and the elements, for each thread's part of `data`; in one piece where there is too
/// little to be worth another thread. Where it is cut follows from the number of threads, so what is made of an element may depend on
/// that element only.
///
/// ```
/// use typednet_tensor::{Parallel, split_elements};
///
/// let mut places = [0; 10];
/// split_elements(Parallel::SERIAL, &mut places, |first, part| {
///     for (place, element) in (first..).zip(part) {
///         *element = place;
///     }
/// });
/// assert_eq!(places, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
/// ```
pub fn split_elements<T: Send>(par: Parallel<'_>, data: &mut [T], work: impl Fn(usize, &mut [T]) + Sync) {
    /// The elements of a cache line, which no two threads should write.
    const LINE: usize = 16;
    let parts = par.parts(data.len(), LEAST_PART);
    if parts < 2 {
        return work(0, data);
    }
    split_rows(par, data, 1, data.len().div_ceil(parts).next_multiple_of(LINE), work);
}

/// Calls `work` with the number of the first row and the rows of each of `data`, for each part of `rows_per_part` rows, of which there
/// are `rows` in each.
///
/// The data may have rows of different lengths. The parts run at the same time where `par` can.
///
/// # Panics
/// If a part has no rows, or some data are not `rows` rows of one length.
pub(crate) fn split_together<const K: usize, T: Send>(
    par: Parallel<'_>,
    data: [&mut [T]; K],
    rows: usize,
    rows_per_part: usize,
    work: impl Fn(usize, [&mut [T]; K]) + Sync,
) {
    if rows <= rows_per_part {
        return work(0, data);
    }
    assert!(rows_per_part > 0, "a part has at least one row");
    let data = data.map(|data| {
        assert!(data.len().is_multiple_of(rows), "{} elements are not {rows} rows", data.len());
        (data.len() / rows, Start::of(data))
    });
    par.run(rows.div_ceil(rows_per_part), &|part| {
        let first = part * rows_per_part;
        let count = rows_per_part.min(rows - first);
        let of_part = data.each_ref().map(|(row, start)| {
            // SAFETY: rows `first` to `first + count` ≤ `rows` of data that are borrowed uniquely until all calls have
            // returned. A `Pool` calls each number once, so no two parts overlap.
            unsafe { core::slice::from_raw_parts_mut(start.at(first * row), count * row) }
        });
        work(first, of_part);
    });
}

/// As [`split_rows`], of two runs of data that have as many rows each: one of `row_lens[0]` elements in `a` and one of
/// `row_lens[1]` in `b`.
///
/// ```
/// use typednet_tensor::{Parallel, split_both};
///
/// let (mut numbers, mut sums) = ([1, 2, 3, 4, 5, 6], [0; 3]);
/// split_both(Parallel::SERIAL, (&mut numbers, &mut sums), [2, 1], 2, |_, numbers, sums| {
///     for (numbers, sum) in numbers.chunks(2).zip(sums) {
///         *sum = numbers.iter().sum();
///     }
/// });
/// assert_eq!(sums, [3, 7, 11]);
/// ```
///
/// # Panics
/// As [`split_rows`], or if the rows of both are not as many.
pub fn split_both<A: Send, B: Send>(
    par: Parallel<'_>,
    (a, b): (&mut [A], &mut [B]),
    row_lens: [usize; 2],
    rows_per_part: usize,
    work: impl Fn(usize, &mut [A], &mut [B]) + Sync,
) {
    let [row_a, row_b] = row_lens;
    assert!(row_b > 0 && b.len().is_multiple_of(row_b), "{} elements are not rows of {row_b}", b.len());
    let rows = b.len() / row_b;
    assert_eq!(a.len(), rows * row_a, "both runs must have as many rows");
    let start = Start::of(b);
    split_rows(par, a, row_a, rows_per_part, |first, a| {
        // SAFETY: as many rows of `b` as of `a`, from the same one on: they are all there, since `b` has as many as `a`, and no
        // two parts overlap, since those of `a` do not. `b` is borrowed uniquely until all calls have returned.
        let b = unsafe { core::slice::from_raw_parts_mut(start.at(first * row_b), a.len() / row_a * row_b) };
        work(first, a, b);
    });
}

/// The start of some data, which threads may share if each takes another part of it.
pub(crate) struct Start<T>(*mut T);

// SAFETY: whoever makes a reference from a place argues that no other thread has the same, and `T` may be sent there.
unsafe impl<T: Send> Sync for Start<T> {}

impl<T> Start<T> {
    pub(crate) fn of(data: &mut [T]) -> Self {
        Self(data.as_mut_ptr())
    }

    /// From what somebody has borrowed uniquely, as long as this is there.
    pub(crate) fn from_ptr(start: *mut T) -> Self {
        Self(start)
    }

    pub(crate) fn at(&self, place: usize) -> *mut T {
        self.0.wrapping_add(place)
    }
}

impl core::fmt::Debug for Parallel<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Parallel over {} threads", self.threads())
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;
    use crate::test_pools::Backwards;

    #[test]
    fn every_row_of_all_data_is_given_out_once() {
        for (rows, rows_per_part) in [(1, 1), (5, 1), (5, 2), (6, 2), (7, 7), (7, 100)] {
            let (mut narrow, mut wide) = (vec![0; rows], vec![0; 3 * rows]);
            let data = [&mut narrow[..], &mut wide, &mut []];
            split_together(Parallel::on(&Backwards(3)), data, rows, rows_per_part, |first, [narrow, wide, none]| {
                assert!(narrow.len() <= rows_per_part && none.is_empty());
                for (i, (narrow, wide)) in narrow.iter_mut().zip(wide.chunks_exact_mut(3)).enumerate() {
                    *narrow += first + i;
                    for wide in wide {
                        *wide += 10 * (first + i) + 1;
                    }
                }
            });
            assert!(narrow.into_iter().eq(0..rows), "{rows} rows, {rows_per_part} in a part");
            assert!(wide.into_iter().eq((0..rows).flat_map(|row| [10 * row + 1; 3])), "{rows} rows");
        }
    }

    #[test]
    fn elements_are_given_out_once_and_to_several_threads_where_they_are_many() {
        let least = LEAST_PART.units;
        for len in [0, 1, 2 * least - 1, 2 * least, 3 * least + 5] {
            let (mut data, parts) = (vec![0; len], AtomicUsize::new(0));
            split_elements(Parallel::on(&Backwards(3)), &mut data, |first, part| {
                parts.fetch_add(1, Relaxed);
                (first..).zip(part).for_each(|(place, element)| *element += place);
            });
            assert!(data.into_iter().eq(0..len), "{len} elements");
            assert_eq!(parts.into_inner(), (len / least).clamp(1, 3), "{len} elements");
        }
    }

    /// So many threads, the caller awake alone or all of them, to whom a hand-over takes so long.
    struct Slow {
        threads: usize,
        asleep: bool,
        hand_over: u32,
    }

    // SAFETY: every part runs once, before `run` returns.
    unsafe impl Pool for Slow {
        fn threads(&self) -> usize {
            self.threads
        }

        fn awake(&self) -> usize {
            if self.asleep { 1 } else { self.threads }
        }

        fn hand_over(&self) -> u32 {
            self.hand_over
        }

        fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
            Backwards(self.threads).run(parts, part);
        }
    }

    #[test]
    fn parts_are_as_large_as_a_hand_over_asks_for() {
        let least = LeastPart::new(100, 500).waking_from(1000);
        for (hand_over, asleep, work, wanted) in [
            (0, false, 199, 1),
            (0, false, 200, 2),
            (500, false, 399, 3),
            (500, false, 9999, 4),
            (1000, false, 399, 1),
            (1000, false, 400, 2),
            (1250, false, 500, 2),
            (4_000_000, false, 9999, 1),
            (0, true, 999, 1),
            (0, true, 1000, 4),
            (5000, true, 1000, 1),
        ] {
            let pool = Slow { threads: 4, asleep, hand_over };
            let found = Parallel::on(&pool).parts(work, least);
            assert_eq!(found, wanted, "{work} units, {hand_over} ns, asleep: {asleep}");
        }
        assert_eq!(Parallel::SERIAL.parts(usize::MAX, least), 1);
        assert_eq!(Parallel::on(&Slow { threads: 1, asleep: false, hand_over: 0 }).parts(9999, least), 1);
    }

    #[test]
    #[should_panic(expected = "7 elements are not 3 rows")]
    fn data_of_other_lengths_are_refused() {
        split_together(Parallel::SERIAL, [&mut [0; 6][..], &mut [0; 7]], 3, 1, |_, _| ());
    }
}
