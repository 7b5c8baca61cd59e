//! Writes the autoencoder of `MLPerf` Tiny's task of anomalies in bytes, and what it gives, for a program without std.
//!
//! `cargo run --release --features exchange --example bare_autoencoder FOLDER` writes `autoencoder_int8.safetensors`, `sounds.bin` and
//! `restored.bin` (inputs and outputs as `f32`, their bytes from the lowest). It is not trained, and its inputs are drawn: what one
//! inference costs depends on neither. The program in `deploy/cortex-m` embeds the first two, and `cargo xtask check cortex` compares
//! what it gives with the third.

use std::error::Error;
use std::path::PathBuf;

use typednet::prelude::*;

network! {
    /// It gives back what it is used to: the distance from that is how unusual a sound is.
    pub struct Autoencoder: 640
        => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<8, Relu>
        => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<640> -> 640
}

const SOUNDS: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("usage: bare_autoencoder FOLDER")?;
    let sound = |number| std::array::from_fn(|i| Key::new(number).normal::<f32>(i as u64));
    let samples: Vec<[f32; 640]> = (0..100).map(sound).collect();
    let form = Autoencoder::seeded(0).to_int8(&samples);
    let outputs: Vec<[f32; 640]> = samples[..SOUNDS].iter().map(|x| form.predict(x)).collect();

    let bytes = |rows: &[[f32; 640]]| rows.as_flattened().iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    form.save(folder.join("autoencoder_int8.safetensors"))?;
    typednet::formats::write(folder.join("sounds.bin"), bytes(&samples[..SOUNDS]))?;
    typednet::formats::write(folder.join("restored.bin"), bytes(&outputs))?;
    Ok(())
}
