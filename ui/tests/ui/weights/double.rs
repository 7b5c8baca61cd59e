// says: `l1.bias` is of f64 in `double.safetensors`, but of f32 in `Small`
use typednet::prelude::*;

network! { pub struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

static MODEL: Small = weights!(concat!("double.safetensors"));

fn main() {
    println!("{:?}", MODEL.predict(&[0.5; 4]));
}
