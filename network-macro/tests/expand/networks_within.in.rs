pub struct Auto: 784 => Encoder -> 32 => Whiten<32> => parts::Decoder => Dense<10, Softmax>
