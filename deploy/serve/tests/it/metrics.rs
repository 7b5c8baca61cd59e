//! What is counted.

use mnist_network::test_digits;

use crate::client::{Client, get};
use crate::running::{Running, settings};

#[test]
fn requests_are_counted_by_what_came_of_them() {
    let server = Running::new(settings());
    let mut client = Client::connect(server.address);
    for x in &test_digits()[..3] {
        assert_eq!(client.raw(x).expect("an answer").status, 200);
    }
    assert_eq!(client.raw(&[0.5; 7]).expect("an answer").status, 400);
    let answer = get(server.address, "/metrics");
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/openmetrics-text")));
    for line in [
        "typednet_requests_total{status=\"200\"} 3",
        "typednet_requests_total{status=\"400\"} 1",
        "typednet_request_seconds_count 4",
        "typednet_samples_total 3",
        "typednet_batch_samples_sum 3.0",
        "typednet_connections 2",
        "typednet_waiting_requests 0",
        "typednet_model 1",
        "# EOF",
    ] {
        assert!(answer.text().lines().any(|found| found == line), "no line `{line}` in\n{}", answer.text());
    }
}
