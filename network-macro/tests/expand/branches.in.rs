/// Branches of every kind.
pub struct Branches: 16
    => both: Concat<deep: Dense<32, Relu> => Dense<8>, wide: Dense<WIDTH, Tanh>>
    => Add<Dense<40>, Dropout<0.5>>
    => Concat<one: Encoder, Dense<2>, three: Dense<3>>
    => Dense<10, Softmax>
