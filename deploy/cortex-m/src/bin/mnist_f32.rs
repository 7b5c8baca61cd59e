//! The network of the lectures in `f32`: 437,544 bytes of flash.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use typednet::prelude::*;
use typednet::tensor::matmul::stack_bytes;

network! {
    /// Handwritten digits.
    struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

static MODEL: Mnist = weights!(concat!(env!("TYPEDNET_CORTEX"), "/weights.safetensors"));
static DIGITS: &[u8] = include_bytes!(concat!(env!("TYPEDNET_CORTEX"), "/digits.bin"));

#[entry]
fn main() -> ! {
    static mut X: [[f32; 784]; 1] = [[0.0; 784]];
    static mut Y: [f32; 10] = [0.0; 10];
    static mut MEMORY: [f32; Mnist::INFER.of(1)] = [0.0; Mnist::INFER.of(1)];

    cortex::before(Mnist::FLASH_BYTES, Mnist::RAM_BYTES, stack_bytes::<f32>(), &Mnist::TREE, 4);
    let predict = |sample: usize, y: &mut [f32; 10]| {
        for (x, pixel) in X[0].iter_mut().zip(&DIGITS[784 * sample..]) {
            *x = f32::from(*pixel) * (1.0 / 255.0);
        }
        MODEL.infer(X, core::slice::from_mut(y), MEMORY, PassContext::new(Key::new(0)));
    };
    cortex::run(10, predict, |_, _| (), Y)
}
