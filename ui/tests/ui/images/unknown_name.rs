// says: `Conv2d` has no argument `padding`: it has `filters`, `kernel`, `activation`, `stride`, `pad`, `dilation`, `groups` and `bias`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<6, 3, padding = 1>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
