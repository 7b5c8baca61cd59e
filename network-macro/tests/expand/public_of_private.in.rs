pub struct Letters: [Token<65>; 8] => Embedding<16> => Repeat<2, Block> => Each<Dense<65, Softmax>> -> [8, 65]
