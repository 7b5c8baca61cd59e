// says: layer `l1: WithState<Rnn<8, Relu>>`: its state is 8, but the second half of what comes in is 9
use typednet::prelude::*;

type Wrong = network!(([28, 28], 9) => WithState<Rnn<8, Relu>> => TakeSecond);

fn main() {
    println!("{}", Wrong::PARAMS);
}
