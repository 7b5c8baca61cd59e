//! Forms of one byte as ONNX files, which `onnx.checker` has accepted and ONNX Runtime has run: `goldens/exchange_onnx_int8.py`.

use std::fs;
use std::sync::LazyLock;

use serde_json::Value;
use typednet::exchange::Onnx;
use typednet::layers::{Layer, Network};
use typednet::prelude::*;
use typednet::tensor::{Flat, Key, Padded, Sample};

use super::files::golden;
use super::golden::{is_update, tokens};
use super::networks::{Groups, LeNet, Mlp, ResNet, Sequences, Tied, TiedBias, Transformer};
use super::onnx::{drawn, numbers};

static RUNS: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(golden("../exchange_onnx_int8.json")).expect("what ONNX Runtime has computed");
    serde_json::from_str(&text).expect("JSON")
});

/// Samples from −2.2 to 2.2, by which the ranges are chosen: the multiples of 1/8 that the files are run with are then not in the
/// middle between two steps.
fn samples<L: Layer<In: Sample<Elem = f32>>>() -> Vec<L::In> {
    let key = Key::new(5);
    let draw = |row: u64| {
        let mut x = L::In::zeros();
        for (n, x) in (0..).zip(x.as_flat_mut()) {
            *x = 1.1 * (key.child(row).below(n, 33) as f32 - 16.0) / 8.0;
        }
        x
    };
    (0..20).map(draw).collect()
}

/// Texts of the vocabulary of seven.
fn texts<const N: usize>() -> Vec<[Token<7>; N]> {
    let key = Key::new(6);
    (0..20).map(|row| tokens(&std::array::from_fn::<_, N, _>(|n| key.child(row).below(n as u64, 7) as f64))).collect()
}

/// Numbers as a sample.
fn sample<X: Sample<Elem = f32>>(numbers: &[f64]) -> X {
    let mut x = X::zeros();
    x.as_flat_mut().iter_mut().zip(numbers).for_each(|(to, from)| *to = *from as f32);
    x
}

fn check<L: Compact<In: Sample<Elem = f32>>>(name: &str) {
    check_of::<L>(name, &samples::<L>(), sample);
}

/// Writes the file, or holds it to the one that was run, and what the form gives to what came out there.
///
/// Both sum the same products, in `f32` there, so they differ by the rounding of those sums, as long as no number between two layers
/// is as near to the middle between two steps as that.
fn check_of<L: Compact>(name: &str, samples: &[L::In], sample: impl Fn(&[f64]) -> L::In) {
    let (model, path) = (drawn::<L>(name.len() as u64), golden(&format!("onnx_int8/{name}.onnx")));
    let form = model.to_int8(samples);
    let bytes = Onnx::new().int8_bytes(&model, &form).expect("all layers have counterparts");
    if is_update() {
        fs::write(path, bytes).expect("room");
        return;
    }
    assert!(bytes == fs::read(path).expect("the file that was run"), "{name}: the file is another one now");
    let run = &RUNS["runs"][name];
    let (inputs, outputs) = (numbers(&run["inputs"]), numbers(&run["outputs"]));
    assert!(!inputs.is_empty() && inputs.len() / L::In::LEN == outputs.len() / L::Out::LEN, "{name}");
    let mut loses = false;
    for (x, expected) in inputs.chunks_exact(L::In::LEN).zip(outputs.chunks_exact(L::Out::LEN)) {
        let x = sample(x);
        let (found, exact) = (form.predict(&x), model.predict(&x));
        let size = expected.iter().fold(1.0_f64, |size, x| size.max(x.abs()));
        for ((found, expected), exact) in found.as_flat().iter().zip(expected).zip(exact.as_flat()) {
            assert!((f64::from(*found) - expected).abs() < 1e-5 * size, "{name}: {found} is not {expected}");
            loses |= (f64::from(*exact) - expected).abs() > 1e-4 * size;
        }
    }
    assert!(loses, "{name}: the file computes what the network does, and not its form");
}

#[test]
fn layers_of_integers() {
    check::<network!(6 => Dense<5, Relu>)>("dense");
    check::<network!([3, 4] => Each<Dense<5, Tanh>>)>("dense_of_steps");
    check::<network!([7, 6, 1] => Conv2d<3, [3, 2], Tanh, dilation = 2>)>("dilated");
    check::<network!([5, 4, 2] => Conv2d<3, [2, 4], stride = [2, 1], pad = [1, 2], bias = false>)>("strided");
    check::<network!([4, 4, 4] => Conv2d<6, 3, Relu, pad = 1, groups = 2>)>("grouped");
    check::<network!([4, 4, 3] => Conv2d<3, 3, pad = 1, groups = 3>)>("by_channel");
    check::<network!([9, 2] => Conv1d<4, 3, Relu, stride = 2, pad = 1>)>("conv1d");
    check::<network!([3, 4, 2] => ConvTranspose2d<3, 3, Relu, stride = 2>)>("transposed");
}

#[test]
fn networks_of_integers() {
    check::<Mlp>("mlp");
    check::<LeNet>("lenet");
    check::<ResNet>("resnet");
    check::<Groups>("groups");
    check::<Sequences>("sequences");
    check::<Transformer>("transformer");
    check_of::<Tied>("tied", &texts(), tokens);
    check_of::<TiedBias>("tied_bias", &texts(), tokens);
}

/// A second input says how many steps count; what stands in the others are numbers and tokens like those.
#[test]
fn networks_of_padded_steps() {
    type Word = network!(Padded<[Token<7>; 5]> => Embedding<4> => Gru<5> => Each<Dense<6, Relu>> => Last => Dense<3>);
    type Encoder = network!(Padded<[5, 6]> => Positions => Repeat<2, TransformerBlock<2, 7>> => LayerNorm => Each<Dense<4, Tanh>>
        => MeanOverSteps);
    type Logits = network!(Padded<[Token<7>; 4]> => TiedEmbedding<6, Reverse<Gru<6>> => Each<Dense<6>>, bias>);
    check_of::<Word>("padded_word", &ragged(), super::padded::texts);
    check::<Encoder>("padded_encoder");
    check_of::<Logits>("padded_logits", &ragged(), super::padded::texts);
}

/// Texts of the vocabulary of seven, of every length.
fn ragged<const N: usize>() -> Vec<Padded<[Token<7>; N]>> {
    let text = |(row, text): (usize, [Token<7>; N])| Padded::new(&text[..=row % N]).expect("at least one token");
    texts::<N>().into_iter().enumerate().map(text).collect()
}

/// The file holds one byte for each weight of a product of integers.
#[test]
fn a_file_is_a_quarter_as_long() {
    type Net = network!(100 => Dense<200, Relu> => Dense<50>);
    let model = Net::seeded(1);
    let form = model.to_int8(&[[0.5; 100], [-1.0; 100]]);
    let [whole, bytes] =
        [Onnx::new().bytes(&model), Onnx::new().int8_bytes(&model, &form)].map(|file| file.expect("a file").len());
    assert!(whole > 4 * Net::PARAMS && bytes < 4 * Net::PARAMS / 3, "{whole} {bytes}");
}
