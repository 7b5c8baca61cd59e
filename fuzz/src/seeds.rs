//! Writes what today's writers write into a folder for each target, to begin a fuzzer with, and says the names of all
//! targets: `seeds FOLDER`.
#![allow(missing_docs, reason = "a program")]

use std::path::PathBuf;
use std::{env, fs};

use typednet_fuzz::TARGETS;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).expect("usage: seeds FOLDER"));
    for target in TARGETS {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        println!("{}", target.name);
        for (i, seed) in (target.seeds)().into_iter().enumerate() {
            fs::write(folder.join(format!("seed-{i}")), seed)?;
        }
    }
    Ok(())
}
