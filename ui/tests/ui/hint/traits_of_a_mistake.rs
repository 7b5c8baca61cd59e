// says: layer `l1: Dense<10>` gives 10, but the network is declared to give 12
use std::fmt;

use typednet::prelude::*;

network! { pub struct Wrong: 784 => Dense<10> -> 12 }

impl Wrong {
    fn first(&self) -> f32 {
        self.l1.weight[0][0]
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first())
    }
}

fn main() {
    println!("{}", *Wrong::seeded(0));
}
