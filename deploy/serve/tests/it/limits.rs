//! Limits on connections, time and memory, and that whoever keeps within them is served meanwhile.

use std::time::{Duration, Instant};

use mnist_network::test_digits;
use typednet_serve::Settings;

use crate::client::{Client, bytes, get, post};
use crate::running::{Running, settings};

#[test]
fn connections_beyond_the_limit_are_sent_away_until_others_end() {
    let server = Running::new(Settings { connections: 2, ..settings() });
    let digit = &test_digits()[0];
    let (mut one, mut two) = (Client::connect(server.address), Client::connect(server.address));
    assert_eq!(one.raw(digit).expect("an answer").status, 200);
    assert_eq!(two.raw(digit).expect("an answer").status, 200);
    let mut three = Client::connect(server.address);
    let answer = three.answer().expect("an answer without a request");
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert!(three.is_closed());
    drop(one);
    let begin = Instant::now();
    loop {
        let mut client = Client::connect(server.address);
        if client.raw(digit).is_ok_and(|answer| answer.status == 200) {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "the place of the first was not given free");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(two.raw(digit).expect("an answer").status, 200);
}

#[test]
fn clients_that_send_byte_by_byte_are_cut_and_others_are_served() {
    let server = Running::new(Settings {
        head_time: Duration::from_millis(300),
        request_time: Duration::from_millis(300),
        ..settings()
    });
    let digit = &test_digits()[0];
    let slow: Vec<_> = (0..50)
        .map(|_| {
            let mut client = Client::connect(server.address);
            client.send(b"POST /predict HTTP/1.1\r\nhost: x\r\nx-slow: ").expect("sent");
            client
        })
        .collect();
    let mut body = Client::connect(server.address);
    body.send(&post("application/octet-stream", &bytes(digit))[..2_000]).expect("sent");
    assert_eq!(Client::connect(server.address).raw(digit).expect("an answer").status, 200);
    let answer = body.answer().expect("an answer");
    assert!(answer.status == 408 && answer.error().contains("300ms"), "{}", answer.error());
    assert!(body.is_closed());
    let begin = Instant::now();
    for mut client in slow {
        // One byte now and then keeps nobody alive.
        let _ = client.send(b"y");
        assert!(client.is_closed());
    }
    assert!(begin.elapsed() < Duration::from_secs(10));
    // Neither does a connection without a request stay.
    let mut idle = Client::connect(server.address);
    assert_eq!(idle.raw(digit).expect("an answer").status, 200);
    assert!(idle.is_closed());
}

#[test]
fn bodies_have_a_limit_together_and_give_back_what_they_took() {
    let server = Running::new(Settings { memory: 8_000, request_time: Duration::from_millis(500), ..settings() });
    let request = post("application/octet-stream", &bytes(&test_digits()[0]));
    let mut waiting: Vec<_> = (0..2)
        .map(|_| {
            let mut client = Client::connect(server.address);
            client.send(&request[..request.len() - 100]).expect("sent");
            client
        })
        .collect();
    // Two bodies but for 100 bytes of each are there; a third is too much.
    std::thread::sleep(Duration::from_millis(100));
    let mut third = Client::connect(server.address);
    third.send(&request).expect("sent");
    let answer = third.answer().expect("an answer");
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    for client in &mut waiting {
        assert_eq!(client.answer().expect("an answer").status, 408);
    }
    for _ in 0..20 {
        let mut client = Client::connect(server.address);
        client.send(&request).expect("sent");
        assert_eq!(client.answer().expect("an answer").status, 200);
    }
}

#[test]
fn a_connection_ends_after_its_time_behind_the_request_that_is_under_way() {
    let server = Running::new(Settings { connection_time: Duration::from_millis(200), ..settings() });
    let digit = &test_digits()[0];
    // Before it begins, so that no pause of this thread makes it seem shorter.
    let begin = Instant::now();
    let mut client = Client::connect(server.address);
    // Requests without a pause: each that is sent whole is answered, until the server says that it closes.
    let closing = loop {
        let answer = client.raw(digit).expect("an answer");
        assert_eq!(answer.status, 200);
        if answer.header("connection") == Some("close") {
            break true;
        }
        if begin.elapsed() > Duration::from_secs(5) {
            break false;
        }
    };
    assert!(closing && client.is_closed());
    assert!(begin.elapsed() >= Duration::from_millis(190));
    assert_eq!(get(server.address, "/health").status, 200);
}

#[test]
fn what_comes_in_time_and_is_not_computed_in_time_is_to_be_tried_again() {
    let server = Running::new(Settings {
        delay: Duration::from_secs(2),
        request_time: Duration::from_millis(200),
        batch: 3,
        ..settings()
    });
    let digits = test_digits();
    let mut client = Client::connect(server.address);
    let answer = client.raw(&digits[0]).expect("an answer");
    assert_eq!((answer.status, answer.header("retry-after"), answer.header("connection")), (503, Some("1"), None));
    assert!(answer.error().contains("200ms: try again"), "{}", answer.error());
    // The connection is as good as before. Nobody waits for the first any more, and three are enough not to wait.
    assert_eq!(client.raw(digits[..3].as_flattened()).expect("an answer").floats().len(), 30);
}

#[test]
fn a_body_that_has_no_room_in_all_memory_is_not_to_be_tried_again() {
    let server = Running::new(Settings { memory: 5_000, ..settings() });
    let digits = test_digits();
    let answer = Client::connect(server.address).raw(digits[..2].as_flattened()).expect("an answer");
    assert!(answer.status == 413 && answer.error().contains("5000"), "{}", answer.error());
    assert_eq!(Client::connect(server.address).raw(&digits[0]).expect("an answer").status, 200);
}

#[test]
fn a_request_by_itself_waits_as_long_as_is_said_and_no_whole_millisecond() {
    let digit = &test_digits()[0];
    // The shortest of many does not depend on what else the machine does.
    let shortest = |delay: u64| {
        let server = Running::new(Settings { delay: Duration::from_micros(delay), ..settings() });
        let mut client = Client::connect(server.address);
        let times = (0..100).map(|_| {
            let begin = Instant::now();
            assert_eq!(client.raw(digit).expect("an answer").status, 200);
            begin.elapsed()
        });
        times.min().expect("some times")
    };
    let [none, some] = [0, 600].map(shortest);
    assert!(none < Duration::from_micros(800), "{none:?} without a delay");
    assert!((Duration::from_micros(600)..Duration::from_micros(1_400)).contains(&some), "{some:?}");
}
