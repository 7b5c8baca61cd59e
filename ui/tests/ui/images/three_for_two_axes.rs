// says: expected one whole number or two, such as `[3, 5]`, as the kernel, found `[3, 3, 3]`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<6, [3, 3, 3]>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
