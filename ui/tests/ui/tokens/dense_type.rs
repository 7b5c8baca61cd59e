// says: layer `l1: Dense<10>`: it reads numbers, but [Token<65>; 64] comes in: write `Embedding<64> =>` before it
use typednet::prelude::*;

type Wrong = network!([Token<65>; 64] => Dense<10>);

fn main() {
    println!("{}", Wrong::PARAMS);
}
