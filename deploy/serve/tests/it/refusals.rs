//! Broken and hostile requests are refused in words, and the server goes on.

use mnist_network::test_digits;
use serde_json::json;

use crate::client::{Answer, Client, bytes, get, post};
use crate::running::{Running, settings};

const JSON: &str = "application/json";
const RAW: &str = "application/octet-stream";

fn ask(server: &Running, request: &[u8]) -> Answer {
    let mut client = Client::connect(server.address);
    client.send(request).expect("sent");
    client.answer().expect("an answer")
}

#[test]
fn a_body_that_is_no_input_is_refused_with_what_is_wrong() {
    let server = Running::new(settings());
    let row = vec![0.5_f32; 784];
    let (short, long) = (&row[1..], [row.clone(), vec![1.0]].concat());
    let text = |value: serde_json::Value| value.to_string();
    let with = |x: &str| text(json!({ "inputs": [row] })).replacen("0.5", x, 1);
    let cases = [
        (text(json!({ "inputs": [short] })), "input 0: expected an array of 784, found one of 783"),
        (text(json!({ "inputs": [row, long] })), "input 1: expected an array of 784, found more"),
        (text(json!({ "inputs": [[row]] })), "invalid type: sequence, expected f32"),
        (text(json!({ "inputs": row })), "expected an array of 784 in input 0"),
        (text(json!({ "inputs": [] })), "there are no inputs"),
        (text(json!({ "inputs": 7 })), "expected an array of inputs, each of the shape [784]"),
        (text(json!({ "images": [row] })), "the field `images` is unknown: expected `inputs`"),
        (text(json!({})), "missing field `inputs`"),
        (text(json!([row])), "expected an object"),
        (format!("{{\"inputs\": [{row:?}], \"inputs\": [{row:?}]}}"), "duplicate field `inputs`"),
        (with("\"0.5\""), "invalid type: string \"0.5\", expected f32"),
        (with("null"), "invalid type: null, expected f32"),
        (with("NaN"), "expected value"),
        (with("1e39"), "number out of range"),
        (with("1e999"), "number out of range"),
        (text(json!({ "inputs": [row] })) + "x", "trailing characters"),
        (String::new(), "EOF while parsing"),
        ("[".repeat(100_000), "expected an object"),
        (format!("{{\"inputs\": {}", "[".repeat(100_000)), "invalid type: sequence, expected f32"),
        (format!("{{\"x\": {}", "[".repeat(100_000)), "the field `x` is unknown: expected `inputs`"),
        (format!("{{\"{}\": 1}}", "y".repeat(100_000)), "the field `yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy` is"),
    ];
    for (body, expected) in &cases {
        let answer = ask(&server, &post(JSON, body.as_bytes()));
        assert_eq!(answer.status, 400, "{expected}");
        assert!(answer.error().contains(expected), "{} has no `{expected}`", answer.error());
    }
    let mut strange = row.clone();
    strange[700] = f32::NAN;
    let infinite = [&row[..], &[f32::NEG_INFINITY], &row[1..]].concat();
    for (body, expected) in [
        (bytes(short), "3132 bytes are no inputs: each has 784 floats of 4 bytes, 3136 in all"),
        (bytes(&row)[1..].to_vec(), "3135 bytes are no inputs"),
        (Vec::new(), "0 bytes are no inputs"),
        (bytes(&strange), "number 700 of input 0 is not a finite number of 32 bits"),
        (bytes(&infinite), "number 0 of input 1 is not a finite number of 32 bits"),
    ] {
        let answer = ask(&server, &post(RAW, &body));
        assert!(answer.status == 400 && answer.error().contains(expected), "{}", answer.error());
    }
    still_answers(&server);
}

#[test]
fn finite_numbers_that_overflow_give_no_answer_that_is_not_a_number() {
    let server = Running::new(settings());
    let mut client = Client::connect(server.address);
    let digit = &test_digits()[0];
    for huge in [f32::MAX, f32::MIN] {
        let answer = client.raw(&[huge; 784]).expect("an answer");
        match answer.status {
            200 => assert!(answer.floats().iter().all(|y| y.is_finite())),
            status => assert_eq!((status, answer.error().contains("no finite numbers")), (422, true)),
        }
        assert_eq!(client.raw(digit).expect("an answer").status, 200);
    }
}

#[test]
fn requests_for_nothing_are_refused() {
    let server = Running::new(settings());
    for (request, status) in [
        ("GET / HTTP/1.1\r\nhost: x\r\n\r\n", 404),
        ("GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n", 404),
        ("GET /predict HTTP/1.1\r\nhost: x\r\n\r\n", 405),
        ("POST /health HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n", 405),
        ("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n", 415),
        ("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: 3\r\n\r\n1,2", 415),
        ("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", 400),
        ("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400),
        ("\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03\x03\r\n\r\n", 400),
    ] {
        assert_eq!(ask(&server, request.as_bytes()).status, status, "{request:?}");
    }
    let many = "x-many: y\r\n".repeat(200);
    assert_eq!(ask(&server, format!("GET /health HTTP/1.1\r\n{many}\r\n").as_bytes()).status, 431);
    let long = format!("GET /health HTTP/1.1\r\nx: {}", "y".repeat(20_000));
    assert_eq!(ask(&server, long.as_bytes()).status, 431);
    still_answers(&server);
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_has_come() {
    let server = Running::new(settings());
    // Only the head: what is said to come is enough.
    let head =
        format!("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: {JSON}\r\ncontent-length: 1000000000\r\n\r\n");
    let answer = ask(&server, head.as_bytes());
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
    // And where nothing is said, what has come.
    let mut client = Client::connect(server.address);
    let head =
        format!("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: {RAW}\r\ntransfer-encoding: chunked\r\n\r\n");
    client.send(head.as_bytes()).expect("sent");
    let chunk = [b"10000\r\n".to_vec(), vec![0; 0x10000], b"\r\n".to_vec()].concat();
    let sent = (0..1_000).take_while(|_| client.send(&chunk).is_ok()).count();
    assert!(sent < 200, "{} MB were taken", sent >> 4);
    for (kind, body) in [
        (RAW, bytes(&vec![0.5; 65 * 784])),
        (JSON, json!({ "inputs": vec![vec![0.5; 784]; 65] }).to_string().into_bytes()),
    ] {
        let answer = ask(&server, &post(kind, &body));
        assert!(answer.status == 413 && answer.error().contains("64"), "{}", answer.error());
    }
    assert_eq!(ask(&server, &post(RAW, &bytes(&vec![0.5; 64 * 784]))).status, 200);
    still_answers(&server);
}

fn still_answers(server: &Running) {
    let digit = &test_digits()[0];
    assert_eq!(Client::connect(server.address).raw(digit).expect("an answer").floats().len(), 10);
    let health = get(server.address, "/health");
    assert_eq!(health.status, 200);
    let expected = json!({ "status": "ok", "network": "Mnist", "inputs": [784], "outputs": [10], "model": 1 });
    assert_eq!(health.json(), expected);
}
