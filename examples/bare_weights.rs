//! Trains the 109,386-parameter network and writes what a program without std needs to use it.
//!
//! `cargo run --release --features exchange --example bare_weights FOLDER` writes `weights.safetensors`, the same network as
//! `bf16.safetensors` and `int8.safetensors`, `digits.bin` (test images, one byte per pixel) and `classes.txt` (what this build says
//! they are, a line for each of the three). The program in `no-std/` embeds all but the last, and `cargo xtask check bare` compares what
//! it prints with that. `outputs.bin` and `outputs_int8.bin` are the numbers themselves, as bytes of `f32`, for `deploy/cortex-m`. A number behind the folder is that of epochs over images that are shifted, turned and scaled anew in each, for
//! digits that are drawn by hand (`deploy/web`).

use std::error::Error;
use std::path::PathBuf;

use typednet::data::{Augment, Augmented, mnist};
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;

network! {
    /// The network of the lectures.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

const DIGITS: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let folder = args.next().map(PathBuf::from).ok_or("usage: bare_weights FOLDER [EPOCHS]")?;
    let epochs = args.next().map(|epochs| epochs.to_string_lossy().parse::<usize>()).transpose()?;
    let digits = mnist::embedded()?;
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).epochs(2).quiet();
    if let Some(epochs) = epochs {
        let changes = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
        trainer = trainer.epochs(epochs).schedule_by_epoch(Cosine::new(epochs as u64));
        trainer.fit(&Augmented::new(digits.train.clone(), changes)?)?;
    } else {
        trainer.fit(&digits.train)?;
    }

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
    let outputs = |predict: &dyn Fn(&[f32; 784]) -> [f32; 10]| -> Vec<u8> {
        images.iter().flat_map(|image| predict(&pixels(image))).flat_map(f32::to_le_bytes).collect()
    };
    typednet::formats::write(folder.join("outputs.bin"), outputs(&|x| model.predict(x)))?;
    typednet::formats::write(folder.join("outputs_int8.bin"), outputs(&|x| bytes.predict(x)))?;
    Ok(())
}

fn pixels(image: &[u8; 784]) -> [f32; 784] {
    image.map(|pixel| f32::from(pixel) * (1.0 / 255.0))
}
