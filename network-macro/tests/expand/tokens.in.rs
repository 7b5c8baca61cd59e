/// Characters of a text, and what comes behind each.
pub struct Letters<const V: usize>: [Token<V>; STEPS] => Embedding<8> => Each<Dense<V, Softmax>>
