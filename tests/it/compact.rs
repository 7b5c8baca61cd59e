//! The forms of fewer bytes of a trained network: how many test images they get right.

use std::io::Write;
use std::path::PathBuf;

use typednet::data::{Split, mnist};
use typednet::prelude::*;

network! { struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> }

/// A network is trained, and no form may lose half a point.
fn compare(name: &str, data: &Split<mnist::Image, mnist::Label>, epochs: usize) {
    for seed in 0..2 {
        let mut trainer = Trainer::new(Mnist::seeded(seed), CrossEntropy, Adam::new(1e-3))
            .batch(64)
            .epochs(epochs)
            .seed(seed)
            .quiet();
        trainer.fit(&data.train).expect("training");
        let model = trainer.into_model();
        let scaled = |image: &mnist::Image| image.map(|pixel| f32::from(pixel) / 255.0);
        let samples: Vec<[f32; 784]> = data.train.samples()[..500].iter().map(scaled).collect();
        let (half, quarter) = (model.to_bf16(), model.to_int8(&samples));
        let mut right = [0; 3];
        for (image, class) in &data.test {
            let x = scaled(image);
            for (right, y) in right.iter_mut().zip([model.predict(&x), half.predict(&x), quarter.predict(&x)]) {
                *right += usize::from(Class::of_largest(&y) == *class);
            }
        }
        let [exact, half, quarter] = right.map(|right| 100.0 * right as f64 / data.test.len() as f64);
        println!("{name}, seed {seed}: f32 {exact:.2} %, bf16 {half:.2} %, int8 {quarter:.2} %");
        assert!(exact - half < 0.5 && exact - quarter < 0.5);
        assert!(exact > 80.0, "the network has learnt nothing");
    }
}

#[test]
fn forms_of_the_embedded_digits_lose_less_than_half_a_point() {
    compare("digits", &mnist::embedded().expect("the embedded digits"), 5);
}

/// It needs the files of Fashion-MNIST, in the folder that `TYPEDNET_FASHION` names or where Debian's
/// `dataset-fashion-mnist` puts them.
#[test]
fn forms_for_fashion_mnist_lose_less_than_half_a_point() {
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
    compare("Fashion-MNIST", &mnist::from_folder(folder).expect("Fashion-MNIST"), 5);
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
