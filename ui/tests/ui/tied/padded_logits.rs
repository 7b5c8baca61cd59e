// says: is not a loss for a network that ends with `Linear` over `Padded<[[f32; 65]; 64]>`
use typednet::layers::loss::{Masked, PerStep};
use typednet::prelude::*;

network! { pub struct Gpt: Padded<[Token<65>; 64]> => TiedEmbedding<8, LayerNorm> }

fn main() {
    let loss = PerStep(Masked(CrossEntropy));
    let _ = Trainer::new(Gpt::seeded(0), loss, Adam::new(0.01));
}
