//! Networks as ONNX files, which `onnx.checker` has accepted and ONNX Runtime has run: `goldens/exchange_onnx.py`.

use std::fs;
use std::sync::LazyLock;

use serde_json::Value;
use typednet::exchange::{Exchange, Onnx};
use typednet::layers::{
    Chain, Dropout, Frozen, FrozenBatchNorm, Gaussian, Network, Noise, ParamKind, TestScaledDropout, bits,
};
use typednet::prelude::*;
use typednet::tensor::{Flat, Key, Sample};

use super::files::{Scratch, golden};
use super::golden::{is_update, tokens};
use super::networks::{
    AllSteps, Autoencoder, BothWays, Characters, Decoder, Groups, LeNet, Mlp, ResNet, Sequences, Steps, Tied, TiedBias,
    Transformer, TurnedRows,
};

static RUNS: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(golden("../exchange_onnx.json")).expect("what ONNX Runtime has computed");
    serde_json::from_str(&text).expect("JSON")
});

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().expect("a list of numbers");
    values.iter().map(|value| value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))).collect()
}

/// Writes the file, or holds it to the one that was run, and what the network gives to what came out.
pub(crate) fn check<L: Network<In: Sample<Elem = <L as Flat>::Elem>>>(name: &str) {
    check_with::<L>(name, &Onnx::new());
}

pub(crate) fn check_with<L: Network<In: Sample<Elem = <L as Flat>::Elem>>>(name: &str, onnx: &Onnx) {
    check_of::<L>(name, onnx, |x| {
        let mut sample = L::In::zeros();
        sample.as_flat_mut().iter_mut().zip(x).for_each(|(to, from)| *to = L::Elem::of(*from));
        sample
    });
}

pub(crate) fn check_of<L: Network>(name: &str, onnx: &Onnx, sample: impl Fn(&[f64]) -> L::In) {
    let (model, path) = (drawn::<L>(name.len() as u64), golden(&format!("onnx/{name}.onnx")));
    let bytes = onnx.bytes(&model).expect("all layers have counterparts");
    if is_update() {
        super::import::round_trip(name, &*model, &bytes);
        fs::write(path, bytes).expect("room");
        return;
    }
    assert!(bytes == fs::read(path).expect("the file that was run"), "{name}: the file is another one now");
    super::import::round_trip(
        name,
        &*model,
        &fs::read(golden(&format!("onnx/{name}.onnx"))).expect("the file that was run"),
    );
    let run = &RUNS["runs"][name];
    let (inputs, outputs) = (numbers(&run["inputs"]), numbers(&run["outputs"]));
    assert!(!inputs.is_empty() && inputs.len() / L::In::LEN == outputs.len() / L::Out::LEN, "{name}");
    for (x, expected) in inputs.chunks_exact(L::In::LEN).zip(outputs.chunks_exact(L::Out::LEN)) {
        let found = model.predict(&sample(x));
        let size = expected.iter().fold(1.0_f64, |size, x| size.max(x.abs()));
        for (found, expected) in found.as_flat().iter().zip(expected) {
            assert!((found.to_f64_exact() - expected).abs() < 1e-5 * size, "{name}: {found} is not {expected}");
        }
    }
}

/// Parameters that are all drawn, multiples of 1/64, statistics among them.
pub(crate) fn drawn<L: Network>(seed: u64) -> Model<L> {
    let (mut model, key) = (L::zeroed(), Key::new(seed));
    for (n, x) in model.as_flat_mut().iter_mut().enumerate() {
        *x = L::Elem::of((key.uniform::<f64>(n as u64) * 64.0 - 32.0).round() / 64.0);
    }
    let tree = const { &L::TREE };
    tree.visit(&mut |place| {
        if place.param.kind == ParamKind::Buffer {
            for x in &mut model.as_flat_mut()[place.range()] {
                *x = L::Elem::of(x.to_f64_exact().abs() + 0.5);
            }
        }
    });
    model
}

#[test]
fn whole_networks() {
    check::<Mlp>("mlp");
    check::<LeNet>("lenet");
    check::<ResNet>("resnet");
    check::<Decoder>("decoder");
    check::<TurnedRows>("turned_rows");
    check::<Autoencoder>("autoencoder");
    check::<Groups>("groups");
    check::<Steps>("steps");
    check::<Sequences>("sequences");
    check::<BothWays>("both_ways");
    check::<AllSteps>("all_steps");
}

#[test]
fn every_activation() {
    check::<network!(3 => Dense<5, LeakyRelu> => Dense<4, LeakyRelu<-0.5>> => LeakyRelu<2.0>)>("leaky_relu");
    check::<network!(3 => Dense<5, Elu> => Dense<4, Elu<0.5>>)>("elu");
    check::<network!(3 => Dense<5, Gelu> => Dense<4, GeluTanh>)>("gelu");
    check::<network!(3 => Dense<5, Silu> => Dense<4, HardSwish>)>("silu");
    check::<network!(3 => Dense<5, Softplus> => Dense<4, Step>)>("softplus");
    check::<network!([2, 3, 4] => Conv2d<5, 1, Softmax>)>("softmax_of_pixels");
    check::<network!([2, 3, 4] => LogSoftmax)>("log_softmax_of_pixels");
    check::<network!(3 => Sigmoid => Relu => Tanh)>("alone");
}

#[test]
fn convolutions_and_poolings() {
    check::<network!([7, 6, 1] => Conv2d<3, [3, 2], Tanh, dilation = 2>)>("dilated");
    check::<network!([5, 4, 2] => Conv2d<3, [2, 4], stride = [2, 1], pad = [1, 2], bias = false>)>("strided");
    check::<network!([4, 4, 4] => Conv2d<6, 3, pad = 1, groups = 2>)>("grouped");
    check::<network!([9, 2] => Conv1d<4, 3, Relu, stride = 2, pad = 1, dilation = 2> => Conv1d<2, 1, groups = 2>)>(
        "conv1d",
    );
    check::<network!([3, 4, 2] => ConvTranspose2d<3, [3, 2], Relu, stride = [2, 1], pad = [1, 0], output_pad = [1, 0]>)>(
        "transposed",
    );
    check::<network!([3, 3, 2] => ConvTranspose2d<2, 3, stride = 2, bias = false>)>("transposed_without_bias");
    check::<network!([6, 5, 2] => MaxPool<3, stride = 2, pad = 1, floor = true>)>("max_pool");
    check::<MaxPool<7, 7, 2, 2, 3, 5, 3, Strides<1, 1, 0, 0, 2, 2>>>("max_pool_dilated");
    check::<network!([6, 5, 2] => AvgPool<3, stride = 2, pad = 1, floor = true>)>("avg_pool");
    check::<AvgPool<7, 7, 2, 2, 3, 7, 5, Strides<1, 1, 1, 1, 2, 2>>>("avg_pool_dilated");
    check::<network!([3, 4, 2] => GlobalAvgPool)>("global_avg_pool");
    check::<network!([3, 4, 2] => Conv2d<3, 1> => GlobalAvgPool => Dense<2>)>("global_avg_pool_behind_a_convolution");
}

#[test]
fn images_in_other_sizes() {
    check::<network!([2, 3, 2] => Pad<[1, 2]> => Upsample<2> => Crop<1>)>("nearest");
    check::<network!([2, 3, 2] => Upsample<[3, 2], Bilinear>)>("bilinear");
    check::<network!([2, 3, 2] => Conv2d<2, 1> => Pad<2> => Crop<[1, 0]>)>("padded_behind_a_convolution");
    check::<network!([2, 3, 2] => Flatten => Dense<12> => Reshape<[3, 2, 2]> => Conv2d<1, 2>)>("reshaped");
}

#[test]
fn normalisations() {
    check::<network!([3, 2, 4] => BatchNorm2d => LayerNorm => RmsNorm => GroupNorm<2>)>("normalised_images");
    check::<network!([3, 4] => BatchNorm1d => LayerNorm => RmsNorm)>("normalised_sequences");
    check::<network!(4 => BatchNorm => LayerNorm => RmsNorm)>("normalised_rows");
    check::<Chain<Frozen<Dense<3, 4, Relu>>, FrozenBatchNorm<4>>>("frozen");
}

#[test]
fn layers_around_layers() {
    check::<network!([3, 4] => Each<Dense<3, Relu> => Dense<2>>)>("each_row");
    check::<network!([2, 3, 3, 1] => Each<Conv2d<2, 3, pad = 1> => MaxPool<3> => Flatten>)>("each_image");
    check::<network!(4 => Repeat<3, Residual<Dense<4, Tanh>>>)>("repeated");
    check::<network!([3, 2, 2] => Concat<one: Conv2d<2, 1, Relu>, two: AvgPool<1>, three: Conv2d<3, 3, pad = 1>>)>(
        "concat_images",
    );
    check::<network!(3 => Concat<one: Dense<2>, two: Add<Dense<3>, Tanh>, three: Dense<1>>)>("branches");
    check::<network!([4, 2] => Rnn<3, Relu> => Rnn<2, Linear> => Rnn<2, LeakyRelu<0.1>> => Last)>("rnn");
    check::<network!([3, 2, 4, 2] => Each<Each<Gru<3> => MeanOverSteps>>)>("each_sequence");
}

#[test]
fn transformers() {
    check::<Transformer>("transformer");
    check::<network!([5, 8] => Attention<heads = 2, causal = true, rotary = true>)>("rotary");
    check::<network!([2, 4, 3] => Each<Each<SwiGlu<5>>> => Each<Attention<1> => Positions> => Flatten => SwiGlu<2>)>(
        "gated",
    );
    check_of::<Characters>("characters", &Onnx::new(), tokens);
    check_of::<Tied>("tied", &Onnx::new(), tokens);
    check_of::<TiedBias>("tied_bias", &Onnx::new(), tokens);
}

#[test]
fn what_acts_in_training_only() {
    check::<Chain<Dropout<[f32; 3], { bits(0.5) }>, Noise<[f32; 3], { bits(0.5) }>>>("identity");
    check::<TestScaledDropout<[f32; 3], { bits(0.25) }>>("scaled");
    check::<Chain<Dense<3, 4>, Chain<network!(4 => Reshape<[2, 2]>), Gaussian<[f32; 2]>>>>("gaussian");
}

#[test]
fn the_ends_are_as_they_are_wanted() {
    check::<Chain<Dense<3, 4, Tanh, f64>, Chain<LayerNorm<4, f64>, Dense<4, 2, Softmax, f64>>>>("f64");
    check_with::<Chain<Dense<3, 4, Gelu, f64>, Dense<4, 2, Step, f64>>>("single", &Onnx::new().single());
    check_with::<ResNet>("fixed_batch", &Onnx::new().batch(2).note("classes", "a, b"));
    // ONNX Runtime was given and gave channels first; the script turned them.
    check_with::<Decoder>("first_decoder", &Onnx::new().channels_first());
    check_with::<LeNet>("first_lenet", &Onnx::new().channels_first());
}

#[test]
fn all_layers_that_cannot_be_written_are_named() {
    type Net = network!([4, 3] => Rnn<2, Gelu> => Residual<Rnn<2, Softmax> => Rnn<2>> => Last);
    let error = Net::seeded(0).to_onnx().unwrap_err().to_string();
    assert!(
        error.starts_with(
            "2 layers cannot be written as ONNX: first: Rnn<2, Gelu>, rest.first.inner.first: Rnn<2, Softmax>;"
        ),
        "{error}"
    );
}

/// Graphs and state dictionaries have no pairs.
#[test]
fn layers_that_read_pairs_are_refused_by_name() {
    type Net = network!(([3, 4], [5, 2]) => OnFirst<LayerNorm> => AddToFirst<CrossAttention<2>> => TakeFirst => Last);
    let layers = "first: OnFirst, rest.first: AddToFirst, rest.rest.first: TakeFirst;";
    let model = Net::seeded(0);
    let error = model.to_onnx().unwrap_err().to_string();
    assert!(error.starts_with(&format!("3 layers cannot be written as ONNX: {layers}")), "{error}");
    let error = model.save_torch(Scratch::new("safetensors")).unwrap_err().to_string();
    assert!(error.contains(&format!("3 layers cannot be written as a state_dict: {layers}")), "{error}");
}

/// The rows of a weight behind an image in a pair stand in another order there, and two samples are two inputs.
#[test]
fn a_row_of_both_halves_is_refused_by_name() {
    type Net = network!(([2, 2, 3], 4) => Flatten => Dense<2>);
    let (model, path) = (Net::seeded(0), Scratch::new("safetensors"));
    let error = model.save_torch(&path).unwrap_err().to_string();
    assert!(error.contains("1 layer cannot be written as a state_dict: first: Flatten"), "{error}");
    let error = model.to_onnx().unwrap_err().to_string();
    assert!(error.starts_with("1 layer cannot be written as ONNX: first: Flatten"), "{error}");
}
