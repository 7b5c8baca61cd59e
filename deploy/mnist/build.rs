//! Trains the network on the digits that are embedded in the library: no file of weights has to be believed.

#[path = "src/network.rs"]
mod network;

use std::error::Error;
use std::path::PathBuf;

use network::Mnist;
use typednet::data::mnist;
use typednet::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/network.rs");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo says where to write")?);
    let digits = mnist::embedded()?;
    for (file, seed, epochs) in [("mnist.safetensors", 0, 10), ("other.safetensors", 1, 1)] {
        let mut trainer = Trainer::new(Mnist::seeded(seed), CrossEntropy, Adam::new(1e-3)).epochs(epochs).quiet();
        trainer.fit(&digits.train)?;
        trainer.model().save(folder.join(file))?;
    }
    Ok(())
}
