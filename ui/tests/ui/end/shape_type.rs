// says: layer `l1: Relu` gives [1, 28, 28], but the network is declared to give [1, 28, 20]
use typednet::prelude::*;

type Wrong = network!([1, 28, 28] => Relu -> [1, 28, 20]);

fn main() {}
