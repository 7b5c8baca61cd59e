// says: `renamed.safetensors` has no `l3.weight`, which is [6, 3] of f32 in `Small`, but `head.
use typednet::prelude::*;

network! { pub struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

static MODEL: Small = weights!(concat!("renamed.safetensors"));

fn main() {
    println!("{:?}", MODEL.predict(&[0.5; 4]));
}
