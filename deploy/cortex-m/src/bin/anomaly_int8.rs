//! The autoencoder that looks for anomalies in sounds, of MLPerf Tiny's shape, in bytes.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use typednet::prelude::*;

network! {
    /// It gives back what it is used to: the distance from that is how unusual a sound is.
    struct Autoencoder: 640
        => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<8, Relu>
        => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<640> -> 640
}

type Form = <Autoencoder as Compact>::Int8;

static MODEL: Form = weights!(concat!(env!("TYPEDNET_CORTEX"), "/autoencoder_int8.safetensors"));
static SOUNDS: &[u8] = include_bytes!(concat!(env!("TYPEDNET_CORTEX"), "/sounds.bin"));

#[entry]
fn main() -> ! {
    static mut X: [[f32; 640]; 1] = [[0.0; 640]];
    static mut Y: [f32; 640] = [0.0; 640];
    static mut MEMORY: [f32; Form::INFER.of(1)] = [0.0; Form::INFER.of(1)];

    cortex::before(Form::FLASH_BYTES, Form::RAM_BYTES, &Form::TREE, 1);
    let predict = |sample: usize, y: &mut [f32; 640]| {
        for (x, bytes) in X[0].iter_mut().zip(SOUNDS[4 * 640 * sample..].as_chunks().0) {
            *x = f32::from_le_bytes(*bytes);
        }
        MODEL.infer(X, core::slice::from_mut(y), MEMORY, PassContext::new(Key::new(0)));
    };
    cortex::run(2, predict, Y)
}
