//! Trains the 109,386-parameter network and writes what a program without std needs to use it.
//!
//! `cargo run --release --features exchange --example bare_weights FOLDER` writes `weights.safetensors`, the same network as
//! `bf16.safetensors` and `int8.safetensors`, `digits.bin` (test images, one byte per pixel) and `classes.txt` (what this build says
//! they are, a line for each of the three). The program in `no-std/` embeds all but the last, and `cargo xtask check bare` compares what
//! it prints with that.

use std::error::Error;
use std::path::PathBuf;

use typednet::data::mnist;
use typednet::prelude::*;

network! {
    /// The network of the lectures.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

const DIGITS: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("usage: bare_weights FOLDER")?;
    let digits = mnist::embedded()?;
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).epochs(2).quiet();
    trainer.fit(&digits.train)?;

    let model = trainer.model();
    let half = model.to_bf16();
    let bytes = model.to_int8(&digits.train.samples()[..500].iter().map(pixels).collect::<Vec<_>>());
    let images = &digits.test.samples()[..DIGITS];
    let line = |predict: &dyn Fn(&[f32; 784]) -> [f32; 10]| -> String {
        images.iter().map(|image| Class::of_largest(&predict(&pixels(image))).to_string()).collect()
    };
    let lines = [line(&|x| model.predict(x)), line(&|x| half.predict(x)), line(&|x| bytes.predict(x))];

    model.save(folder.join("weights.safetensors"))?;
    half.save(folder.join("bf16.safetensors"))?;
    bytes.save(folder.join("int8.safetensors"))?;
    typednet::formats::write(folder.join("digits.bin"), images.concat())?;
    typednet::formats::write(folder.join("classes.txt"), lines.join("\n"))?;
    Ok(())
}

fn pixels(image: &[u8; 784]) -> [f32; 784] {
    image.map(|pixel| f32::from(pixel) * (1.0 / 255.0))
}
