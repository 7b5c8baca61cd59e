//! The 109,386-parameter network without std, without an allocator and without libc: weights and digits are statics,
//! and nothing else is there. It prints the class of each digit, a line for each form of the network.
//!
//! `cargo xtask check bare` trains the weights, builds this, and compares its output with the std build's.
#![no_std]
#![no_main]

mod linux;

use typednet::prelude::*;

network! {
    /// The network of the lectures.
    struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax>
}

static MODEL: Mnist = weights!(concat!(env!("TYPEDNET_BARE"), "/weights.safetensors"));
static HALF: <Mnist as Compact>::Bf16 = weights!(concat!(env!("TYPEDNET_BARE"), "/bf16.safetensors"));
static BYTES: <Mnist as Compact>::Int8 = weights!(concat!(env!("TYPEDNET_BARE"), "/int8.safetensors"));
static DIGITS: &[u8] = include_bytes!(concat!(env!("TYPEDNET_BARE"), "/digits.bin"));

fn main() {
    line(|x| MODEL.predict(x));
    line(|x| HALF.predict(x));
    line(|x| BYTES.predict(x));
}

fn line(predict: impl Fn(&[f32; 784]) -> [f32; 10]) {
    for digit in DIGITS.chunks_exact(784) {
        let mut x = [0.0; 784];
        for (x, pixel) in x.iter_mut().zip(digit) {
            *x = f32::from(*pixel) * (1.0 / 255.0);
        }
        linux::write(&[b'0' + Class::of_largest(&predict(&x)).index() as u8]);
    }
    linux::write(b"\n");
}
