//! Networks over sequences of different lengths as ONNX files with a second input, which ONNX Runtime has run with lengths from 1 to all
//! steps in one batch: `goldens/exchange_onnx.py`.
//!
//! A sample of the goldens is all steps, and how many of them are padding. Steps of padding hold numbers and tokens like the others there.

use typednet::exchange::{Exchange, Import, Onnx};
use typednet::layers::{Chain, Each, EndPadded, Frozen, Gru, Last, MeanOverSteps, Network, OnPadded, Reverse, Rnn};
use typednet::prelude::*;
use typednet::tensor::Padded;

use super::files::Scratch;
use super::onnx::{check, check_of, check_with};

/// A text of the goldens, of which only what counts is looked at.
#[allow(clippy::cast_sign_loss, reason = "a token is not negative")]
pub(crate) fn texts<const V: usize, const N: usize>(x: &[f64]) -> Padded<[Token<V>; N]> {
    let length = N - x[N] as usize;
    let tokens: Vec<_> = x[..length].iter().map(|x| Token::new(*x as usize).expect("a token of the goldens")).collect();
    Padded::new(&tokens).expect("at least one token")
}

network! { struct Word: Padded<[Token<7>; 5]> => Embedding<4> => gru: Gru<5> => Last => Dense<3, Softmax> -> 3 }

#[test]
fn one_answer_of_all_steps_that_count() {
    check_of::<Word>("padded_word", &Onnx::new(), texts);
    check_of::<network!(Padded<[Token<7>; 4]> => Embedding<3> => MeanOverSteps)>("padded_mean", &Onnx::new(), texts);
    check::<
        network!(Padded<[4, 2]> => Concat<there: Lstm<3> => Last, back: Reverse<Lstm<3>> => MeanOverSteps> => Dense<1>),
    >("padded_ends");
    check::<network!(Padded<[5, 3]> => Add<one: Rnn<2, Relu>, two: Gru<2>> => Last)>("padded_sum");
    check::<EndPadded<Last<f32, 4>>>("padded_numbers");
}

/// As many units as there are steps: what a layer gives does not say by its sizes whether it has steps.
#[test]
fn a_row_as_long_as_the_sequence_is_not_taken_for_steps() {
    type Cube = Chain<OnPadded<Each<3, Gru<3, 3, 3>>>, Chain<EndPadded<Last<[[f32; 3]; 3], 3>>, MeanOverSteps<3, 3>>>;
    check::<network!(Padded<[3, 3]> => Gru<3> => Last)>("padded_square");
    check::<Cube>("padded_cube");
}

#[test]
fn steps_of_padding_are_0() {
    type Letters = network!(Padded<[Token<7>; 5]>
        => Embedding<4> => Concat<Gru<3>, Reverse<Gru<3>>> => Dropout<0.1> => Relu => Each<Dense<2, Softmax>>);
    check_of::<Letters>("padded_letters", &Onnx::new(), texts);
    check::<Chain<OnPadded<Rnn<4, 2, 3>>, OnPadded<Reverse<4, Rnn<4, 3, 2>>>>>("padded_states");
    check::<EndPadded<Reverse<4, Rnn<4, 2, 3>>>>("padded_end");
    check::<network!(Padded<[3, 3, 2]> => Each<Rnn<2> => Last>)>("padded_lasts");
}

#[test]
fn attention_sees_no_padding() {
    network! {
        struct Encoder: Padded<[5, 6]>
            => Positions<Sinusoidal> => Repeat<2, TransformerBlock<2, 7>> => LayerNorm => MeanOverSteps -> 6
    }
    check::<Encoder>("padded_encoder");
    check::<network!(Padded<[5, 8]> => Attention<heads = 2, causal = true, rotary = true> => Last)>("padded_causal");
    check::<network!(Padded<[4, 4]> => Positions => Attention<heads = 1, rotary = true> => Each<SwiGlu<3>>)>(
        "padded_rotary",
    );
}

#[test]
fn tables_that_are_used_twice() {
    type Next = network!(Padded<[Token<7>; 5]>
        => TiedEmbedding<6, Positions => Residual<LayerNorm => Attention<heads = 3, causal = true>> => LayerNorm> => Softmax);
    type Logits = network!(Padded<[Token<7>; 4]> => TiedEmbedding<2, Reverse<Gru<2>>, bias>);
    check_of::<Next>("padded_tied", &Onnx::new(), texts);
    check_of::<Logits>("padded_logits", &Onnx::new(), texts);
}

/// Steps of a part are not those of which some are padding, though they are as many.
#[test]
fn parts_of_a_step_have_no_padding() {
    check::<network!(Padded<[3, 3, 2]> => Each<Reverse<Gru<2>> => Attention<1> => Last> => MeanOverSteps)>(
        "padded_parts",
    );
    check::<network!(Padded<[3, 3, 2]> => Each<MeanOverSteps> => Residual<Reverse<Rnn<2>>>)>("padded_means");
}

#[test]
fn channels_that_were_turned_are_turned_back() {
    type Net = network!(Padded<[4, 3]> => Each<FrozenBatchNorm> => Reverse<Gru<3>> => Each<FrozenBatchNorm> => Last);
    check::<Net>("padded_channels");
    check::<network!(Padded<[4, 4]> => Each<FrozenBatchNorm> => MeanOverSteps)>("padded_norms");
    check_with::<network!(Padded<[3, 2, 4]> => Each<Flatten> => Each<Reshape<[2, 4]>> => Relu)>(
        "first_padded",
        &Onnx::new().channels_first(),
    );
}

#[test]
fn networks_within_networks() {
    check_of::<network!(Padded<[Token<7>; 5]> => frozen Word => Dense<1, Sigmoid>)>(
        "padded_inner",
        &Onnx::new(),
        texts,
    );
    check::<Frozen<Chain<OnPadded<Rnn<4, 2, 3>>, EndPadded<Last<[f32; 3], 4>>>>>("padded_frozen");
}

#[test]
fn the_ends_are_as_they_are_wanted() {
    type Net = network!(f64: Padded<[4, 2]> => Attention<1> => Concat<left: Last, right: MeanOverSteps> => Dense<2>);
    check::<Net>("padded_f64");
    check_with::<Net>("padded_single", &Onnx::new().single());
    check_of::<Word>("padded_batch", &Onnx::new().batch(5), texts);
}

/// Networks here read no lengths of files.
#[test]
fn such_a_file_is_refused_by_its_inputs() {
    let error =
        Import::from_bytes(&Word::seeded(0).to_onnx().expect("a file")).expect_err("it is read now").to_string();
    let says = "it has 2 inputs (input, lengths), and a network here has one";
    assert!(error.ends_with(says), "{error}");
}

/// The weights are the same with padding and without.
#[test]
fn a_network_without_padding_takes_the_weights() {
    network! { struct Ragged: Padded<[Token<7>; 5]> => Embedding<4> => Reverse<Gru<3>> => Last => Dense<2> -> 2 }
    network! { struct Even: [Token<7>; 5] => Embedding<4> => Reverse<Gru<3>> => Last => Dense<2> -> 2 }
    let (ragged, path) = (Ragged::seeded(3), Scratch::new("safetensors"));
    ragged.save_torch(&path).expect("weights");
    let even = Even::load_torch(&path).expect("the same weights");
    assert!(even.as_flat() == ragged.as_flat());
}
