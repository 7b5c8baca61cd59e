//! What is predicted is what the network says, whoever else asks.

use std::time::Duration;

use mnist_network::{TRAINED, test_digits};
use serde_json::{Value, json};
use typednet::prelude::*;
use typednet_serve::Settings;

use crate::client::{Client, bytes, get, post};
use crate::running::{Running, settings};

/// What the network says of one sample by itself.
fn expected(x: &[f32; 784]) -> [f32; 10] {
    TRAINED.predict_many(&[*x])[0]
}

#[test]
fn json_and_bytes_are_what_the_network_says() {
    let server = Running::new(settings());
    let digits = &test_digits()[..5];
    let mut client = Client::connect(server.address);
    for x in digits {
        let answer = client.raw(x).expect("an answer");
        assert_eq!(answer.floats(), expected(x));
        assert_eq!(answer.header("x-model"), Some("1"));
        assert!(answer.floats().iter().zip(TRAINED.predict(x)).all(|(found, alone)| (found - alone).abs() < 1e-6));
    }
    let all: Vec<f32> = digits.iter().flat_map(expected).collect();
    assert_eq!(client.raw(digits.as_flattened()).expect("an answer").floats(), all);

    let body = json!({ "inputs": digits.iter().map(<[f32; 784]>::as_slice).collect::<Vec<_>>() });
    let answer = client.post("application/json; charset=utf-8", body.to_string().as_bytes()).expect("an answer");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let json = answer.json();
    assert_eq!((&json["model"], json.get("decisions")), (&Value::from(1), None));
    let outputs: Vec<Vec<f32>> = serde_json::from_value(json["outputs"].clone()).expect("rows of numbers");
    assert_eq!(outputs.concat(), all);
}

#[test]
fn requests_that_are_computed_together_have_the_bits_of_one_alone() {
    let server = Running::new(Settings { delay: Duration::from_millis(200), ..settings() });
    let digits = test_digits();
    std::thread::scope(|scope| {
        for thread in 0..40 {
            let (digits, address) = (&digits, server.address);
            scope.spawn(move || {
                // One to three samples, so that they stand at all places of a batch.
                let own = &digits[3 * thread..][..=thread % 3];
                let answer = Client::connect(address).raw(own.as_flattened()).expect("an answer");
                assert_eq!(answer.floats(), own.iter().flat_map(expected).collect::<Vec<_>>());
            });
        }
    });
    let metrics = get(server.address, "/metrics");
    let value = |name: &str| -> u32 {
        let line = metrics.text().lines().find_map(|line| line.strip_prefix(name)).expect("the metric is there");
        line.trim().parse().expect("a number")
    };
    assert_eq!(value("typednet_samples_total"), (0..40).map(|thread| 1 + thread % 3).sum::<u32>());
    let batches = value("typednet_batch_samples_count");
    assert!(batches <= 20, "40 requests were computed in {batches} batches");
}

#[test]
fn as_many_samples_as_are_let_in_may_be_written_by_those_who_know_only_64_bits() {
    let server = Running::new(settings());
    let rows = settings().rows;
    // With an exponent, as Python writes small numbers, and without, as JavaScript writes those from a millionth on.
    let tiny = format!("{:?}", -f64::from(f32::MIN_POSITIVE));
    let numbers = (0..1_000).map(|at| f32::from_bits(1e-6_f32.to_bits() + 1 + at));
    let small = numbers.map(|x| format!("{}", -f64::from(x))).max_by_key(String::len).expect("some numbers");
    assert!(tiny.len() == "-1.1754943508222875e-38".len() && small.len() > tiny.len(), "{tiny} {small}");
    for number in [tiny, small] {
        let row = format!("[{}]", vec![number.as_str(); 784].join(", "));
        let body = format!("{{\"inputs\": [{}]}}", vec![row; rows].join(", "));
        let answer = Client::connect(server.address).post("application/json", body.as_bytes()).expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        let outputs: Vec<Vec<f32>> = serde_json::from_value(answer["outputs"].clone()).expect("rows of numbers");
        let x = [number.parse().expect("a number"); 784];
        assert_eq!(outputs, vec![expected(&x).to_vec(); rows]);
    }
}

#[test]
fn a_client_that_closes_its_side_behind_the_request_is_answered() {
    // Longer than it takes to see that nothing more comes.
    let server = Running::new(Settings { delay: Duration::from_millis(200), ..settings() });
    let digit = &test_digits()[0];
    let mut client = Client::connect(server.address);
    client.send(&post("application/octet-stream", &bytes(digit))).expect("sent");
    client.close_own_side();
    assert_eq!(client.answer().expect("an answer").floats(), expected(digit));
    assert!(client.is_closed());
}
