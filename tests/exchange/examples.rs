//! The networks of the examples and of the course in ONNX Runtime.
//!
//! Their files would be megabytes: `UPDATE_GOLDENS=1` writes them to `target/onnx-examples`, `goldens/exchange_examples.py` checks
//! and runs them there, and keeps the hash of each file with what came out.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;
use typednet::exchange::Onnx;
use typednet::formats::Sha256;
use typednet::layers::Network;
use typednet::prelude::*;
use typednet::tensor::{Flat, Sample};

use super::golden::{is_update, tokens};
use super::import::round_trip;
use super::onnx::{drawn, numbers};
use super::padded::texts;

static RUNS: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens/exchange_examples.json");
    let text = fs::read_to_string(path).expect("what ONNX Runtime has computed");
    serde_json::from_str(&text).expect("JSON")
});

/// Without spaces and line breaks.
fn dense(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// The network is written as the file that was run, comes back as it is, and gives what came out.
fn check<L: Network>(file: &str, name: &str, line: &str, sample: impl Fn(&[f64]) -> L::In) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = dense(&fs::read_to_string(root.join(file)).expect("the example"));
    assert!(source.contains(&dense(line)), "{file} has no `{line}` any more: write its network down here anew");
    let model = drawn::<L>(name.len() as u64);
    let bytes = Onnx::new().bytes(&model).expect("all layers have counterparts");
    round_trip(name, &*model, &bytes);
    let mut hash = Sha256::new();
    hash.update(&bytes);
    let (key, hash) = (format!("{file}: {name}"), hash.finish().to_string());
    if is_update() {
        let folder = root.join("target/onnx-examples");
        fs::create_dir_all(&folder).expect("room");
        let stem = key.replace(['/', '.', ':', ' '], "_");
        fs::write(folder.join(format!("{stem}.onnx")), bytes).expect("room");
        fs::write(folder.join(format!("{stem}.txt")), key).expect("room");
        return;
    }
    let run = &RUNS["runs"][&key];
    assert_eq!(run["sha256"].as_str(), Some(&*hash), "{key}: the file that was run is another one");
    let (inputs, outputs) = (numbers(&run["inputs"]), numbers(&run["outputs"]));
    assert!(!inputs.is_empty() && inputs.len() / L::In::LEN == outputs.len() / L::Out::LEN, "{key}");
    for (x, expected) in inputs.chunks_exact(L::In::LEN).zip(outputs.chunks_exact(L::Out::LEN)) {
        let found = model.predict(&sample(x));
        let size = expected.iter().fold(1.0_f64, |size, x| size.max(x.abs()));
        for (found, expected) in found.as_flat().iter().zip(expected) {
            assert!((found.to_f64_exact() - expected).abs() < 1e-5 * size, "{key}: {found} is not {expected}");
        }
    }
}

fn numbers_of<S: Sample>(x: &[f64]) -> S
where
    S::Elem: Scalar,
{
    let mut sample = S::zeros();
    sample.as_flat_mut().iter_mut().zip(x).for_each(|(to, from)| *to = S::Elem::of(*from));
    sample
}

/// A network of a file, and a test that it is there and runs.
macro_rules! example {
    ($test:ident, $file:literal, $with:expr, $name:ident: $($line:tt)*) => {
        network! { struct $name: $($line)* }

        #[test]
        fn $test() {
            check::<$name>($file, stringify!($name), concat!(stringify!($name), ":", stringify!($($line)*)), $with);
        }
    };
}

example! { mnist, "examples/mnist.rs", numbers_of,
Mnist: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10 }
example! { lenet, "examples/images.rs", numbers_of,
LeNet: [28, 28, 1] => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
    => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10 }
example! { block, "examples/images.rs", numbers_of,
Block16: [28, 28, 16]
    => Residual<Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
                => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d> => Relu -> [28, 28, 16] }
example! { table, "examples/train_table.rs", numbers_of, Penguin: 9 => Dense<16, Relu> => Dense<3, Softmax> -> 3 }
example! { ill, "examples/watch.rs", numbers_of,
Ill: 784
    => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid>
    => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid>
    => head: Dense<10, Softmax> -> 10 }
example! { rows, "course/src/rows.rs", numbers_of, Rows: [28, 28] => gru: Gru<128> => Last => head: Dense<10, Softmax> -> 10 }
example! { denoising, "course/src/denoising.rs", numbers_of,
Decoder: 32
    => Dense<784, Relu> => Reshape<[7, 7, 16]>
    => ConvTranspose2d<8, 3, Relu, stride = 2, pad = 1, output_pad = 1>
    => ConvTranspose2d<1, 3, Sigmoid, stride = 2, pad = 1, output_pad = 1> -> [28, 28, 1] }
example! { judge, "course/src/gan.rs", numbers_of,
Judge: 784 => Noise<0.5> => Dense<128, LeakyRelu<0.2>> => Dense<32, LeakyRelu<0.2>> => Dense<1, Sigmoid> -> 1 }
example! { small, "examples/images.rs", numbers_of,
Small: [28, 28, 1]
    => Conv2d<24, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => MaxPool<2>
    => Conv2d<48, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => MaxPool<2>
    => Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
    => Flatten => Dropout<0.4> => Dense<10, Softmax> -> 10 }

/// Of texts, as the lesson has them.
mod texts {
    use super::*;

    const STEPS: usize = 64;
    const KINDS: usize = 63;

    example! { recurrent, "course/src/characters.rs", tokens,
    Recurrent: [Token<KINDS>; STEPS] => Embedding<32> => Gru<128> => Each<Dense<KINDS, Softmax>> -> [STEPS, KINDS] }
    example! { block, "course/src/characters.rs", numbers_of,
    Block: [STEPS, 64]
        => Residual<LayerNorm => Attention<4, causal = true>>
        => Residual<LayerNorm => Each<Dense<256, Gelu> => Dense<64>>>
        -> [STEPS, 64] }
}

/// Of sums that are to be remembered.
mod sums {
    use super::*;

    const STEPS: usize = 60;

    example! { plain, "course/src/remember.rs", numbers_of, Plain: [STEPS, 2] => Rnn<32> => Last => Dense<1> -> 1 }
    example! { long, "course/src/remember.rs", numbers_of, Long: [STEPS, 2] => Lstm<32> => Last => Dense<1> -> 1 }
}

/// A lesson's network of names, with as much room as its longest one needs.
#[test]
fn names() {
    const ROOM: usize = 11;
    network! { struct Masked: Padded<[Token<26>; ROOM]> => Embedding<16> => gru: Gru<32> => Last => Dense<2, Softmax> -> 2 }
    let line = "Padded<[Token<26>; ROOM]> => Embedding<16> => gru: Gru<32> => Last => Dense<2, Softmax> -> 2";
    check::<Masked>("course/src/names.rs", "Masked", line, texts);
}

example! { xor, "course/src/xor.rs", numbers_of, Xor: 2 => hidden: Dense<8, Relu> => Dense<1, Sigmoid> -> 1 }
