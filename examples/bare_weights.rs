//! Trains the 109,386-parameter network and writes what a program without std needs to use it.
//!
//! `cargo run --release --example bare_weights FOLDER` writes `weights.bin` (the flat block, little-endian `f32`),
//! `digits.bin` (test images, one byte per pixel) and `classes.txt` (what this build says they are). The program in
//! `no-std/` embeds the first two, and `cargo xtask check bare` compares what it prints with the third.

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
    let weights: Vec<u8> = model.as_flat().iter().flat_map(|weight| weight.to_le_bytes()).collect();
    let images = &digits.test.samples()[..DIGITS];
    let classes: String = images
        .iter()
        .map(|image| {
            Class::of_largest(&model.predict(&image.map(|pixel| f32::from(pixel) * (1.0 / 255.0)))).to_string()
        })
        .collect();

    typednet::formats::write(folder.join("weights.bin"), weights)?;
    typednet::formats::write(folder.join("digits.bin"), images.concat())?;
    typednet::formats::write(folder.join("classes.txt"), classes)?;
    Ok(())
}
