// says: `l1.weight` is [6, 4] in `transposed.safetensors`, but [4, 6] in `Small`: rows and columns are exchanged
use typednet::prelude::*;

network! { pub struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

static MODEL: Small = weights!(concat!("transposed.safetensors"));

fn main() {
    println!("{:?}", MODEL.predict(&[0.5; 4]));
}
