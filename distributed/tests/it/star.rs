//! Messages between rank 0 and the others.

use std::thread;
use std::time::{Duration, Instant};

use typednet_distributed::{Meeting, TcpStar};
use typednet_train::{RanksError, Star};

use crate::team::{PATIENCE, free_port};

/// Calls `work` on `size` threads, each as a rank of its own.
pub(crate) fn around<R: Send>(size: usize, patience: Duration, work: impl Fn(usize, TcpStar) -> R + Sync) -> Vec<R> {
    let (port, work) = (free_port(), &work);
    thread::scope(|scope| {
        let start = |rank| {
            scope.spawn(move || {
                let star = Meeting::new(rank, size, "127.0.0.1", port).patience(patience).star();
                work(rank, star.expect("the ranks meet"))
            })
        };
        let ranks: Vec<_> = (0..size).map(start).collect();
        ranks.into_iter().map(|rank| rank.join().expect("no panic")).collect()
    })
}

/// The lengths of the messages: none, a few bytes, and more than the systems keep.
const LENGTHS: [usize; 5] = [0, 3, 70_000, 9_000_000, 1];

fn message(from: usize, number: usize) -> Vec<u8> {
    (0..LENGTHS[number]).map(|byte| (byte * 7 + from * 31 + number) as u8).collect()
}

fn next(star: &mut TcpStar) -> (usize, Vec<u8>) {
    star.receive(PATIENCE).expect("all are there").expect("a message in time")
}

/// All send at the same time more than is kept on the way, and nobody waits for ever.
#[test]
fn messages_arrive_whole_and_in_order() {
    around(5, PATIENCE, |rank, mut star| {
        assert_eq!((star.rank(), star.size()), (rank, 5));
        if rank > 0 {
            (0..LENGTHS.len()).for_each(|number| star.send(0, &message(rank, number)).expect("rank 0 is there"));
            for number in 0..LENGTHS.len() {
                assert!(next(&mut star) == (0, message(rank + 100, number)), "message {number} to rank {rank}");
            }
            return;
        }
        for number in 0..LENGTHS.len() {
            (1..5).for_each(|to| star.send(to, &message(to + 100, number)).expect("they are there"));
        }
        let mut heard = [0; 5];
        for _ in 0..4 * LENGTHS.len() {
            let (from, bytes) = next(&mut star);
            assert!(bytes == message(from, heard[from]), "message {} of rank {from}", heard[from]);
            heard[from] += 1;
        }
        assert_eq!(heard, [0, 5, 5, 5, 5]);
    });
}

#[test]
fn who_is_gone_is_said_once_behind_what_it_has_sent_and_the_others_go_on() {
    around(3, PATIENCE, |rank, mut star| {
        if rank == 1 {
            star.send(0, b"first").and_then(|()| star.send(0, b"last")).expect("rank 0 is there");
            return;
        }
        if rank == 2 {
            assert_eq!(next(&mut star), (0, b"go on".to_vec()));
            star.send(0, b"here").expect("rank 0 is there");
            return;
        }
        thread::sleep(Duration::from_millis(100));
        // Why it has ended may be in what it has sent.
        star.send(1, b"too late").expect("what it has sent comes first");
        assert_eq!(next(&mut star), (1, b"first".to_vec()));
        assert_eq!(next(&mut star), (1, b"last".to_vec()));
        let error = star.receive(PATIENCE).expect_err("rank 1 has ended");
        let said = "rank 1 has closed its connection: it has ended or was killed (";
        assert!(matches!(error, RanksError::Lost { rank: 1, .. }) && error.to_string().starts_with(said), "{error}");
        assert_eq!(star.receive(Duration::from_millis(50)), Ok(None), "it is said once");
        star.send(1, b"nobody").expect_err("it is gone");
        star.send(2, b"go on").expect("rank 2 is there");
        assert_eq!(next(&mut star), (2, b"here".to_vec()));
        assert!(star.send(3, b"").is_err() && star.send(0, b"").is_err(), "there is none, or no connection");
    });
}

/// A rank that says nothing is there as long as it calls; one that does not call is lost.
#[test]
fn who_is_silent_is_lost_after_the_patience() {
    let patience = Duration::from_millis(800);
    around(3, patience, |rank, mut star| {
        if rank == 1 {
            return thread::sleep(2 * patience);
        }
        if rank == 2 {
            while star.receive(Duration::from_millis(20)) == Ok(None) {}
            return;
        }
        let began = Instant::now();
        let error = star.receive(PATIENCE).expect_err("rank 1 does not call");
        assert!(began.elapsed() < 2 * patience, "{:?}", began.elapsed());
        assert!(error.to_string().starts_with("rank 1 has not answered for 800ms: it hangs,"), "{error}");
        assert_eq!(star.receive(patience), Ok(None), "rank 2 is there");
        star.send(2, b"end").expect("rank 2 is there");
    });
}
