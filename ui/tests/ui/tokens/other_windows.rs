// says: does not fit a network that reads `[typednet::prelude::Token<65>; 4]`
use typednet::data::text::Windows;
use typednet::loss::PerStep;
use typednet::prelude::*;

network! { pub struct Net: [Token<65>; 4] => Embedding<8> => Each<Dense<65, Softmax>> }

fn main() {
    let mut trainer = Trainer::new(Net::seeded(0), PerStep(CrossEntropy), Adam::new(1e-3));
    let text = Windows::<65, 8>::new([Token::default(); 99], 1).unwrap();
    println!("{:?}", trainer.fit(&text));
}
