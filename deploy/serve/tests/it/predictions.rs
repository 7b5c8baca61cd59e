//! What is predicted is what the network says, whoever else asks.

use std::time::Duration;

use mnist_network::{TRAINED, test_digits};
use serde_json::{Value, json};
use typednet::prelude::*;
use typednet_serve::Settings;

use crate::client::{Client, get};
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
