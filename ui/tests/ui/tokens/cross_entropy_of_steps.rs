// says: over `[[f32; 65]; 4]`
use typednet::prelude::*;

network! { pub struct Net: [Token<65>; 4] => Embedding<8> => Each<Dense<65, Softmax>> }

fn main() {
    let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(1e-3));
    println!("{}", trainer.model().predict(&[Token::default(); 4]).len());
}
