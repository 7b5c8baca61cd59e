//! Pairs of samples through networks that `network!` writes.

use typednet::data::pairs;
use typednet::layers::loss::PerStep;
use typednet::layers::{Layer, Operation, assert_gradients, check_parameter_gradients};
use typednet::prelude::*;

const PLACES: usize = 6;

network! {
    /// The second half is a text, the first says which places of it are asked for.
    struct Pick: ([Token<PLACES>; PLACES], [Token<10>; PLACES])
        => Halves<Embedding<16>, Embedding<16> => Positions> => look: CrossAttention<heads = 2> => Each<Dense<10, Softmax>> -> [PLACES, 10]
}

network! {
    /// A block of a decoder: its own steps, then those of an encoder, of which not all count.
    struct Block<T>: ([5, 8], Padded<[4, 6]>)
        => OnFirst<Residual<LayerNorm => Attention<2, causal>>>
        => AddToFirst<OnFirst<LayerNorm> => CrossAttention<heads = 2>>
        => OnFirst<Residual<LayerNorm => Each<Dense<9, Gelu> => Dense<8>>>>
}

network! {
    /// Several of them.
    struct Decoder<T>: ([5, 8], Padded<[4, 6]>) => OnSecond<Gru<6>> => Repeat<2, Block<T>> => TakeFirst => Each<Dense<3>> -> [5, 3]
}

network! {
    /// A word, and a row of numbers beside it.
    struct Mixed: (Padded<[Token<26>; 8]>, 3) => Halves<Embedding<4> => Gru<5> => Last, Dense<4, Relu>>
        => Flatten => Dense<8, Tanh> => Dense<2, Softmax> -> 2
}

network! {
    /// Two outputs: the middle of a row, and its neighbours.
    struct TwoOutputs<f64>: (4, 4) => Halves<Dense<5, Tanh> => Dense<2>, Dense<3>>
}

type Ends = network!(f64: (Padded<[3, 4]>, Padded<[5, 2]>) => CrossAttention<2> => MeanOverSteps => Dense<1>);

/// Random places of random texts, and what stands there.
fn questions(
    count: u64,
    seed: u64,
) -> Dataset<Pair<[Token<PLACES>; PLACES], [Token<10>; PLACES]>, [Class<10>; PLACES]> {
    let key = Key::new(seed);
    let draw = |row: u64, place: u64, below: u64| key.child(row).child(below).below(place, below) as usize;
    let (mut places, mut texts, mut answers) = (vec![], vec![], vec![]);
    for row in 0..count {
        let asked: [usize; PLACES] = std::array::from_fn(|at| draw(row, at as u64, PLACES as u64));
        let text: [usize; PLACES] = std::array::from_fn(|at| draw(row, at as u64, 10));
        places.push(asked.map(|place| Token::new(place).expect("a place")));
        texts.push(text.map(|letter| Token::new(letter).expect("a letter")));
        answers.push(asked.map(|place| Class::new(text[place]).expect("a letter")));
    }
    Dataset::new(pairs(places, texts).expect("as many of both"), answers).expect("data")
}

/// What is asked for is found in texts that were never seen; to guess is right once in ten times.
#[test]
fn attention_finds_the_places_that_are_asked_for() {
    let (seen, new) = (questions(1_500, 1), questions(200, 2));
    let mut pick = Trainer::new(Pick::seeded(3), PerStep(CrossEntropy), Adam::new(0.01)).batch(25).epochs(12).quiet();
    pick.fit(&seen).expect("training");
    let found = pick.evaluate(&new).expect("data").accuracy.expect("classes");
    assert!(found > 0.97, "{found} of the places");
}

/// However many steps there are behind those that count, a network gives the same.
#[test]
fn padding_of_either_half_changes_nothing() {
    let model = Decoder::<f64>::seeded(4);
    let first = [[0.1, -0.2, 0.3, 0.7, -0.9, 0.4, 0.2, -0.5]; 5];
    let mut second = Padded::<[[f64; 6]; 4]>::new(&[[0.3; 6], [-0.7; 6]]).expect("two of four");
    let clean = model.predict(&Pair { first, second });
    second.steps[2..].fill([1e3; 6]);
    assert_eq!(model.predict(&Pair { first, second }), clean);
    second.set_length(3);
    assert!(model.predict(&Pair { first, second }) != clean);
}

#[test]
fn gradients_of_a_decoder_are_central_differences() {
    let draw = |seed: u64, n: usize| Key::new(seed).uniform::<f64>(n as u64) - 0.5;
    let x: Vec<_> = (1..=3)
        .map(|length| {
            let first = std::array::from_fn(|step| std::array::from_fn(|at| draw(5, 8 * step + at + 40 * length)));
            let steps: Vec<[f64; 6]> =
                (0..length).map(|step| std::array::from_fn(|at| draw(6, 6 * step + at + 24 * length))).collect();
            Pair { first, second: Padded::new(&steps).expect("at most four") }
        })
        .collect();
    assert_gradients(&Decoder::<f64>::seeded(7), &x);
    let both: Vec<_> = x.iter().map(|x| Pair { first: x.first[0], second: x.first[1] }).collect();
    let halves = |row: &[f64; 8]| -> [f64; 4] { std::array::from_fn(|at| row[at]) };
    let both: Vec<_> = both.iter().map(|x| Pair { first: halves(&x.first), second: halves(&x.second) }).collect();
    assert_gradients(&TwoOutputs::seeded(8), &both);
    let ends: Vec<_> = x
        .iter()
        .map(|x| {
            let steps: Vec<[f64; 4]> = x.first[..=x.second.length() % 3].iter().map(halves).collect();
            let others: Vec<[f64; 2]> = x.second.counted().iter().map(|row| [row[0], row[1]]).collect();
            let first = Padded::new(&steps).expect("at most three");
            Pair { first, second: Padded::new(&others).expect("at most five") }
        })
        .collect();
    assert_gradients(&Ends::seeded(9), &ends);
}

/// Halves of tokens have no gradient, and all parameters have theirs.
#[test]
fn gradients_behind_tokens_are_central_differences() {
    network! {
        struct Small<f64>: ([Token<3>; 2], Padded<[Token<5>; 4]>)
            => Halves<Embedding<4>, Embedding<2> => Gru<3>> => AddToFirst<CrossAttention<2>> => TakeFirst => Each<Dense<2>> -> [2, 2]
    }
    network! {
        struct Beside<f64>: ([Token<3>; 2], [Token<5>; 1]) => Halves<Embedding<2> => MeanOverSteps, Embedding<2> => Last> => Flatten => Dense<1>
    }
    fn token<const V: usize>(index: usize) -> Token<V> {
        Token::new(index % V).expect("below")
    }
    let x: Vec<_> = (0..4)
        .map(|n| {
            let texts: Vec<_> = (0..=n).map(|at| token::<5>(n + 2 * at)).collect();
            Pair { first: [token::<3>(n), token(n / 2)], second: Padded::new(&texts).expect("at most four") }
        })
        .collect();
    check_parameter_gradients(&Small::seeded(1), &x).unwrap();
    let x: Vec<_> = x.iter().map(|x| Pair { first: x.first, second: [x.second.counted()[0]] }).collect();
    check_parameter_gradients(&Beside::seeded(2), &x).unwrap();
}

/// A word and numbers, stored as bytes, through the trainer; and two outputs with two targets.
#[test]
fn halves_of_different_kinds_are_learnt_together() {
    let word = |text: &str| {
        let tokens: Vec<_> =
            text.bytes().map(|byte| Token::<26>::new(usize::from(byte - b'a')).expect("a letter")).collect();
        Padded::<[Token<26>; 8]>::new(&tokens).expect("at most eight letters")
    };
    // Which class it is follows from both halves, and from none alone.
    let words = ["a", "zed", "a", "zed"].map(word);
    let rows = [[0_u8, 255, 51], [0, 255, 51], [255, 0, 51], [255, 0, 51]];
    let classes = [0, 1, 1, 0].map(|class| Class::<2>::new(class).expect("two classes"));
    let data = Dataset::new(pairs(words, rows).expect("four of both"), classes).expect("data");
    let mut trainer = Trainer::new(Mixed::seeded(1), CrossEntropy, Adam::new(0.02)).batch(4).epochs(300).quiet();
    trainer.fit(&data).expect("training");
    assert_eq!(trainer.evaluate(&data).expect("data").accuracy, Some(1.0));

    let x: Vec<_> =
        (0..8).map(|n| Pair { first: [f64::from(n) / 8.0; 4], second: [f64::from(7 - n) / 8.0; 4] }).collect();
    let y: Vec<_> = x.iter().map(|x| Pair { first: [x.first[0] - 0.5, 0.25], second: [x.second[0]; 3] }).collect();
    let data = Dataset::new(x, y).expect("data");
    let mut trainer =
        Trainer::new(TwoOutputs::seeded(1), SquaredError::Mean, Adam::new(0.02)).batch(8).epochs(600).quiet();
    trainer.fit(&data).expect("training");
    let loss = trainer.evaluate(&data).expect("data").loss;
    assert!(loss < 1e-3, "{loss}");
}

#[test]
fn summaries_show_both_halves() {
    let summary = Decoder::<f32>::summary().to_string();
    for shown in ["([5, 8], [≤4, 6])", "CrossAttention<2>", "AddToFirst"] {
        assert!(summary.contains(shown), "{shown} is not in\n{summary}");
    }
    assert!(!Decoder::<f32>::TREE.any(|layer| layer.behaviour.operation == Operation::Opaque));
    assert!(!Mixed::TREE.any(|layer| layer.behaviour.operation == Operation::Opaque));
}

/// A network of the user's may give padded steps, which only rustc knows; a size that is written stands for one that cannot be computed.
#[test]
#[expect(clippy::float_cmp, reason = "the same bits are asked for, and a sum of whole numbers")]
fn what_only_rustc_knows_fits_where_it_fits() {
    network! { struct Look: (Padded<[3, 4]>, [5, 2]) => CrossAttention<2> }
    network! { struct Looked: (Padded<[3, 4]>, [5, 2]) => AddToFirst<Look> => TakeFirst => Last -> 4 }
    let model = Looked::seeded(3);
    let mut first = Padded::full([[0.5; 4], [-0.5; 4], [7.0; 4]]);
    first.set_length(2);
    let clean = model.predict(&Pair { first, second: [[0.25; 2]; 5] });
    first.steps[2] = [1e3; 4];
    assert_eq!(model.predict(&Pair { first, second: [[0.25; 2]; 5] }), clean);

    network! { struct Wider: [10, 4] => Each<Dense<8>> -> [10, 8] }
    network! { struct Declared: ([10, 4], 3) => OnFirst<Wider> => TakeFirst -> [10, 8] => Each<Relu> => MeanOverSteps -> 8 }
    assert!(Declared::seeded(1).predict(&Pair { first: [[1.0; 4]; 10], second: [0.0; 3] }).iter().all(|y| *y >= 0.0));

    network! {
        struct Sized<const N: usize, const M: usize, const ALL: usize>: ([N, 4], [M, 2]) => Flatten -> ALL => Dense<1>
    }
    let mut sum = Sized::<2, 3, 14>::zeroed();
    sum.l2.weight = [[1.0]; 14];
    assert_eq!(sum.predict(&Pair { first: [[1.0; 4]; 2], second: [[0.5; 2]; 3] }), [11.0]);
}

/// Beside tokens too: before a training, and in a step of one's own.
#[test]
fn numbers_beside_tokens_that_are_not_finite_are_named() {
    network! { struct Both: ([Token<4>; 2], 3) => Halves<Embedding<2> => Last, Dense<2>> => Flatten => Dense<1> }
    let sample = |number| Pair { first: [Token::<4>::default(); 2], second: [1.0, number, 2.0] };
    let data = Dataset::new([sample(0.5), sample(f32::NAN)], [[0.0_f32], [1.0]]).expect("data");
    let trainer = || Trainer::new(Both::seeded(1), SquaredError::Mean, Adam::new(0.02)).quiet();
    let error = trainer().fit(&data).expect_err("a number that is none").to_string();
    assert!(error.starts_with("element 3 of sample 1 of the training data is NaN,"), "{error}");
    let error = trainer().step(data.samples(), data.targets()).expect_err("a number that is none").to_string();
    assert!(error.starts_with("epoch 1, step 1: sample 1 of the data holds a value"), "{error}");
}
