// says: private type `Scale` in public interface
use typednet::prelude::*;

network! { struct Scale: 16 => Dense<4, Softmax> -> 4 }

network! { pub struct Net: 16 => Dense<16, Relu> => scale: Scale -> 4 }

fn main() {
    println!("{:?}", Net::seeded(0).predict(&[0.5; 16]));
}
