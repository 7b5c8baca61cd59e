//! The tests of typednet-data in one program: the library's generic code is compiled once for all of them.
#![allow(missing_docs, reason = "a test")]

mod allocation;
mod augmentation;
mod bad_files;
mod cifar;
mod csv_dialects;
mod encoder;
mod mnist;
mod on_disk;
mod parts;
#[cfg(feature = "images")]
mod pictures;
mod scaler_files;
mod scikit_learn;
mod tables;
mod text;
#[cfg(feature = "tokenizers")]
mod tokenizer;
