// says: `weights!` needs the name of a safetensors file: `weights!("mnist.safetensors")`
use typednet::prelude::*;

network! { pub struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

static MODEL: Small = weights!();

fn main() {
    println!("{:?}", MODEL.predict(&[0.5; 4]));
}
