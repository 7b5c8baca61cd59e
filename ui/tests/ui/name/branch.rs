// says: no field `wid` on type
use typednet::prelude::*;

network! { struct Wrong: 16 => both: Concat<deep: Dense<32, Relu>, wide: Dense<24, Tanh>> => Dense<3> }

fn main() {
    let model = Wrong::seeded(0);
    println!("{:?}", model.both.wid.bias);
}
