//! How ranks find each other, and how long they wait.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use typednet_distributed::Meeting;
use typednet_train::{Ranks, RanksError};

use crate::team::{free_port, together};

#[test]
fn large_messages_cross_in_both_directions() {
    // More than the systems keep, so that neither side may wait for the other to read.
    let len = 3_000_001;
    let all = together(4, Duration::from_secs(20), |rank, mut ranks| {
        let mut received = vec![0; len];
        for partner in [rank ^ 1, rank ^ 2] {
            ranks.send_receive(partner, &vec![rank as u8 + 1; len], &mut received).expect("a partner");
            assert!(received.iter().all(|byte| *byte == partner as u8 + 1));
        }
        ranks.barrier().expect("all are there");
    });
    assert_eq!(all.len(), 4);
}

#[test]
fn ranks_that_are_out_of_step_are_named() {
    let all = together(2, Duration::from_secs(20), |rank, mut ranks| {
        let send = [0; 10];
        ranks.send_receive(1 - rank, &send[..if rank == 0 { 7 } else { 10 }], &mut [0; 10])
    });
    let text = "rank 0 is at another place of the program: expected a message of 10 bytes, found a message of 7 bytes; all ranks \
                must call the same methods of the trainer in the same order";
    assert_eq!(all[0], Ok(()));
    assert_eq!(all[1].as_ref().expect_err("7 bytes are not 10").to_string(), text);
}

/// Rank 1 says nothing. Those that wait for one that waits for it wait on, and all name rank 1 and nobody else.
#[test]
fn a_silent_rank_is_named_by_all_in_the_stated_time() {
    let patience = Duration::from_secs(2);
    let all = together(4, patience, |rank, mut ranks| {
        if rank == 1 {
            thread::sleep(3 * patience);
            return None;
        }
        // Rank 2 has waited for this one for longer than its patience when this one's is at an end.
        thread::sleep(if rank == 0 { patience.mul_f64(0.6) } else { Duration::ZERO });
        let began = Instant::now();
        let error = ranks.barrier().expect_err("rank 1 says nothing");
        if let RanksError::Lost { rank, reason } = &error {
            ranks.end(*rank, reason);
        }
        assert!(began.elapsed() < patience * 2 + Duration::from_secs(2), "{:?}", began.elapsed());
        Some(error.to_string())
    });
    for (rank, said) in all.iter().enumerate().filter(|(rank, _)| *rank != 1) {
        let said = said.as_ref().expect("an error");
        assert!(said.starts_with("rank 1 has not answered for 2s: it hangs, or its machine"), "rank {rank}: {said}");
    }
}

#[test]
fn who_does_not_come_is_named() {
    let meet = |rank, size, port| {
        let meeting = Meeting::new(rank, size, "127.0.0.1", port).patience(Duration::from_millis(700));
        meeting.connect().err().map(|error| error.to_string()).unwrap_or_default()
    };
    let port = free_port();
    assert_eq!(meet(0, 4, port), "rank 1, 2, 3 of 4 did not come within 700ms");
    let said = meet(1, 4, port);
    assert!(said.starts_with(&format!("rank 0 was not found at 127.0.0.1:{port} within 700ms")), "{said}");

    // Those who came are told.
    let port = free_port();
    let said: Vec<String> = thread::scope(|scope| {
        let ranks: Vec<_> = [0, 1, 3].into_iter().map(|rank| scope.spawn(move || meet(rank, 4, port))).collect();
        ranks.into_iter().map(|rank| rank.join().expect("no panic")).collect()
    });
    assert!(said.iter().all(|said| said == "rank 2 of 4 did not come within 700ms"), "{said:?}");

    for (second, size, says) in [
        (1, 4, "two processes say that they are rank 1"),
        (2, 8, "rank 2 was started as one of 8 ranks, but rank 0 as one of 4"),
    ] {
        let port = free_port();
        let said: Vec<String> = thread::scope(|scope| {
            let ranks: Vec<_> = [(0, 4), (1, 4), (second, size)]
                .into_iter()
                .map(|(rank, size)| scope.spawn(move || meet(rank, size, port)))
                .collect();
            ranks.into_iter().map(|rank| rank.join().expect("no panic")).collect()
        });
        assert!(said.contains(&says.to_owned()), "{said:?}");
        assert!(said.iter().all(|said| !said.is_empty()), "{said:?}");
    }
}

/// Whoever else comes by that port is left alone, and does not keep the ranks from each other.
#[test]
fn strangers_are_left_alone() {
    let port = free_port();
    let meet = move |rank| Meeting::new(rank, 2, "127.0.0.1", port).patience(Duration::from_secs(20)).connect();
    thread::scope(|scope| {
        let first = scope.spawn(move || meet(0).and_then(|mut ranks| ranks.barrier()));
        let strangers: Vec<TcpStream> = loop {
            // One that speaks another language, and one that goes away at once.
            let Ok(mut web) = TcpStream::connect(("127.0.0.1", port)) else { continue };
            web.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("written");
            drop(TcpStream::connect(("127.0.0.1", port)));
            break vec![web];
        };
        meet(1).and_then(|mut ranks| ranks.barrier()).expect("they meet");
        first.join().expect("no panic").expect("they meet");
        drop(strangers);
    });
}
