// says: expected `&mut [[NoGradient; 4]]`
use typednet::layers::{Gradient, pass};
use typednet::prelude::*;

network! { struct Net: [Token<65>; 4] => Embedding<2> => Flatten => Dense<1> }

fn main() {
    let (model, x) = (Net::seeded(0), [[Token::default(); 4]; 3]);
    let (mut gradient, mut dx, mut memory) = (Net::zeroed(), [[0.0; 4]; 3], vec![0.0; 999]);
    let run = PassContext::new(Key::new(0));
    // By a token nothing has a gradient.
    let by_tokens: &mut [Gradient<[Token<65>; 4]>] = &mut dx;
    pass::vjp(&*model, &x, |_, dy| dy.fill([1.0]), &mut gradient, Some(by_tokens), &mut memory, run);
}
