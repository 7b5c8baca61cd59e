//! Networks whose output has the table of their embedding, as `network!` writes them: with sizes as constants and as parameters, trained, and
//! step by step.

use typednet::data::text::Windows;
use typednet::layers::{Stream, Streaming};
use typednet::loss::PerStep;
use typednet::prelude::*;

const VOCABULARY: usize = 5;
const STEPS: usize = 8;
const WIDTH: usize = 12;

network! {
    pub struct Gpt: [Token<VOCABULARY>; STEPS]
        => model: TiedEmbedding<WIDTH, Positions => Repeat<2, TransformerBlock<3, 24, causal>> => LayerNorm>
        => Softmax -> [STEPS, VOCABULARY]
}

network! { pub struct Body: [6, 4] => Positions => LayerNorm }

network! { pub struct OfANetwork: [Token<7>; 6] => TiedEmbedding<4, Body> => Softmax }

network! { pub struct Alone: [Token<7>; 1] => TiedEmbedding<4, LayerNorm> }

network! { pub struct Any<T, const V: usize, const N: usize>: [Token<V>; N] => TiedEmbedding<4, LayerNorm => Each<Dense<4>>> => Softmax }

network! { pub struct Around: [Token<5>; 3] => frozen fixed: TiedEmbedding<4, LayerNorm> => Each<Dense<2, Tanh>> => Flatten => Dense<2> }

network! {
    pub struct Both: ([Token<5>; 3], [Token<4>; 2]) => Halves<TiedEmbedding<4, LayerNorm>, TiedEmbedding<2, LayerNorm>> => Flatten => Dense<1>
}

type Typed = network!(f64: [Token<5>; 6] => TiedEmbedding<4, Gru<4>> => Flatten => Dense<2>);

#[test]
fn a_table_is_there_once() {
    assert_eq!(Alone::PARAMS, 7 * 4 + 2 * 4);
    assert_eq!(OfANetwork::PARAMS, 7 * 4 + 6 * 4 + 2 * 4);
    assert_eq!(Typed::PARAMS, 5 * 4 + 4 * 12 + 4 * 12 + 12 + 4 + 30 * 2 + 2);
    assert_eq!(Around::PARAMS, 5 * 2 + 2 + 6 * 2 + 2);
    let y: [[f64; 3]; 2] = Any::<f64, 3, 2>::seeded(0).predict(&[Token::default(), Token::new(2).unwrap()]);
    assert!((y[1].iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(OfANetwork::seeded(0).predict(&[Token::default(); 6])[0][0] > 0.0);
    assert!(
        Both::seeded(0).predict(&Pair { first: [Token::default(); 3], second: [Token::default(); 2] })[0].is_finite()
    );
}

/// It counts, over and over, and writes on as it was taught, one token at a time.
#[test]
fn a_language_model_learns_and_generates() {
    let text: Vec<_> = (0..400).map(|n| Token::new(n % VOCABULARY).unwrap()).collect();
    let mut trainer = Trainer::new(Gpt::seeded(1), PerStep(CrossEntropy), Adam::new(1e-2)).epochs(20).quiet();
    trainer.fit(&Windows::<VOCABULARY, STEPS>::new(text, 1).unwrap()).unwrap();
    let model = trainer.model();

    let (mut stream, mut token, mut said) = (Stream::<Gpt>::new(), Token::new(3).unwrap(), Vec::new());
    let mut steps = Vec::new();
    for _ in 0..STEPS {
        let y = model.step(&mut stream, &token);
        steps.push((token, y));
        let likely = (0..VOCABULARY).max_by(|a, b| y[*a].total_cmp(&y[*b])).unwrap();
        token = Token::new(likely).unwrap();
        said.push(likely);
    }
    assert_eq!(said, [4, 0, 1, 2, 3, 4, 0, 1]);
    let whole = model.predict(&std::array::from_fn(|n| steps[n].0));
    for ((_, step), whole) in steps.iter().zip(whole) {
        assert!(step.iter().zip(whole).all(|(a, b)| (a - b).abs() < 1e-5));
    }
}
