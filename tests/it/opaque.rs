//! A public network of private ones: what it has of its layers, it has without naming them.

use typednet::layers::{Compact, Predictor, Stream, Streaming};
use typednet::prelude::*;

mod inner {
    use typednet::layers::{Activation, Arg, Init, SavesForBackward};
    use typednet::prelude::*;
    use typednet::tensor::Scalar;

    struct Cube;

    impl<T: Scalar> Activation<T> for Cube {
        const ARG: Arg = Arg::Type("Cube", &[]);
        const INIT: Init = Init::XavierNormal;
        const KEEPS: SavesForBackward = SavesForBackward::Input;

        fn apply(z: &mut [T], _: usize) {
            for z in z {
                *z = *z * *z * *z;
            }
        }

        fn backward(z: &[T], dy: &mut [T], _: usize) {
            for (dy, z) in dy.iter_mut().zip(z) {
                *dy *= T::of(3.0) * *z * *z;
            }
        }
    }

    network! {
        struct Block: [8, 16] => Residual<LayerNorm => Attention<heads = 4, causal>>
                              => Residual<LayerNorm => Each<Dense<32, Gelu> => Dense<16>>> -> [8, 16]
    }
    network! {
        pub struct Gpt: [Token<11>; 8] => Embedding<16> => Positions => blocks: Repeat<2, Block> => LayerNorm
                        => Each<Dense<11, Softmax>> -> [8, 11]
    }
    network! { struct Part: 16 => Dense<8, Relu> -> 8 }
    mod parts {
        use typednet::prelude::*;
        network! { pub struct Whole: 16 => Dense<4, Softmax> -> 4 }
    }
    use parts::Whole;
    network! { pub struct Shown: 16 => Dense<16> => Whole }
    network! { pub struct Activated: 16 => Dense<16> => Part -> 8 => Softmax }
    network! { pub struct Sandwich: 16 => Dense<16> => Part => Dense<4, Softmax> -> 4 }
    network! {
        struct GenericBlock<T, const WIDE: usize>: [8, 16] => Residual<LayerNorm => Attention<heads = 4, causal>>
                              => Residual<LayerNorm => Each<Dense<WIDE, Gelu> => Dense<16>>> -> [8, 16]
    }
    network! {
        pub struct GenericGpt<T, const WIDE: usize>: [Token<11>; 8] => Embedding<16> => Positions
                        => blocks: Repeat<2, GenericBlock<T, WIDE>> => LayerNorm => Each<Dense<11, Softmax>> -> [8, 11]
    }
    network! { pub struct Cubed<const N: usize>: [5, 3] => Each<Dense<N, Cube>> => Gru<4> -> [5, 4] }
    network! { struct Step<f64>: [5, 3] => Gru<3> -> [5, 3] }
    network! { pub(crate) struct Wide<f64>: [5, 3] => Step => Each<Dense<2>> -> [5, 2] }
}

network! {
    struct Written: [Token<11>; 8] => Embedding<16> => Positions
                    => blocks: Repeat<2, Residual<LayerNorm => Attention<heads = 4, causal>>
                                      => Residual<LayerNorm => Each<Dense<32, Gelu> => Dense<16>>>>
                    => LayerNorm => Each<Dense<11, Softmax>> -> [8, 11]
}
network! { struct Plain: 16 => Dense<16> => Dense<8, Relu> => Dense<4, Softmax> -> 4 }

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

fn text() -> [Token<11>; 8] {
    [3, 1, 4, 1, 5, 9, 2, 6].map(|i| Token::new(i).expect("it is in the vocabulary"))
}

#[test]
fn it_takes_steps_as_one_whose_layers_are_written_out() {
    let gpt = inner::Gpt::seeded(1);
    let mut written = Written::zeroed();
    written.as_flat_mut().copy_from_slice(gpt.as_flat());
    assert_eq!(<inner::Gpt as Streaming>::LONGEST, 8);
    let (mut stream, mut other) = (Stream::<inner::Gpt>::new(), Stream::<Written>::new());
    assert_eq!(size_of_val(&stream), size_of_val(&other));
    for x in text() {
        assert_eq!(bits(&gpt.step(&mut stream, &x)), bits(&written.step(&mut other, &x)));
    }
    assert_eq!(bits(stream.state.as_flat()), bits(other.state.as_flat()));
}

#[test]
fn its_numbers_may_be_of_f64() {
    let wide = inner::Wide::seeded(3);
    let x = [[0.5, -1.0, 2.0], [0.0, 0.25, -0.5], [1.0, 1.0, 1.0], [0.1, 0.2, 0.3], [0.0; 3]];
    let mut stream = Stream::<inner::Wide>::new();
    assert_eq!(x.map(|x| wide.step(&mut stream, &x)), wide.predict(&x));
}

#[test]
fn its_forms_are_those_of_one_whose_layers_are_written_out() {
    let net = inner::Sandwich::seeded(2);
    let mut plain = Plain::zeroed();
    plain.as_flat_mut().copy_from_slice(net.as_flat());
    let samples: Vec<[f32; 16]> = (0..40_u8).map(|i| [f32::from(i) / 16.0 - 1.0; 16]).collect();
    let (half, quarter) = (net.to_bf16(), net.to_int8(&samples));
    assert!(half.as_flat() == plain.to_bf16().as_flat());
    assert_eq!(quarter.as_flat(), plain.to_int8(&samples).as_flat());
    assert_eq!(bits(&quarter.predict(&samples[3])), bits(&plain.to_int8(&samples).predict(&samples[3])));
    assert_eq!(half.predict_many(&samples), plain.to_bf16().predict_many(&samples));
    // Each layer within has a line of its own.
    let (lost, of_plain) = (net.losses(&quarter, &samples), plain.losses(&plain.to_int8(&samples), &samples));
    assert_eq!(lost.layers.len(), 3);
    for (layer, plain) in lost.layers.iter().zip(&of_plain.layers) {
        assert_eq!(
            (layer.weights.to_string(), layer.outputs.to_string()),
            (plain.weights.to_string(), plain.outputs.to_string())
        );
    }
    assert_eq!(lost.layers[1].path, "l2.l1");
}

#[test]
fn a_form_of_tokens_predicts() {
    let gpt = inner::Gpt::seeded(4);
    let exact = gpt.predict(&text());
    for y in [gpt.to_bf16().predict(&text()), gpt.to_int8(&[text()]).predict(&text())] {
        assert!(exact.as_flat().iter().zip(y.as_flat()).all(|(a, b)| (a - b).abs() < 0.02), "{y:?}");
    }
    assert_eq!(<inner::Gpt as Compact>::Bf16::TREE.params(), inner::Gpt::PARAMS);
    assert_eq!(<inner::Gpt as Compact>::Int8::STACK, <Written as Compact>::Int8::STACK);
    assert_eq!(<inner::Gpt as Compact>::Bf16::INFER, <Written as Compact>::Bf16::INFER);
}

/// What an ONNX file of the form says of each layer.
#[test]
fn the_steps_of_its_form_are_those_of_one_whose_layers_are_written_out() {
    fn steps<N: Compact<In = [f32; 16]>>(net: &N) -> Vec<Option<[f32; 2]>> {
        let (form, mut steps) = (net.to_int8(&[[0.5; 16], [-1.0; 16]]), Vec::new());
        N::steps(&form, &mut |of_layer| steps.push(of_layer.map(|of_layer| [of_layer.inverse, of_layer.zero])));
        steps
    }
    let net = inner::Sandwich::seeded(3);
    let mut plain = Plain::zeroed();
    plain.as_flat_mut().copy_from_slice(net.as_flat());
    assert_eq!(steps(&*net), steps(&*plain));
    assert_eq!(steps(&*net).iter().flatten().count(), 3);
}

#[test]
fn it_may_have_parameters() {
    let (gpt, generic) = (inner::Gpt::seeded(5), {
        let mut generic = inner::GenericGpt::<f32, 32>::zeroed();
        generic.as_flat_mut().copy_from_slice(inner::Gpt::seeded(5).as_flat());
        generic
    });
    let (mut stream, mut other) = (Stream::<inner::Gpt>::new(), Stream::<inner::GenericGpt<f32, 32>>::new());
    for x in text() {
        assert_eq!(bits(&gpt.step(&mut stream, &x)), bits(&generic.step(&mut other, &x)));
    }
    assert!(gpt.to_bf16().as_flat() == generic.to_bf16().as_flat());
    assert_eq!(gpt.to_int8(&[text()]).as_flat(), generic.to_int8(&[text()]).as_flat());
    // Of doubles it has streams alone.
    let doubles = inner::GenericGpt::<f64, 5>::seeded(6);
    let whole = doubles.predict(&text());
    let mut stream = Stream::<inner::GenericGpt<f64, 5>>::new();
    for (x, whole) in text().iter().zip(whole) {
        let y = doubles.step(&mut stream, x);
        assert!(y.iter().zip(whole).all(|(a, b)| (a - b).abs() < 1e-12), "{y:?} is not {whole:?}");
    }
}

#[test]
fn it_may_have_activations_of_ones_own() {
    let cubed = inner::Cubed::<6>::seeded(7);
    let x = [[0.5, -1.0, 2.0], [0.0, 0.25, -0.5], [1.0, 1.0, 1.0], [0.1, 0.2, 0.3], [0.0; 3]];
    let mut stream = Stream::<inner::Cubed<6>>::new();
    assert_eq!(x.map(|x| cubed.step(&mut stream, &x)), cubed.predict(&x));
    let (exact, rounded) = (cubed.predict(&x), cubed.to_bf16().predict(&x));
    assert!(exact.as_flat().iter().zip(rounded.as_flat()).all(|(a, b)| (a - b).abs() < 0.02), "{rounded:?}");
}

/// What stands last gives the network its output and its last activation: it is public in a private module, or these are written.
#[test]
fn a_public_network_may_end_with_what_nobody_sees() {
    let x = [0.5; 16];
    assert!((inner::Shown::seeded(1).predict(&x).iter().sum::<f32>() - 1.0).abs() < 1e-6);
    assert!((inner::Activated::seeded(1).predict(&x).iter().sum::<f32>() - 1.0).abs() < 1e-6);
    let mut trainer = Trainer::new(inner::Shown::seeded(1), CrossEntropy, GradientDescent::new(0.1)).epochs(1).quiet();
    let data = Dataset::new(vec![x; 2], vec![Class::<4>::new(1).unwrap(); 2]).unwrap();
    trainer.fit(&data).unwrap();
}
