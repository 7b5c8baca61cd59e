//! Parallel execution: on this thread, or on a pool that the caller lends.

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

    /// Calls `part(0)` to `part(parts - 1)`, each once, in any order, at the same time where possible.
    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync));
}

/// Where a kernel runs. Work is cut so that the result has the same bits for any number of threads.
#[derive(Clone, Copy, Default)]
pub struct Parallel<'a>(Option<&'a dyn Pool>);

impl<'a> Parallel<'a> {
    /// All on the calling thread.
    pub const SERIAL: Self = Self(None);

    /// On the threads of `pool`.
    pub const fn on(pool: &'a dyn Pool) -> Self {
        Self(Some(pool))
    }

    /// How many parts can run at the same time.
    pub fn threads(self) -> usize {
        self.0.map_or(1, Pool::threads)
    }

    /// How many parts can begin at once; see [`Pool::awake`].
    pub fn awake(self) -> usize {
        self.0.map_or(1, Pool::awake)
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
    assert!(row_len > 0 && rows_per_part > 0, "split_rows needs rows and parts that are not empty");
    let len = data.len();
    assert!(len.is_multiple_of(row_len), "{len} elements are not rows of {row_len}");
    let part_len = row_len.saturating_mul(rows_per_part);
    let parts = len.div_ceil(part_len);
    if parts == 1 {
        return work(0, data);
    }
    let start = Start::of(data);
    par.run(parts, &|part| {
        let first = part * part_len;
        // SAFETY: part `part` is elements `first` to `first + part_len` of `data`, which is borrowed uniquely until
        // all calls have returned. A `Pool` calls each number below `parts` once, so no two parts overlap.
        let rows = unsafe { core::slice::from_raw_parts_mut(start.at(first), part_len.min(len - first)) };
        work(part * rows_per_part, rows);
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

    pub(crate) fn at(&self, place: usize) -> *mut T {
        self.0.wrapping_add(place)
    }
}

impl core::fmt::Debug for Parallel<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Parallel over {} threads", self.threads())
    }
}
