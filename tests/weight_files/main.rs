//! The files that `weights!` reads in tests, in the documentation, and in the cases of what does not compile.
//!
//! `UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test weight_files` writes them; without it they are held to what
//! would be written, but for the network of the documentation, which is trained anew.
#![allow(missing_docs, reason = "a test")]
#![forbid(unsafe_code)]

mod networks;

use std::fs;
use std::path::{Path, PathBuf};

use networks::{Small, Xor, double, samples, small, word, words};
use typednet::data::Dataset;
use typednet::prelude::*;
use typednet::tensor::Scalar;

network! { struct DoubleSmall<f64>: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

network! { struct Renamed: 4 => Dense<6, Relu> => Dropout<0.5> => head: Dense<3, Softmax> }

network! { struct Other: 4 => Dense<5, Relu> => Dropout<0.5> => Dense<3, Softmax> }

/// Writes a file, or holds the one that is there to it.
fn keep(path: &str, write: impl FnOnce(&Path)) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        write(&path);
        return;
    }
    let scratch = std::env::temp_dir().join(format!("typednet-{}-{}", std::process::id(), name(&path)));
    write(&scratch);
    let (found, expected) =
        (fs::read(&path).expect("a file of the repository"), fs::read(&scratch).expect("it was written"));
    fs::remove_file(scratch).expect("it was written");
    assert!(found == expected, "{} is not what is written today", path.display());
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn saved<M: Layer>(model: &M) -> Vec<u8> {
    let path = std::env::temp_dir().join(format!("typednet-weight-file-{}.safetensors", std::process::id()));
    Persist::save(model, &path).expect("room");
    let bytes = fs::read(&path).expect("it was written");
    fs::remove_file(path).expect("it was written");
    bytes
}

#[test]
fn the_files_are_those_that_are_written_today() {
    keep("tests/weights/double.safetensors", |path| Persist::save(&*double(), path).expect("room"));
    keep("tests/weights/bf16.safetensors", |path| small().to_bf16().save(path).expect("room"));
    keep("tests/weights/int8.safetensors", |path| small().to_int8(&samples()).save(path).expect("room"));
    keep("tests/weights/padded_int8.safetensors", |path| word().to_int8(&words()).save(path).expect("room"));

    let case = |name: &str, bytes: &[u8]| {
        keep(&format!("ui/tests/ui/weights/{name}.safetensors"), |path| fs::write(path, bytes).expect("room"));
    };
    let small = saved(&*small());
    case("sound", &small);
    case("cut", &small[..small.len() - 20]);
    case("double", &saved(&*cast::<Small, DoubleSmall>(&networks::small())));
    case("other", &saved(&*Other::zeroed()));
    case("renamed", &saved(&*cast::<Small, Renamed>(&networks::small())));
    case("torch", &{
        let path = std::env::temp_dir().join(format!("typednet-torch-file-{}.safetensors", std::process::id()));
        networks::small().save_torch(&path).expect("room");
        let bytes = fs::read(&path).expect("it was written");
        fs::remove_file(path).expect("it was written");
        bytes
    });
    // The first weight as another program has it, with the sizes of the first layer exchanged.
    let text = "[4,6]";
    let at = small.windows(text.len()).position(|bytes| bytes == text.as_bytes()).expect("the sizes of the weight");
    let mut turned = small.clone();
    turned[at..at + text.len()].copy_from_slice(b"[6,4]");
    case("transposed", &turned);
}

/// The numbers of a network as another one.
fn cast<A: Layer, B: Layer>(from: &A) -> Model<B> {
    let mut to = Model::<B>::zeroed();
    for (to, from) in to.as_flat_mut().iter_mut().zip(from.as_flat()) {
        *to = B::Elem::of(from.to_f64_exact());
    }
    to
}

#[test]
fn the_network_of_the_documentation_is_trained() {
    if std::env::var_os("UPDATE_GOLDENS").is_none() {
        return;
    }
    let corners = vec![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0_f32]];
    let data = Dataset::new(corners, vec![[0.0], [1.0], [1.0], [0.0_f32]]).expect("as many targets as samples");
    let mut trainer = Trainer::new(Xor::seeded(1), BinaryCrossEntropy, Adam::new(0.05)).batch(4).epochs(500).quiet();
    trainer.fit(&data).expect("a training");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/xor.safetensors");
    Persist::save(trainer.model(), path).expect("room");
}
