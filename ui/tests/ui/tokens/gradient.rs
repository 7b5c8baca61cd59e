// says: expected `&mut [[NoGradient; 4]]`
use typednet::layers::pass;
use typednet::prelude::*;

network! { struct Net: [Token<65>; 4] => Embedding<2> => Flatten => Dense<1> }

fn main() {
    let (model, x) = (Net::seeded(0), [[Token::default(); 4]; 3]);
    let (mut gradient, mut dx, mut memory) = (Net::zeroed(), [[0.0; 4]; 3], vec![0.0; 999]);
    let run = PassContext::new(Key::new(0));
    // By a token nothing has a gradient.
    pass::vjp(&*model, &x, |_, dy| dy.fill([1.0]), &mut gradient, Some(&mut dx), &mut memory, run);
}
