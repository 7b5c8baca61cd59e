//! Pools for tests.

use crate::Pool;

/// A pool that makes its threads anew each time, and takes any work for enough. Where there are no threads, it runs the parts
/// [backwards](Backwards).
pub(crate) struct Threads(pub(crate) usize);

// SAFETY: a scope ends when its threads have, and each part is given to one of them.
unsafe impl Pool for Threads {
    fn threads(&self) -> usize {
        self.0
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        if cfg!(target_family = "wasm") {
            return Backwards(self.0).run(parts, part);
        }
        std::thread::scope(|scope| {
            for i in 0..parts {
                scope.spawn(move || part(i));
            }
        });
    }
}

/// A pool of one thread that runs the parts of as many from the last to the first.
pub(crate) struct Backwards(pub(crate) usize);

// SAFETY: every part runs once, before `run` returns.
unsafe impl Pool for Backwards {
    fn threads(&self) -> usize {
        self.0
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        (0..parts).rev().for_each(part);
    }
}
