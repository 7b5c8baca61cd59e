// says: `sound.safetensors` has no `first.packed_weight`, which is [4, 6] of bf16 in the network, but `l1.weight`
use typednet::prelude::*;

network! { pub struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

static MODEL: <Small as Compact>::Bf16 = weights!(concat!("sound.safetensors"));

fn main() {
    println!("{:?}", MODEL.predict(&[0.5; 4]));
}
