//! A server that is told to end answers what it has accepted.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mnist_network::test_digits;
use socket2::SockRef;
use typednet_serve::Settings;

use crate::client::{Client, bytes, post};
use crate::running::{Running, settings};

#[test]
fn what_was_accepted_is_answered_before_the_end() {
    // Nothing is computed before the end has begun.
    let mut server = Running::new(Settings { delay: Duration::from_millis(500), batch: 1_000, ..settings() });
    let digits = test_digits();
    let request = post("application/octet-stream", &bytes(&digits[0]));
    let mut idle = Client::connect(server.address);
    assert_eq!(idle.raw(&digits[0]).expect("an answer").status, 200);
    let mut clients: Vec<_> = (0..100).map(|_| Client::connect(server.address)).collect();
    for client in &mut clients {
        client.send(&request).expect("sent");
    }
    // A body that is on its way.
    let mut late = Client::connect(server.address);
    late.send(&request[..1_000]).expect("sent");
    std::thread::sleep(Duration::from_millis(100));
    server.begin_to_end();
    std::thread::sleep(Duration::from_millis(100));
    late.send(&request[1_000..]).expect("sent");
    for client in clients.iter_mut().chain([&mut late]) {
        let answer = client.answer().expect("an accepted request is answered");
        assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    }
    assert!(idle.is_closed());
    assert!(server.ends_within(Duration::from_secs(5)));
    assert!(TcpStream::connect(server.address).is_err());
}

#[test]
fn a_connection_that_the_system_has_taken_is_one_that_was_accepted() {
    for _ in 0..20 {
        let mut server = Running::new(settings());
        let request = post("application/octet-stream", &bytes(&test_digits()[0]));
        let mut clients: Vec<_> = (0..20).map(|_| Client::connect(server.address)).collect();
        for client in &mut clients {
            client.send(&request).expect("sent");
        }
        server.begin_to_end();
        for client in &mut clients {
            assert_eq!(client.answer().expect("an answer").status, 200);
        }
        assert!(server.ends_within(Duration::from_secs(5)));
    }
}

#[test]
fn clients_that_never_come_to_an_end_do_not_hold_it_up() {
    let mut server = Running::new(Settings { shutdown_time: Duration::from_millis(300), ..settings() });
    let request = post("application/octet-stream", &bytes(&test_digits()[0]));
    let mut endless = Client::connect(server.address);
    endless.send(&request[..1_000]).expect("sent");
    std::thread::sleep(Duration::from_millis(100));
    server.begin_to_end();
    assert!(server.ends_within(Duration::from_secs(3)));
}

#[test]
fn connections_that_come_without_end_do_not_hold_it_up() {
    let mut server = Running::new(settings());
    let (address, is_over) = (server.address, AtomicBool::new(false));
    let has_ended = std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    if let Ok(stream) = TcpStream::connect(address) {
                        // Its port is free at once.
                        let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(100));
        server.begin_to_end();
        let has_ended = server.ends_within(Duration::from_secs(5));
        is_over.store(true, Ordering::Relaxed);
        has_ended
    });
    assert!(has_ended);
}
