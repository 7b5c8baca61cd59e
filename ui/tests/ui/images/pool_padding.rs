// says: its padding of 2 is more than half of its kernel of 3: a window could see nothing but padding
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [32, 32, 3] => MaxPool<3, pad = 2>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
