//! The 109,386-parameter network without std, without an allocator and without libc: weights and digits are statics,
//! and nothing else is there. It prints the class of each digit.
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

static MODEL: Mnist = from_le_bytes(include_bytes!(concat!(env!("TYPEDNET_BARE"), "/weights.bin")));
static DIGITS: &[u8] = include_bytes!(concat!(env!("TYPEDNET_BARE"), "/digits.bin"));

fn main() {
    for digit in DIGITS.chunks_exact(784) {
        let mut x = [0.0; 784];
        for (x, pixel) in x.iter_mut().zip(digit) {
            *x = f32::from(*pixel) * (1.0 / 255.0);
        }
        let class = Class::of_largest(&MODEL.predict(&x));
        linux::write(&[b'0' + class.index() as u8]);
    }
    linux::write(b"\n");
}
