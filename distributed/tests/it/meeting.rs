//! How ranks find each other, and how long they wait.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use typednet_distributed::Meeting;
use typednet_train::{Ranks, RanksError};

use crate::team::{free_port, together, together_both};

#[test]
fn large_messages_cross_in_both_directions() {
    let len = 3_000_001;
    let all = together_both(4, Duration::from_secs(20), |rank, mut ranks| {
        let mut received = vec![0; len];
        for partner in [rank ^ 1, rank ^ 2] {
            ranks.send_receive(partner, &vec![rank as u8 + 1; len], &mut received).expect("a partner");
            assert!(received.iter().all(|byte| *byte == partner as u8 + 1));
        }
        ranks.barrier().expect("all are there");
    });
    assert!(all.iter().all(|all| all.len() == 4));
}

/// Linux keeps up to 4 MB of what is sent and 32 MB of what has come: neither side may wait for the other to read.
#[test]
fn messages_larger_than_what_the_systems_keep_cross_too() {
    const LEN: usize = 48 << 20;
    let crossed = together_both(2, Duration::from_secs(20), |rank, mut ranks| {
        let (mut short, mut long) = ([0; 5], vec![0; LEN]);
        let send = vec![rank as u8 + 1; LEN];
        ranks.send_receive_two(1 - rank, [&send[..5], &send], [&mut short, &mut long]).expect("a partner");
        short == [2 - rank as u8; 5] && long == vec![2 - rank as u8; LEN]
    });
    assert_eq!(crossed, [[true, true], [true, true]]);
}

#[test]
fn ranks_that_are_out_of_step_are_named() {
    let both = together_both(2, Duration::from_secs(20), |rank, mut ranks| {
        let send = [0; 10];
        ranks.send_receive(1 - rank, &send[..if rank == 0 { 7 } else { 10 }], &mut [0; 10])
    });
    let text = "rank 0 is at another place of the program: expected a message of 10 bytes, found a message of 7 bytes; all ranks \
                must call the same methods of the trainer in the same order";
    for all in both {
        assert_eq!(all[0], Ok(()));
        assert_eq!(all[1].as_ref().expect_err("7 bytes are not 10").to_string(), text);
    }
}

/// Rank 1 says nothing. Those that wait for one that waits for it wait on, and all name rank 1 and nobody else.
#[test]
fn a_silent_rank_is_named_by_all_in_the_stated_time() {
    let patience = Duration::from_secs(2);
    let both = together_both(4, patience, |rank, mut ranks| {
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
    for (rank, said) in both.iter().flat_map(|all| all.iter().enumerate()).filter(|(rank, _)| *rank != 1) {
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

/// A stranger who says nothing, or says something slowly, costs a rank no time.
#[test]
fn silent_strangers_keep_nobody_waiting() {
    let port = free_port();
    let meet = move |rank| Meeting::new(rank, 2, "127.0.0.1", port).patience(Duration::from_secs(10)).connect();
    thread::scope(|scope| {
        let first = scope.spawn(move || meet(0).and_then(|mut ranks| ranks.barrier()));
        let mut strangers = Vec::new();
        while strangers.len() < 12 {
            let Ok(mut stranger) = TcpStream::connect(("127.0.0.1", port)) else { continue };
            // The beginning of what a rank says.
            stranger.write_all(&b"tndist"[..strangers.len() % 7]).expect("written");
            strangers.push(stranger);
        }
        let began = Instant::now();
        meet(1).and_then(|mut ranks| ranks.barrier()).expect("they meet");
        first.join().expect("no panic").expect("they meet");
        assert!(began.elapsed() < Duration::from_secs(3), "they met after {:?}", began.elapsed());
        drop(strangers);
    });
}

/// However often strangers come, rank 0 waits for the ranks no longer than it is told to.
#[test]
fn strangers_do_not_lengthen_the_wait() {
    let port = free_port();
    thread::scope(|scope| {
        let first = scope.spawn(move || {
            let began = Instant::now();
            let meeting = Meeting::new(0, 2, "127.0.0.1", port).patience(Duration::from_secs(1));
            (meeting.connect().err().map(|error| error.to_string()), began.elapsed())
        });
        let mut strangers = Vec::new();
        for _ in 0..20 {
            strangers.extend(TcpStream::connect(("127.0.0.1", port)));
            thread::sleep(Duration::from_millis(100));
        }
        let (said, took) = first.join().expect("no panic");
        assert_eq!(said.as_deref(), Some("rank 1 of 2 did not come within 1s"));
        assert!(took < Duration::from_secs(3), "{took:?}");
    });
}

/// Another program listens where rank 0 should.
#[test]
fn another_server_is_no_rank_0() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let meet = move || Meeting::new(1, 2, "127.0.0.1", port).patience(Duration::from_secs(2)).connect();
    let says = |greets: &'static [u8]| {
        thread::scope(|scope| {
            let rank = scope.spawn(move || meet().err().map(|error| error.to_string()).unwrap_or_default());
            let (mut stream, _) = listener.accept().expect("rank 1 comes");
            let mut said = [0; 32];
            stream.read_exact(&mut said).expect("what a rank says");
            stream.write_all(if greets.is_empty() { &said } else { greets }).expect("written");
            rank.join().expect("no panic")
        })
    };
    // One that greets, one that takes its 1 for a welcome, and one that sends back what it is sent.
    for greets in [&b"SSH-2.0-OpenSSH_9.6\r\n"[..], b"\x01no rank, but its first byte is a welcome", b""] {
        let said = says(greets);
        assert!(said.starts_with(&format!("what answers at 127.0.0.1:{port} is no rank 0")), "{said}");
        assert!(said.ends_with("choose another MASTER_PORT for all ranks"), "{said}");
    }
}

#[test]
fn numbers_that_no_rank_can_have_are_refused_in_words() {
    let says = |rank, size| {
        let meeting = Meeting::new(rank, size, "127.0.0.1", free_port()).patience(Duration::from_millis(1));
        meeting.connect().err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(says(1, 1), "this is rank 1 of 1, but ranks are numbered from 0 to 0");
    assert_eq!(says(4, 4), "this is rank 4 of 4, but ranks are numbered from 0 to 3");
    assert_eq!(says(0, 0), "0 ranks were asked for, but there is at least one, of number 0");
    assert_eq!(says(0, 1 << 40), "1099511627776 ranks were asked for, but there are at most 65536");
}

#[test]
fn a_patience_of_nothing_and_of_for_ever_are_times_too() {
    let all = together(2, Duration::MAX, |_, mut ranks| ranks.barrier());
    assert_eq!(all, [Ok(()), Ok(())]);
    let said = Meeting::new(0, 2, "127.0.0.1", free_port()).patience(Duration::ZERO).connect().err();
    assert_eq!(said.expect("nobody came").to_string(), "rank 1 of 2 did not come within 1ms");
}
