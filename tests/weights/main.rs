//! Weights that are put into the program are those that a file loads, bit for bit.
#![allow(missing_docs, reason = "a test")]
#![forbid(unsafe_code)]

#[path = "../weight_files/networks.rs"]
mod networks;

use networks::{Double, Small, Word, Xor, samples, small, word, words};
use typednet::layers::Chain;
use typednet::prelude::*;
use typednet::tensor::Aligned;

/// The example of the documentation, and what else the compiler reads here.
static XOR: Xor = weights!("docs/xor.safetensors");
static ALIGNED: Aligned<Xor> = Aligned(weights!("docs/xor.safetensors"));
/// A relative path in an expression begins at this file.
static DOUBLE: Double = weights!(concat!("double", ".safetensors"));
static HALF: <Small as Compact>::Bf16 = weights!("tests/weights/bf16.safetensors");
static BYTES: <Small as Compact>::Int8 = weights!("tests/weights/int8.safetensors");
static WORD: <Word as Compact>::Int8 = weights!("tests/weights/padded_int8.safetensors");

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/weights");

#[test]
fn what_the_compiler_reads_is_what_a_file_loads() {
    let xor = Xor::load(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/xor.safetensors")).expect("the file");
    assert_eq!(bits(XOR.as_flat()), bits(xor.as_flat()));
    assert_eq!(bits(ALIGNED.as_flat()), bits(xor.as_flat()));
    let double: Model<Double> = Persist::load(format!("{FOLDER}/double.safetensors")).expect("the file");
    assert_eq!(bits(DOUBLE.as_flat()), bits(double.as_flat()));
    assert_eq!(bits(DOUBLE.as_flat()), bits(networks::double().as_flat()));
}

#[test]
fn compact_forms_are_put_into_the_program() {
    let small = small();
    let (half, bytes) = (small.to_bf16(), small.to_int8(&samples()));
    assert_eq!(HALF.as_flat(), half.as_flat());
    assert_eq!(BYTES.as_flat(), bytes.as_flat());
    for x in samples() {
        assert_eq!(bits(&HALF.predict(&x)), bits(&half.predict(&x)));
        assert_eq!(bits(&BYTES.predict(&x)), bits(&bytes.predict(&x)));
    }
    let loaded = <Small as Compact>::Int8::load(format!("{FOLDER}/int8.safetensors")).expect("the file");
    assert_eq!(loaded.as_flat(), bytes.as_flat());
}

/// Of a network over sequences of different lengths too, whose file is that of the network without padding.
#[test]
fn forms_over_padded_steps_are_put_into_the_program() {
    network! { struct Even: [Token<5>; 4] => Embedding<3> => gru: Gru<2> => Each<Dense<4, Relu>> => Last => Dense<2> }

    let form = word().to_int8(&words());
    assert_eq!(WORD.as_flat(), form.as_flat());
    for x in words() {
        assert_eq!(bits(&WORD.predict(&x)), bits(&form.predict(&x)));
    }
    let loaded = <Word as Compact>::Int8::load(format!("{FOLDER}/padded_int8.safetensors")).expect("the file");
    assert_eq!(loaded.as_flat(), form.as_flat());
    let even = <Even as Compact>::Int8::load(format!("{FOLDER}/padded_int8.safetensors"));
    assert_eq!(even.expect("the same weights").as_flat(), form.as_flat());
}

#[test]
fn a_compact_form_is_loaded_from_its_own_file_alone() {
    type Other = Chain<Dense<4, 6, Relu>, Dense<6, 4>>;
    type Square = Chain<Dense<4, 4, Relu>, Dense<4, 4>>;
    let error = <Other as Compact>::Int8::load(format!("{FOLDER}/int8.safetensors")).unwrap_err().to_string();
    assert!(error.contains("`rest.packed_weight` is u8 [6, 4] in the network and missing in the file"), "{error}");
    let error = <Small as Compact>::Int8::load(format!("{FOLDER}/bf16.safetensors")).unwrap_err().to_string();
    assert!(error.contains("`first.packed_weight` is u8 [4, 6] in the network and bf16 [4, 6] in the file"), "{error}");
    // A file of the network itself, in numbers of the same width, is none of the form's.
    let path = std::env::temp_dir().join(format!("typednet-weights-{}.safetensors", std::process::id()));
    let network = Square::seeded(1);
    let torch = typednet::exchange::Torch::new().by_paths().dtype(typednet::exchange::FloatDtype::Bf16);
    torch.save(&network, &path).expect("room");
    let error = <Square as Compact>::Bf16::load(&path).unwrap_err().to_string();
    assert!(error.contains("`first.weight` is missing in the network and bf16 [4, 4] in the file"), "{error}");
    std::fs::remove_file(path).expect("it was written");
}

fn bits<E: typednet::tensor::Element>(elements: &[E]) -> Vec<u64> {
    elements.iter().map(|x| x.bits()).collect()
}

#[test]
fn the_file_of_the_documentation_solves_its_task() {
    let corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    for (x, expected) in corners.iter().zip([0.0, 1.0, 1.0, 0.0]) {
        let [y] = XOR.predict(x);
        assert!((y - expected).abs() < 0.2, "{x:?} gives {y}");
    }
}
