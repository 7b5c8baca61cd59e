struct Xor: 2 => hidden: Dense<8, Relu> => answer: Dense<1, Sigmoid>
