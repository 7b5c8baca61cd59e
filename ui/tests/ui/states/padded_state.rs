// says: its state is 32, but the second half of what comes in is Padded<[10, 32]>
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([64, 12], Padded<[10, 32]>) => WithState<Gru<32>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
