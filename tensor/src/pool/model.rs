//! The pool in every order in which the processor's memory may show what its threads do.
//!
//! loom takes `SeqCst` for acquire and release, which is weaker, so what is found to hold here holds the more so. Only
//! that no sleeper is forgotten (never needed for the work to end, since the caller takes what others leave) rests on
//! `SeqCst`, and on the tests beside this file.

use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, panic_any};

use super::sync::{Arc, UnsafeCell};
use super::*;

/// Runs `test` in every order with at most `preemptions` switches of threads that could have gone on.
fn explore(preemptions: usize, test: impl Fn() + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(|panic| {
        // The parts panic in hundreds of thousands of orders; what loom or a test finds is said.
        if !panic.payload().is::<Quiet>() {
            eprintln!("{panic}");
        }
    }));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(test);
}

/// What a part carries that panics, which panics again when it is dropped.
struct Quiet;

impl Drop for Quiet {
    fn drop(&mut self) {
        panic!("a payload was dropped");
    }
}

/// A place for each part, which loom watches: two threads that touch one without order are found.
struct Places<const PARTS: usize>([UnsafeCell<u32>; PARTS]);

// SAFETY: this is what is to be shown; loom stops where it is not so.
unsafe impl<const PARTS: usize> Sync for Places<PARTS> {}

impl<const PARTS: usize> Places<PARTS> {
    fn new() -> Self {
        Self([const { () }; PARTS].map(|()| UnsafeCell::new(0)))
    }

    fn add(&self, part: usize) {
        // SAFETY: as above.
        self.0[part].with_mut(|place| unsafe { *place += 1 });
    }

    fn all(&self, expected: u32) -> bool {
        // SAFETY: as above.
        self.0.iter().all(|place| place.with(|place| unsafe { *place == expected }))
    }
}

#[test]
fn each_part_runs_once_and_is_seen_by_the_caller() {
    explore(3, || {
        let pool = ThreadPool::new(2).expect("threads");
        let places = Places::<2>::new();
        for round in 1..=2 {
            pool.run(2, &|part| places.add(part));
            assert!(places.all(round), "a part is missing or ran twice");
        }
    });
}

#[test]
fn two_workers_share_the_parts() {
    explore(1, || {
        let pool = ThreadPool::new(3).expect("threads");
        let places = Places::<3>::new();
        pool.run(3, &|part| places.add(part));
        assert!(places.all(1), "a part is missing or ran twice");
    });
}

#[test]
fn two_callers_share_a_pool() {
    explore(2, || {
        let pool = Arc::new(ThreadPool::new(2).expect("threads"));
        let other = {
            let pool = Arc::clone(&pool);
            loom::thread::spawn(move || {
                let places = Places::<2>::new();
                pool.run(2, &|part| places.add(part));
                assert!(places.all(1), "a part is missing or ran twice");
            })
        };
        let places = Places::<2>::new();
        pool.run(2, &|part| places.add(part));
        assert!(places.all(1), "a part is missing or ran twice");
        other.join().expect("the other caller");
    });
}

#[test]
fn a_pool_is_whole_after_panics() {
    explore(3, || {
        let pool = ThreadPool::new(2).expect("threads");
        let places = Places::<2>::new();
        let result = catch_unwind(AssertUnwindSafe(|| {
            pool.run(2, &|part| {
                places.add(part);
                panic_any(Quiet);
            });
        }));
        let payload = result.expect_err("both parts panic");
        assert!(payload.is::<Quiet>());
        core::mem::forget(payload);
        assert!(places.all(1), "the caller went on before all parts were done");
        pool.run(2, &|part| places.add(part));
        assert!(places.all(2), "a part is missing or ran twice");
    });
}
