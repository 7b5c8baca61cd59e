// says: more elements than memory can hold
use typednet::prelude::*;

const VAST: usize = 1_000_000_000_000;

type Wrong = network!(VAST => Dense<VAST>);

fn main() {
    let _ = Wrong::seeded(0);
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
