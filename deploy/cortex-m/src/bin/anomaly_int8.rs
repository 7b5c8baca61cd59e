//! The autoencoder that looks for anomalies in sounds, of MLPerf Tiny's shape, in bytes.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::hprintln;
use typednet::prelude::*;
use typednet::tensor::Aligned;
use typednet::tensor::compact::stack_bytes_int8;

network! {
    /// It gives back what it is used to: the distance from that is how unusual a sound is.
    struct Autoencoder: 640
        => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<8, Relu>
        => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<640> -> 640
}

type Form = <Autoencoder as Compact>::Int8;

/// Words are read of it: they lie at their own addresses.
static MODEL: Aligned<Form> = Aligned(weights!(concat!(env!("TYPEDNET_CORTEX"), "/autoencoder_int8.safetensors")));
/// Usual and unusual ones, in turns.
static SOUNDS: &[u8] = include_bytes!(concat!(env!("TYPEDNET_CORTEX"), "/sounds.bin"));

#[entry]
fn main() -> ! {
    static mut X: [[f32; 640]; 1] = [[0.0; 640]];
    static mut Y: [f32; 640] = [0.0; 640];
    static mut MEMORY: [f32; Form::INFER.of(1)] = [0.0; Form::INFER.of(1)];

    cortex::before(Form::FLASH_BYTES, Form::RAM_BYTES, stack_bytes_int8(), &Form::TREE, 1);
    let predict = |sample: usize, y: &mut [f32; 640]| {
        X[0].iter_mut().zip(sound(sample)).for_each(|(to, x)| *to = x);
        MODEL.infer(X, core::slice::from_mut(y), MEMORY, PassContext::new(Key::new(0)));
    };
    // How unusual the sound is.
    let look = |sample: usize, y: &[f32; 640]| {
        let error = sound(sample).zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f32>() / 640.0;
        hprintln!("error {:08x}", error.to_bits());
    };
    cortex::run(4, predict, look, Y)
}

fn sound(number: usize) -> impl Iterator<Item = f32> {
    SOUNDS.as_chunks().0[640 * number..][..640].iter().map(|bytes| f32::from_le_bytes(*bytes))
}
