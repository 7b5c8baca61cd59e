// says: is [5] in `other.safetensors`, but [6] in `Small`
use typednet::prelude::*;

network! { pub struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

static MODEL: Small = weights!(concat!("other.safetensors"));

fn main() {
    println!("{:?}", MODEL.predict(&[0.5; 4]));
}
