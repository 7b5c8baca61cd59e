//! Who does the work: this thread, or a pool that the caller lends.

/// A set of threads that run the parts of one piece of work.
///
/// # Safety
/// `run` must call `part(i)` exactly once for each `i` below `parts`, and must not return before all calls have.
pub unsafe trait Pool: Sync {
    /// How many parts can run at the same time.
    fn threads(&self) -> usize;

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

    /// Calls `part` with each number below `parts`, and returns when all calls have.
    pub fn run(self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        match self.0 {
            Some(pool) if parts > 1 => pool.run(parts, part),
            _ => (0..parts).for_each(part),
        }
    }
}

impl core::fmt::Debug for Parallel<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Parallel over {} threads", self.threads())
    }
}
