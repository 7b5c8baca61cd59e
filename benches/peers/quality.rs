//! Trains what `quality_pytorch.py` trains: a small GPT, an LSTM and a GRU over the characters of plays, in batches of the same lines
//! in the same order. It says how well they know the last tenth, which they do not learn from.
//!
//! ```text
//! cargo run --release -p benches --example quality -- [gpt|lstm|gru [SEED [own]]]
//! ```
//!
//! Dense layers begin as `PyTorch`'s `nn.Linear` does, with `own` as they do here. Beside each figure stands `PyTorch`'s, from
//! `quality.json`. All runs on one thread.

use std::error::Error;

use typednet::data::text::{self, Vocabulary, Windows};
use typednet::layers::{Init, ParamKind};
use typednet::loss::{LossFor, PerStep};
use typednet::optim::schedule::{Cosine, LinearWarmUp, Schedule};
use typednet::prelude::*;

/// How many steps a training has, and in how many of them the rate rises.
const STEPS: u64 = 1000;
const WARM_UP: u64 = 100;

/// The characters of a line, and the kinds of them.
const LINE: usize = 64;
const KINDS: usize = 63;

network! {
    struct Block: [LINE, 128] => Residual<LayerNorm => Attention<heads = 4, causal>>
                              => Residual<LayerNorm => Each<Dense<512, Gelu> => Dense<128>>> -> [LINE, 128]
}

network! {
    struct Gpt: [Token<KINDS>; LINE] => Embedding<128> => Positions => blocks: Repeat<4, Block> => LayerNorm
                => Each<Dense<KINDS, Softmax>> -> [LINE, KINDS]
}

network! {
    struct ByLstm: [Token<KINDS>; LINE] => Embedding<64> => Lstm<128> => Each<Dense<KINDS, Softmax>> -> [LINE, KINDS]
}

network! {
    struct ByGru: [Token<KINDS>; LINE] => Embedding<64> => Gru<128> => Each<Dense<KINDS, Softmax>> -> [LINE, KINDS]
}

/// What a network reads, and what it is to say.
type Line = [Token<KINDS>; LINE];
type Next = [Class<KINDS>; LINE];

/// The text to learn from, and that to be asked about.
struct Text {
    known: Vec<Token<KINDS>>,
    unseen: Windows<KINDS, LINE>,
}

/// Number `place` of a seed's (splitmix64).
fn drawn(seed: u64, place: u64, below: usize) -> usize {
    let mut x = ((seed << 32) + place + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((u128::from(x ^ x >> 31) * below as u128) >> 64) as usize
}

/// Gives dense layers the first weights and biases of `nn.Linear`: uniform in ±1/√inputs.
fn as_pytorch<M: Layer<Elem = f32>>(model: &mut M, seed: u64) {
    let (mut is_dense, mut run) = (false, 0);
    M::TREE.visit(&mut |place| {
        // What is drawn from a normal distribution of its fans is a dense layer's; its bias stands behind it.
        let is_weight = matches!(place.param.init, Init::HeNormal | Init::XavierNormal);
        if is_weight || is_dense && place.kind == ParamKind::Bias {
            let values = &mut model.as_flat_mut()[place.range()];
            Init::UniformFanIn.fill(values, place.param.fan_in, place.param.fan_out, Key::new(seed).child(run));
        }
        (is_dense, run) = (is_weight, run + 1);
    });
}

/// Nats for a character of the unseen text after a training.
fn train<M>(text: &Text, seed: u64, own: bool, batch: usize, rate: f64) -> Result<f64, Box<dyn Error>>
where
    M: Layer<In = Line, Out = [[f32; KINDS]; LINE], Elem = f32>,
    PerStep<CrossEntropy>: LossFor<M::Head, M::Out, Target = Next>,
{
    let mut model = M::seeded(seed);
    if !own {
        as_pytorch(&mut *model, seed + 1000);
    }
    let schedule = LinearWarmUp::new(0.0, WARM_UP).then(WARM_UP, Cosine::new(STEPS - WARM_UP));
    let trainer = Trainer::new(model, PerStep(CrossEntropy), AdamW::new(rate));
    let mut trainer = trainer.batch(batch).threads(1).clip_norm(1.0).schedule(schedule).quiet();
    for step in 0..STEPS {
        let starts = (0..batch as u64).map(|row| drawn(seed, step * batch as u64 + row, text.known.len() - LINE));
        let (x, next): (Vec<Line>, Vec<Next>) = starts
            .map(|start| {
                let line = |from: usize| std::array::from_fn(|at| text.known[from + at]);
                (line(start), line(start + 1).map(Class::from))
            })
            .unzip();
        trainer.step(&x, &next)?;
    }
    Ok(trainer.evaluate(&text.unseen)?.loss)
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let plays = text::shakespeare()?;
    let tokens = Vocabulary::<KINDS>::of(&plays)?.encode(&plays)?;
    let (known, unseen) = tokens.split_at(tokens.len() / 10 * 9);
    let text = Text { known: known.to_vec(), unseen: Windows::new(unseen, LINE)? };
    let peer: serde_json::Value = serde_json::from_str(include_str!("quality.json"))?;
    let own = args.get(2).is_some_and(|word| word == "own");
    for name in ["gpt", "lstm", "gru"].into_iter().filter(|name| args.first().is_none_or(|wanted| wanted == name)) {
        let seeds = args.get(1).map_or(Ok(vec![0, 1, 2]), |seed| seed.parse().map(|seed| vec![seed]))?;
        for seed in seeds {
            let nats = match name {
                "gpt" => train::<Gpt>(&text, seed, own, 12, 1e-3)?,
                "lstm" => train::<ByLstm>(&text, seed, own, 32, 2e-3)?,
                _ => train::<ByGru>(&text, seed, own, 32, 2e-3)?,
            };
            let torch = peer["nats"][name][seed as usize].as_f64();
            let beside =
                torch.map_or(String::new(), |torch| format!(", {:+.2} % of PyTorch's", 100.0 * (nats / torch - 1.0)));
            println!("{name}, seed {seed}: {nats:.4} nats for a character{beside}");
        }
    }
    Ok(())
}
