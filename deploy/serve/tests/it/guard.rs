//! A guard's "ask a human" is an answer of its own.

use std::path::PathBuf;

use mnist_network::{FILE, Mnist, OTHER_FILE, test_digits};
use serde_json::json;
use typednet::data::mnist;
use typednet::govern::{Decision, Guard, Target};
use typednet::prelude::*;
use typednet_serve::{LoadError, Server, Source};

use crate::client::{Client, get};
use crate::running::{Running, settings};

fn guard(name: &str) -> (Guard<Mnist, 10>, PathBuf) {
    let digits = mnist::embedded().expect("the embedded digits");
    let model = Mnist::load(FILE).expect("the trained weights");
    let guard = Guard::fit(&model, &digits.train, &digits.test, Target::Accuracy(0.99)).expect("a guard");
    let path = std::env::temp_dir().join(format!("typednet-serve-{}-{name}.json", std::process::id()));
    guard.write(&path).expect("a file");
    (guard, path)
}

#[test]
fn what_a_guard_is_not_sure_of_is_for_a_human() {
    let (mut guard, path) = guard("guard");
    let server = Running::of(Source::file(FILE).guarded::<10>(&path), settings());
    let model = Mnist::load(FILE).expect("the trained weights");
    let digits = test_digits();
    let mut decide = |x: &[f32; 784]| guard.decide(&model, x);
    let unsure = digits.iter().position(|x| matches!(decide(x), Decision::HandOver { .. })).expect("some are unsure");
    let sure = digits.iter().position(|x| matches!(decide(x), Decision::Decided(..))).expect("some are sure");
    let asked = [digits[sure], digits[unsure], [50.0; 784]];
    let body = json!({ "inputs": asked.iter().map(<[f32; 784]>::as_slice).collect::<Vec<_>>() }).to_string();
    let mut client = Client::connect(server.address);
    let answer = client.post("application/json", body.as_bytes()).expect("an answer");
    assert_eq!((answer.status, answer.header("x-ask-human")), (200, Some("1,2")));
    let answer = answer.json();
    for (x, found) in asked.iter().zip(answer["decisions"].as_array().expect("decisions")) {
        let expected = match decide(x) {
            Decision::Decided(class, confidence) => {
                json!({ "decision": "decided", "class": class.index(), "confidence": confidence })
            }
            Decision::HandOver { reason } => json!({ "decision": "ask_human", "reason": reason.to_string() }),
        };
        assert_eq!(found, &expected);
    }
    assert!(
        answer["decisions"][2]["reason"].as_str().is_some_and(|reason| reason.contains("far from the training data"))
    );
    let raw = client.raw(asked.as_flattened()).expect("an answer");
    assert_eq!((raw.header("x-ask-human"), raw.floats().len()), (Some("1,2"), 30));
    assert_eq!(client.raw(&digits[sure]).expect("an answer").header("x-ask-human"), None);
    assert!(get(server.address, "/metrics").text().contains("typednet_ask_human_total 4\n"));
    std::fs::remove_file(path).ok();
}

#[test]
fn a_guard_of_other_weights_is_refused() {
    let (_, path) = guard("other");
    let source = Source::<Mnist>::file(OTHER_FILE).guarded::<10>(&path);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let error = runtime.block_on(Server::bind(source, settings())).err().expect("a guard of other weights");
    assert!(error.to_string().contains("the guard was fitted to other weights"), "{error}");

    // Nor do weights come without theirs while it runs.
    let weights = path.with_extension("safetensors");
    std::fs::copy(FILE, &weights).expect("the weights");
    let server = Running::of(Source::file(&weights).guarded::<10>(&path), settings());
    std::fs::copy(OTHER_FILE, &weights).expect("the other weights");
    assert!(matches!(server.reload(), Err(LoadError::Guard(_))));
    assert_eq!(Client::connect(server.address).raw(&test_digits()[0]).expect("an answer").header("x-model"), Some("1"));
    for file in [path, weights] {
        std::fs::remove_file(file).ok();
    }
}
