//! Weights are exchanged under load, and no request is lost or answered by half of them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use mnist_network::{FILE, Mnist, OTHER_FILE, TRAINED, test_digits};
use typednet::prelude::*;
use typednet_serve::Source;

use crate::client::{Client, get};
use crate::running::{Running, settings};

fn temporary(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("typednet-serve-{}-{name}.safetensors", std::process::id()))
}

#[test]
fn a_reload_under_load_loses_nothing() {
    let path = temporary("reload");
    std::fs::copy(FILE, &path).expect("the weights");
    let server = Running::of(Source::file(&path), settings());
    let other = Mnist::load(OTHER_FILE).expect("the other weights");
    let digits = test_digits();
    let is_over = AtomicBool::new(false);
    let answered: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|thread| {
                let (digits, is_over, other, address) = (&digits, &is_over, &other, server.address);
                scope.spawn(move || {
                    let mut client = Client::connect(address);
                    let mut answered = 0;
                    for x in digits.iter().skip(thread).cycle() {
                        if is_over.load(Ordering::Relaxed) {
                            break;
                        }
                        let answer = client.raw(x).expect("no request is lost");
                        let model: u64 =
                            answer.header("x-model").and_then(|model| model.parse().ok()).expect("a number");
                        // Loads with odd numbers are of the first file.
                        let by: &Mnist = if model.is_multiple_of(2) { other } else { &TRAINED };
                        assert_eq!(answer.floats(), by.predict_many(&[*x])[0]);
                        answered += 1;
                    }
                    answered
                })
            })
            .collect();
        for number in 2..30 {
            let from = if number % 2 == 0 { OTHER_FILE } else { FILE };
            // Written beside it and put in its place, as any file that is read by others.
            let beside = path.with_extension("new");
            std::fs::copy(from, &beside).expect("the weights");
            std::fs::rename(&beside, &path).expect("the weights");
            assert_eq!(server.reload().expect("good weights"), number);
        }
        is_over.store(true, Ordering::Relaxed);
        clients.into_iter().map(|client| client.join().expect("a client")).sum()
    });
    assert!(answered > 28, "{answered} requests are no load");
    std::fs::remove_file(path).ok();
}

#[test]
fn weights_that_cannot_be_loaded_change_nothing() {
    let path = temporary("broken");
    std::fs::copy(FILE, &path).expect("the weights");
    let server = Running::of(Source::file(&path), settings());
    let x = &test_digits()[0];
    let whole = std::fs::read(&path).expect("the weights");
    for broken in [&whole[..whole.len() / 2], b"", b"no weights"] {
        std::fs::write(&path, broken).expect("a file");
        let error = server.reload().expect_err("broken weights").to_string();
        assert!(error.starts_with("the weights cannot be loaded: ") && error.contains("broken"), "{error}");
        let answer = Client::connect(server.address).raw(x).expect("an answer");
        assert_eq!((answer.header("x-model"), answer.floats()), (Some("1"), TRAINED.predict_many(&[*x])[0].to_vec()));
    }
    std::fs::remove_file(&path).ok();
    assert!(server.reload().is_err());
    let metrics = get(server.address, "/metrics");
    assert!(metrics.text().contains("typednet_reloads_total{result=\"failed\"} 4\n"), "{}", metrics.text());
}
