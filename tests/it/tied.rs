//! Networks whose output has the table of their embedding, as `network!` writes them: with sizes as constants and as parameters, trained, and
//! step by step.

use typednet::data::text::Windows;
use typednet::layers::loss::Masked;
use typednet::layers::{Layer, Stream, Streaming};
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

network! { pub struct Biased: [Token<7>; 6] => TiedEmbedding<4, Positions => LayerNorm, bias> => Softmax }

network! { pub struct AnyBiased<T, const V: usize>: [Token<V>; 2] => TiedEmbedding<4, LayerNorm, bias = true> }

network! { pub struct Unbiased: [Token<7>; 1] => TiedEmbedding<4, LayerNorm, bias = false> }

network! {
    pub struct Ragged: Padded<[Token<VOCABULARY>; STEPS]>
        => model: TiedEmbedding<WIDTH, Positions => TransformerBlock<3, 24, causal> => LayerNorm, bias> => Softmax -> [STEPS, VOCABULARY]
}

network! { pub struct Logits: Padded<[Token<3>; 4]> => frozen fixed: TiedEmbedding<2, Reverse<Gru<2>>> }

network! { pub struct Sorts<T, const N: usize>: Padded<[Token<3>; N]> => TiedEmbedding<2, LayerNorm> => Gru<4> => Last => Dense<2> -> 2 }

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

#[test]
fn a_bias_is_asked_for() {
    assert_eq!(Biased::PARAMS, 7 + 7 * 4 + 6 * 4 + 2 * 4);
    assert_eq!(Unbiased::PARAMS, Alone::PARAMS);
    let mut model = AnyBiased::<f64, 3>::seeded(0);
    let x = [Token::default(), Token::new(2).unwrap()];
    let before = model.predict(&x);
    model.l1.bias = [0.0, 1.0, -2.0];
    for (y, before) in model.predict(&x).iter().zip(before) {
        assert_eq!(y.as_flat(), [before[0], before[1] + 1.0, before[2] - 2.0]);
    }
}

/// A bias is the logarithm of how often a token stands, where nothing else is known of it.
#[test]
fn a_bias_is_trained() {
    let text: Vec<_> = (0..400).map(|n| Token::new(usize::from(n % 4 == 0)).unwrap()).collect();
    network! { struct Frequencies: [Token<2>; 4] => TiedEmbedding<1, LayerNorm, bias> => Softmax }
    let mut model = Frequencies::seeded(0);
    model.l1.embedding.weight = [[0.0]; 2];
    let mut trainer = Trainer::new(model, PerStep(CrossEntropy), Adam::new(0.05)).epochs(20).quiet();
    trainer.fit(&Windows::<2, 4>::new(text, 1).unwrap()).unwrap();
    let [[rare, often]] = [trainer.model().l1.bias].map(|[often, rare]| [rare, often]);
    assert!((often - rare - 3_f32.ln()).abs() < 0.15, "{often} {rare}");
}

/// Texts of different lengths, whose padding no target counts: what stands there has no part in what is learnt.
#[test]
fn a_language_model_learns_texts_of_different_lengths() {
    let token = |n: usize| Token::<VOCABULARY>::new(n % VOCABULARY).unwrap();
    let count = |first: usize| 1 + first * 3 % STEPS;
    let text = |first: usize, padding: usize| {
        let all = std::array::from_fn(|n| token(if n < count(first) { first + n } else { padding }));
        let mut text = Padded::full(all);
        text.set_length(count(first));
        text
    };
    let next = |first: usize| {
        let target = |n: usize| Class::<VOCABULARY>::new((first + n + 1) % VOCABULARY).unwrap();
        std::array::from_fn::<_, STEPS, _>(|n| (n < count(first)).then(|| target(n)))
    };
    let trained = |padding: usize| {
        let texts: Vec<_> = (0..40).map(|first| text(first, padding)).collect();
        let data = Dataset::new(texts, (0..40).map(next).collect::<Vec<_>>()).unwrap();
        let loss = PerStep(Masked(CrossEntropy));
        let mut trainer = Trainer::new(Ragged::seeded(1), loss, Adam::new(1e-2)).batch(8).epochs(40).quiet();
        trainer.fit(&data).unwrap();
        (trainer.evaluate(&data).unwrap().loss, trainer.into_model())
    };
    let (loss, model) = trained(0);
    assert!(loss < 0.1, "{loss}");
    assert!(trained(3).1.as_flat() == model.as_flat(), "tokens of padding change what is learnt");
    let y = model.predict(&text(4, 0));
    let length = count(4);
    for (n, y) in y.iter().enumerate().take(length) {
        assert!(y[(4 + n + 1) % VOCABULARY] > 0.8, "{n}: {y:?}");
    }
    assert!(y[length..].as_flattened().iter().all(|y| *y == 0.0), "{y:?}");
}

/// Padded logits say how many of them count, and what follows is told.
#[test]
fn padded_logits_go_on() {
    let text = Padded::new(&[Token::<3>::new(1).unwrap(), Token::default()]).unwrap();
    let y = Logits::seeded(0).predict(&text);
    assert_eq!((y.length(), y.steps[2..].as_flattened()), (2, &[0.0; 6][..]));
    assert!(y.counted().as_flattened().iter().all(|y| *y != 0.0));
    assert_eq!(Logits::PARAMS, 0);
    let (short, long) = (Sorts::<f64, 2>::seeded(3), Sorts::<f64, 5>::seeded(3));
    let (text_of_two, longer) = (Padded::new(text.counted()).unwrap(), Padded::new(text.counted()).unwrap());
    assert_eq!(short.predict(&text_of_two).as_flat(), long.predict(&longer).as_flat());
    assert_eq!(Ragged::TREE.output.to_string(), "[8, 5]");
}
