// says: `Rows<4>` does not take its steps one at a time
use typednet::prelude::*;

network! { struct Half<const N: usize>: [5, 3] => Gru<N> -> [5, N] }
network! { pub struct Rows<const N: usize>: [5, 3] => Half<N> -> [5, N] => Each<Dense<2>> -> [5, 2] }

fn main() {
    let _ = Rows::<4>::seeded(0).stream();
}
