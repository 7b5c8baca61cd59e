// says: private type `Hidden` in public interface
use typednet::prelude::*;
use typednet_foreign::Scale;

network! { struct Hidden: 4 => Dense<6, Tanh> }

network! { pub struct Wrong: 4 => Hidden => Scale => Dense<2> }

fn main() {
    println!("{}", Wrong::PARAMS);
}
