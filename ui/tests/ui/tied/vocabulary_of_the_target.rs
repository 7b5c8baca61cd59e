// says: does not fit
use typednet::data::text::Windows;
use typednet::loss::PerStep;
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 4] => TiedEmbedding<8, LayerNorm> => Softmax }

fn main() {
    let mut trainer = Trainer::new(Gpt::seeded(0), PerStep(CrossEntropy), Adam::new(1e-3));
    let text = Windows::<66, 4>::new([Token::default(); 99], 1).unwrap();
    println!("{:?}", trainer.fit(&text));
}
