// says: it is a `state_dict` as PyTorch has them: read it with `load_torch`, and write it with `save`
use typednet::prelude::*;

network! { pub struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

static MODEL: Small = weights!(concat!("torch.safetensors"));

fn main() {
    println!("{:?}", MODEL.predict(&[0.5; 4]));
}
