//! The forms of fewer bytes of a trained network: how many test images they get right.

use std::io::Write;
use std::path::PathBuf;

use typednet::data::{Dataset, Image, Source, Split, mnist};
use typednet::prelude::*;
use typednet::tensor::Sample;

network! { struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> }

network! {
    struct LeNet: [28, 28, 1]
        => first: Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => head: Dense<10, Softmax>
}

network! {
    struct Block: [14, 14, 8]
        => Residual<Conv2d<8, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
                    => Conv2d<8, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
}

network! {
    struct ResNet: [28, 28, 1]
        => Conv2d<8, 3, pad = 1, stride = 2, bias = false> => BatchNorm2d<Relu>
        => Block
        => Add<main: Conv2d<16, 3, stride = 2, pad = 1, bias = false> => BatchNorm2d<Relu>
                     => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d,
               skip: Conv2d<16, 1, stride = 2, bias = false> => BatchNorm2d> => Relu
        => GlobalAvgPool => Dense<10, Softmax>
}

/// A network is trained, and no form may lose 0.3 points.
fn compare<N, X>(name: &str, data: &Split<X, mnist::Label>, (rate, epochs): (f64, usize), seeds: u64)
where
    N: Compact<In: Sample<Elem = f32>, Out = [f32; 10], Head = Softmax>,
    X: Sample<Elem = u8>,
    Dataset<X, mnist::Label>: Source<N::In, mnist::Label>,
{
    let scaled = |image: &X| {
        let mut x = N::In::zeros();
        for (x, pixel) in x.as_flat_mut().iter_mut().zip(image.as_flat()) {
            *x = f32::from(*pixel) / 255.0;
        }
        x
    };
    for seed in 0..seeds {
        let mut trainer =
            Trainer::new(N::seeded(seed), CrossEntropy, Adam::new(rate)).batch(64).epochs(epochs).seed(seed).quiet();
        trainer.fit(&data.train).expect("training");
        let model = trainer.into_model();
        let samples: Vec<N::In> = data.train.samples()[..500].iter().map(scaled).collect();
        let (half, quarter) = (model.to_bf16(), model.to_int8(&samples));
        let mut right = [0; 3];
        for (images, classes) in data.test.samples().chunks(500).zip(data.test.targets().chunks(500)) {
            let x: Vec<N::In> = images.iter().map(scaled).collect();
            let outputs = [model.predict_many(&x), half.predict_many(&x), quarter.predict_many(&x)];
            for (right, y) in right.iter_mut().zip(outputs) {
                *right += y.iter().zip(classes).filter(|(y, class)| Class::of_largest(y) == **class).count();
            }
        }
        let [exact, half, byte] = right.map(|right| 100.0 * right as f64 / data.test.len() as f64);
        println!("{name}, seed {seed}: f32 {exact:.2} %, bf16 {half:.2} %, int8 {byte:.2} %");
        let test: Vec<N::In> = data.test.samples()[..200].iter().map(scaled).collect();
        let losses = model.losses(&quarter, &test);
        println!("{losses}\n");
        assert!(exact - half < 0.3 && exact - byte < 0.3);
        assert!(exact > 80.0, "the network has learnt nothing");
        // Eight bits for the numbers of an image's layer are some 40 dB; a layer that computes nonsense has none.
        assert!(losses.layers.iter().all(|layer| layer.weights.decibels() > 30.0 && layer.outputs.decibels() > 15.0));
    }
}

#[test]
fn forms_of_the_embedded_digits_lose_less_than_a_third_of_a_point() {
    compare::<Mnist, _>("digits", &mnist::embedded().expect("the embedded digits"), (2e-3, 5), 2);
}

#[test]
fn forms_of_convolutions_lose_less_than_a_third_of_a_point() {
    compare::<LeNet, _>("digits, LeNet", &images(), (2e-3, 8), 1);
}

#[test]
fn forms_of_a_small_resnet_lose_less_than_a_third_of_a_point() {
    compare::<ResNet, _>("digits, a small ResNet", &images(), (2e-3, 12), 1);
}

/// The embedded digits as images.
fn images() -> Split<Image<28, 28, 1>, mnist::Label> {
    mnist::embedded().expect("the embedded digits").reshape()
}

/// It needs the files of Fashion-MNIST, in the folder that `TYPEDNET_FASHION` names or where Debian's
/// `dataset-fashion-mnist` puts them.
#[test]
fn forms_for_fashion_mnist_lose_less_than_a_third_of_a_point() {
    let folder = std::env::var_os("TYPEDNET_FASHION").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| "/usr/share/datasets/fashion-mnist".into());
    if !folder.exists() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {} does not exist; set TYPEDNET_FASHION to a folder with the files",
            folder.display()
        );
        return;
    }
    let images = mnist::from_folder(folder).expect("Fashion-MNIST");
    compare::<Mnist, _>("Fashion-MNIST", &images, (1e-3, 5), 2);
    compare::<LeNet, _>("Fashion-MNIST, LeNet", &images.reshape::<Image<28, 28, 1>>(), (2e-3, 4), 1);
}

#[test]
fn a_struct_has_the_forms_of_its_chain() {
    network! { struct Struct: 6 => first: Dense<5, Tanh> => Dropout<0.5> => Relu => head: Dense<3, Softmax> -> 3 }
    type Chain = network!(6 => Dense<5, Tanh> => Dropout<0.5> => Relu => Dense<3, Softmax>);

    let (network, mut chain) = (Struct::seeded(1), Chain::zeroed());
    chain.as_flat_mut().copy_from_slice(network.as_flat());
    let samples = [[0.25; 6], [-1.0; 6]];
    assert!(network.to_bf16().as_flat() == chain.to_bf16().as_flat());
    assert!(network.to_int8(&samples).as_flat() == chain.to_int8(&samples).as_flat());
    let [a, b] = samples.map(|x| network.to_bf16().predict(&x).map(f32::to_bits));
    assert_ne!(a, b);
}
