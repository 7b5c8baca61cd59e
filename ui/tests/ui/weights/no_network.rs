// says: `[f32; 39]` is no block of weights, so no file holds it
use typednet::prelude::*;

static MODEL: [f32; 39] = weights!(concat!("sound.safetensors"));

fn main() {
    println!("{}", MODEL[0]);
}
