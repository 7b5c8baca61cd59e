//! The pool on the system's own threads.

use core::panic::AssertUnwindSafe;
use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::Relaxed;
use std::panic::{catch_unwind, panic_any};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::Key;

fn each_part_runs_once(pool: &ThreadPool, parts: usize) {
    let counts: Vec<AtomicUsize> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
    pool.run(parts, &|part| {
        counts[part].fetch_add(1, Relaxed);
    });
    assert!(counts.iter().all(|count| count.load(Relaxed) == 1), "{counts:?}");
}

/// So many rounds, or a few where an interpreter looks for data races in them.
const fn rounds(count: usize) -> usize {
    if cfg!(miri) { 10 } else { count }
}

fn wait_until_all_sleep(pool: &ThreadPool) {
    let start = Instant::now();
    while pool.shared.sleepers() < pool.workers.len() {
        assert!(start.elapsed() < Duration::from_mins(1), "idle threads go to sleep");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn every_part_runs_once_however_often() {
    for threads in [1, 2, 3, 8] {
        let pool = ThreadPool::new(threads).expect("threads");
        assert_eq!(pool.threads(), threads);
        for round in 0..rounds(2_000) {
            each_part_runs_once(&pool, round % 9);
        }
    }
}

/// A ticket has bits for so many parts, also those by which hand-overs are measured.
#[test]
fn threads_may_be_more_than_the_parts_of_a_round() {
    for threads in [Ticket::MOST_PARTS + 1, 70] {
        let pool = ThreadPool::new(threads).expect("threads");
        assert_eq!(pool.threads(), threads);
        for parts in [2, Ticket::MOST_PARTS, threads, 1000] {
            each_part_runs_once(&pool, parts);
        }
    }
}

/// Callers, parts and pauses in a random mixture: threads fall asleep before, during and after the work of others.
#[test]
fn no_part_is_lost_between_waking_and_falling_asleep() {
    let pool = ThreadPool::new(3).expect("threads");
    thread::scope(|scope| {
        for caller in 0..2 {
            let pool = &pool;
            scope.spawn(move || {
                let key = Key::new(7).child(caller);
                for round in 0..rounds(3_000) as u64 {
                    let key = key.child(round);
                    let pause = |place: u64| match key.below(place, 8) {
                        0 => thread::sleep(Duration::from_micros(key.below(place + 100, 120))),
                        1..=3 => (0..key.below(place + 100, 3_000)).for_each(|_| core::hint::spin_loop()),
                        _ => {}
                    };
                    let counts: [AtomicUsize; 7] = core::array::from_fn(|_| AtomicUsize::new(0));
                    let parts = key.below(8, 8) as usize;
                    pool.run(parts, &|part| {
                        pause(part as u64);
                        counts[part].fetch_add(1, Relaxed);
                    });
                    let found = counts.map(AtomicUsize::into_inner);
                    assert!(found.iter().enumerate().all(|(i, n)| *n == usize::from(i < parts)), "{found:?}");
                    pause(9);
                }
            });
        }
    });
}

#[test]
fn sleeping_threads_are_woken() {
    let pool = ThreadPool::new(3).expect("threads");
    for _ in 0..5 {
        wait_until_all_sleep(&pool);
        assert_eq!(pool.awake(), 1);
        let waiting = Barrier::new(3);
        // Each part waits for the two others, so all three threads must take part.
        pool.run(3, &|_| {
            waiting.wait();
        });
    }
}

#[test]
fn no_more_threads_are_woken_than_there_are_parts() {
    let pool = ThreadPool::new(4).expect("threads");
    for _ in 0..5 {
        wait_until_all_sleep(&pool);
        let waiting = Barrier::new(2);
        pool.run(2, &|_| {
            waiting.wait();
            assert!(pool.shared.sleepers() >= 2, "one of three was needed");
        });
    }
}

#[test]
fn more_parts_than_a_ticket_holds_run_once_each() {
    let pool = ThreadPool::new(3).expect("threads");
    for parts in [31, 32, 33, 63, 64, 65, 100, 1000, 70_000] {
        each_part_runs_once(&pool, parts);
    }
}

#[test]
fn a_thread_comes_back_to_its_parts() {
    let pool = ThreadPool::new(3).expect("threads");
    let round = || {
        let (meeting, threads) = (Barrier::new(3), Mutex::new([None; 3]));
        // Nobody goes on before all three are here, so each thread has one part.
        pool.run(3, &|part| {
            meeting.wait();
            threads.lock().expect("no part panics")[part] = Some(thread::current().id());
        });
        threads.into_inner().expect("no part panics")
    };
    let first = round();
    assert_eq!(first[0], Some(thread::current().id()), "the caller's are the first");
    for _ in 0..rounds(200) {
        assert_eq!(round(), first);
    }
}

#[test]
fn work_within_work_runs_on_its_own_thread() {
    let pool = ThreadPool::new(2).expect("threads");
    let count = AtomicUsize::new(0);
    pool.run(4, &|_| {
        pool.run(4, &|_| {
            count.fetch_add(1, Relaxed);
        });
    });
    assert_eq!(count.into_inner(), 16);
}

#[test]
fn a_panic_arrives_and_the_pool_goes_on() {
    let pool = ThreadPool::new(2).expect("threads");
    for _ in 0..rounds(20) {
        let result = catch_unwind(AssertUnwindSafe(|| pool.run(8, &|part| assert!(part != 5))));
        assert!(result.is_err());
        each_part_runs_once(&pool, 8);
    }
}

#[test]
fn panics_on_both_sides_leave_nothing_behind() {
    let pool = ThreadPool::new(2).expect("threads");
    for _ in 0..5 {
        let both = Barrier::new(2);
        let result = catch_unwind(AssertUnwindSafe(|| {
            pool.run(2, &|part| {
                both.wait();
                panic!("part {part}");
            });
        }));
        assert!(result.is_err());
        each_part_runs_once(&pool, 8);
    }
}

#[test]
fn callers_on_several_threads_share_a_pool() {
    let pool = ThreadPool::new(2).expect("threads");
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..rounds(500)).for_each(|_| each_part_runs_once(&pool, 5)));
        }
    });
}

/// What panics again when it is dropped.
struct Bomb(usize);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the payload of part {} was dropped", self.0);
    }
}

#[test]
fn payloads_that_panic_when_dropped_leave_the_pool_whole() {
    let pool = ThreadPool::new(3).expect("threads");
    for _ in 0..rounds(50) {
        let began = AtomicUsize::new(0);
        let result = catch_unwind(AssertUnwindSafe(|| {
            pool.run(9, &|part| {
                began.fetch_add(1, Relaxed);
                panic_any(Bomb(part));
            });
        }));
        let payload = result.expect_err("every part panics");
        assert!(payload.downcast_ref::<Bomb>().is_some_and(|bomb| bomb.0 < 9), "one of the parts' own payloads");
        core::mem::forget(payload);
        assert_eq!(began.into_inner(), 9, "no part is lost");
        assert!(pool.workers.iter().all(|worker| !worker.is_finished()), "no thread ends");
        let all = Barrier::new(3);
        pool.run(3, &|_| {
            all.wait();
        });
        each_part_runs_once(&pool, 9);
    }
}

#[test]
fn the_first_panic_is_the_one_that_arrives() {
    let pool = ThreadPool::new(2).expect("threads");
    for first in 0..2 {
        let begun = Barrier::new(2);
        let result = catch_unwind(AssertUnwindSafe(|| {
            pool.run(2, &|part| {
                begun.wait();
                // The other part panics when the first one's payload is kept.
                while part != first && !pool.shared.has_panicked() {
                    thread::yield_now();
                }
                panic_any(part);
            });
        }));
        assert_eq!(*result.expect_err("both panic").downcast::<usize>().expect("a part's number"), first);
    }
}
