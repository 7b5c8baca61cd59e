// says: `l3.bias` has 12 bytes, but `cut.safetensors` has it at
use typednet::prelude::*;

network! { pub struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

static MODEL: Small = weights!(concat!("cut", ".safetensors"));

fn main() {
    println!("{:?}", MODEL.predict(&[0.5; 4]));
}
