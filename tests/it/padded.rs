//! Sequences of different lengths through networks that `network!` writes.

use typednet::data::text::{TooLong, Vocabulary};
use typednet::layers::Predictor;
use typednet::layers::loss::{Masked, PerStep};
use typednet::prelude::*;

network! {
    /// What a word is, of at most 8 letters.
    struct Word: Padded<[Token<26>; 8]> => Embedding<4> => gru: Gru<5> => Last => Dense<3, Softmax> -> 3
}

network! {
    /// A transformer's encoder with a mask, over at most `ROOM` steps.
    struct Encoder<T, const ROOM: usize>: Padded<[ROOM, 6]> => Positions<Sinusoidal> => Repeat<2, TransformerBlock<2, 7>>
                                                            => LayerNorm => MeanOverSteps -> 6
}

network! {
    /// What every letter is.
    struct Letters: Padded<[Token<26>; 8]> => Embedding<4> => both: Concat<Gru<3>, Reverse<Gru<3>>> => Dropout<0.1> => Relu
                                           => Each<Dense<2, Softmax>> -> [8, 2]
}

network! {
    /// A network that reads words, within another.
    struct Verdict: Padded<[Token<26>; 8]> => frozen word: Word => Dense<1, Sigmoid> -> 1
}

network! {
    /// What follows each letter.
    struct Next: Padded<[Token<26>; 8]> => Embedding<6> => Positions => Residual<LayerNorm => Attention<2, causal>>
                                        => Gru<5> => Each<Dense<26, Softmax>> -> [8, 26]
}

network! {
    /// The same of words of eight letters.
    struct NextOfEight: [Token<26>; 8] => Embedding<6> => Positions => Residual<LayerNorm => Attention<2, causal>>
                                       => Gru<5> => Each<Dense<26, Softmax>> -> [8, 26]
}

mod inner {
    use typednet::layers::{Activation, Arg, Init, SavesForBackward};
    use typednet::prelude::*;
    use typednet::tensor::Scalar;

    struct Cube;

    impl<T: Scalar> Activation<T> for Cube {
        const ARG: Arg = Arg::Type("Cube", &[]);
        const INIT: Init = Init::XavierNormal;
        const KEEPS: SavesForBackward = SavesForBackward::Input;

        fn apply(z: &mut [T], _: usize) {
            for z in z {
                *z = *z * *z * *z;
            }
        }

        fn backward(z: &[T], dy: &mut [T], _: usize) {
            for (dy, z) in dy.iter_mut().zip(z) {
                *dy *= T::of(3.0) * *z * *z;
            }
        }
    }

    network! {
        /// Public, with an activation that nobody sees.
        pub struct Marks<T, const ROOM: usize>: Padded<[ROOM, 3]> => Each<Dense<4, Cube>> => Gru<2> -> [ROOM, 2]
    }
}

type Ends = network!(f64: Padded<[5, 2]> => Concat<there: Lstm<3> => Last, back: Reverse<Lstm<3>> => MeanOverSteps> => Dense<1>);

fn letters() -> Vocabulary<26> {
    Vocabulary::new('a'..='z').expect("26 letters")
}

/// However many steps there are behind those that count, a network gives the same, to the bit.
#[test]
fn more_room_changes_nothing() {
    let narrow = Encoder::<f64, 4>::seeded(1);
    let mut wide = Encoder::<f64, 9>::zeroed();
    wide.as_flat_mut().copy_from_slice(narrow.as_flat());
    for length in 1..=4_u32 {
        let steps: Vec<[f64; 6]> = (0..length).map(|n| [0.3 * f64::from(n); 6].map(f64::sin)).collect();
        let [a, b] = [
            narrow.predict(&Padded::new(&steps).expect("room for four")),
            wide.predict(&Padded::new(&steps).expect("room for nine")),
        ];
        assert_eq!(a.map(f64::to_bits), b.map(f64::to_bits), "{length} steps");
        let many = narrow.predict_many(&[Padded::new(&steps).expect("room for four"); 3]);
        assert!(many.iter().flatten().zip(a.iter().cycle()).all(|(many, one)| (many - one).abs() < 1e-12));
    }
}

/// A word of one letter and one of eight: what is told of it is told of the letters alone.
#[test]
fn a_state_is_that_behind_the_last_letter() {
    let model = Word::seeded(2);
    for word in ["a", "cab", "zzzzzzzz"] {
        let x = letters().padded(word, TooLong::Refused).expect("a word");
        let embedded = model.l1.predict(&x);
        let mut stream = Stream::new();
        let states: Vec<_> =
            embedded.counted().iter().map(|letter| model.gru.inner.step(&mut stream, letter)).collect();
        assert_eq!(states.len(), word.len());
        let answer = model.l4.predict(states.last().expect("a letter"));
        assert_eq!(model.predict(&x).map(f32::to_bits), answer.map(f32::to_bits));
    }
}

#[test]
fn summaries_say_what_is_padded() {
    let summary = Word::summary().to_string();
    for said in ["[≤8]", "[≤8, 4]", "[≤8, 5]", "Gru<5>"] {
        assert!(summary.contains(said), "{said} in\n{summary}");
    }
    assert_eq!(Word::PARAMS, 26 * 4 + 3 * 5 * (4 + 5 + 1) + 5 + 5 * 3 + 3);
    assert_eq!(Verdict::PARAMS, 4);
    assert!(Ends::seeded(0).predict(&Padded::full([[0.5; 2]; 5]))[0].is_finite());
}

/// Words whose last letter says what they are; a network that read the padding would have to look for it.
#[test]
fn words_of_different_lengths_are_learnt() {
    let vocabulary = letters();
    let words: Vec<String> = (0..240_u64)
        .map(|n| {
            let letter = |at: u64| char::from(b'a' + Key::new(n).below(at, 26) as u8);
            (0..=Key::new(n).below(99, 8)).map(letter).collect()
        })
        .collect();
    let samples = vocabulary.padded_texts::<8, _>(&words, TooLong::Refused).expect("they have room");
    let class = |word: &String| Class::new(usize::from(word.as_bytes()[word.len() - 1] - b'a') / 9).expect("below 3");
    let data = Dataset::new(samples, words.iter().map(class).collect::<Vec<_>>()).expect("words");
    let mut trainer = Trainer::new(Word::seeded(0), CrossEntropy, Adam::new(0.02)).batch(16).epochs(40).quiet();
    trainer.fit(&data).expect("a training");
    let accuracy = trainer.evaluate(&data).expect("a look").accuracy.expect("classes");
    assert!(accuracy > 0.97, "{accuracy}");
    // With weights of one byte hardly a word has another answer.
    let form = trainer.model().to_int8(data.samples());
    let right = data.iter().filter(|(word, class)| class.is_largest(&form.predict(word))).count() as f64;
    assert!(right / words.len() as f64 > accuracy - 0.01, "{right} of {}, and {accuracy}", words.len());
}

/// Targets of padding do not count, and what is given for padding has no gradient: whatever stands there, the loss is the same.
#[test]
fn steps_with_targets_of_their_own_are_learnt() {
    let vocabulary = letters();
    let words = ["a", "baobab", "cab", "tea", "oboe", "banana", "ease", "zoo"];
    let vowel = |letter: char| Class::<2>::new(usize::from("aeiou".contains(letter))).expect("two");
    let target = |word: &str| std::array::from_fn::<_, 8, _>(|step| word.chars().nth(step).map(vowel));
    let samples = vocabulary.padded_texts::<8, _>(words, TooLong::Refused).expect("they have room");
    let data = Dataset::new(samples, words.map(target).to_vec()).expect("words");
    let loss = PerStep(Masked(CrossEntropy));
    let mut trainer = Trainer::new(Letters::seeded(0), loss, Adam::new(0.02)).batch(4).epochs(150).quiet();
    trainer.fit(&data).expect("a training");
    let seen = trainer.evaluate(&data).expect("a look");
    assert!(seen.loss < 0.05, "{}", seen.loss);
    let y = trainer.model().predict(&data.samples()[0]);
    assert!(y[0][1] > 0.9 && y[1..].as_flattened().iter().all(|y| *y == 0.0), "{y:?}");
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

/// Letter by letter a network says what it says of the whole word, and what one says that reads words of eight letters.
#[test]
fn words_are_taken_letter_by_letter() {
    let (next, mut of_eight) = (Next::seeded(3), NextOfEight::zeroed());
    of_eight.as_flat_mut().copy_from_slice(next.as_flat());
    for word in ["a", "cab", "zzzzzzzz"] {
        let x = letters().padded(word, TooLong::Refused).expect("a word");
        let (whole, mut stream, mut other) = (next.predict(&x), next.stream(), of_eight.stream());
        for (letter, whole) in x.counted().iter().zip(whole) {
            let y = next.step(&mut stream, letter);
            assert_eq!(bits(&y), bits(&of_eight.step(&mut other, letter)));
            assert!(y.iter().zip(whole).all(|(a, b)| (a - b).abs() < 1e-6), "{y:?} is not {whole:?}");
        }
        assert_eq!(stream.taken(), word.len());
        assert_eq!(bits(stream.state.as_flat()), bits(other.state.as_flat()));
    }
}

/// What a public network has of private parts, it has without naming them.
#[test]
fn a_public_network_of_private_parts_takes_steps() {
    let marks = inner::Marks::<f64, 4>::seeded(3);
    let steps = [[0.5, -1.0, 2.0], [0.0, 0.25, -0.5], [1.0, 1.0, 1.0]];
    let (whole, mut stream) = (marks.predict(&Padded::new(&steps).expect("room for four")), marks.stream());
    for (x, whole) in steps.iter().zip(whole) {
        assert_eq!(marks.step(&mut stream, x).map(f64::to_bits), whole.map(f64::to_bits));
    }
}

/// Every word of two letters of the first seven, and some that are longer.
fn words() -> Vec<Padded<[Token<26>; 8]>> {
    let seven = "abcdefg";
    let short = seven.chars().flat_map(|a| seven.chars().map(move |b| format!("{a}{b}")));
    let long = ["a", "baobab", "cab", "zzzzzzzz", "oboe", "banana", "ease", "q"].map(str::to_owned);
    short.chain(long).map(|word| letters().padded(&word, TooLong::Refused).expect("a word")).collect()
}

/// The forms give nearly what the network gives, in all ways in which they can be asked; tokens that are none stand in the padding.
#[test]
fn networks_of_words_have_forms_of_fewer_bytes() {
    fn check<N: Compact<In = Padded<[Token<26>; 8]>>>(most: f32) {
        let (net, mut words) = (N::seeded(4), words());
        for word in &mut words {
            let length = word.length();
            word.steps[length..].fill(typednet::tensor::Count::from_count(1 << 20));
        }
        let (half, quarter) = (net.to_bf16(), net.to_int8(&words));
        let wanted = net.predict_many(&words);
        for (what, found) in [
            ("bf16", half.predict_many(&words)),
            ("int8", quarter.predict_many(&words)),
            ("bf16 alone", words.iter().map(|word| half.predict(word)).collect()),
            ("int8 alone", words.iter().map(|word| quarter.predict(word)).collect()),
        ] {
            for (found, wanted) in found.iter().flat_map(Flat::as_flat).zip(wanted.iter().flat_map(Flat::as_flat)) {
                assert!((found - wanted).abs() < most, "{what} of {}: {found} is not {wanted}", N::TREE);
            }
        }
        assert_eq!(size_of_val(&*half), 2 * N::LEN);
        assert!(net.losses(&quarter, &words).outputs.decibels() > 20.0);
    }
    check::<Word>(0.02);
    check::<Letters>(0.03);
    check::<Verdict>(0.02);
    check::<Next>(0.03);
}

/// A form with more room is the same form, and says the same to the bit.
#[test]
fn more_room_changes_no_form() {
    let narrow = Encoder::<f32, 4>::seeded(1);
    let mut wide = Encoder::<f32, 9>::zeroed();
    wide.as_flat_mut().copy_from_slice(narrow.as_flat());
    let samples: Vec<Vec<[f32; 6]>> =
        (1..=4_u32).map(|length| (0..length).map(|n| [0.3 * (n + length) as f32; 6].map(f32::sin)).collect()).collect();
    let (few, many) = (with_room::<4>(&samples), with_room::<9>(&samples));
    let (form, wide_form) = (narrow.to_int8(&few), wide.to_int8(&many));
    assert_eq!(form.as_flat(), wide_form.as_flat());
    for (a, b) in few.iter().zip(&many) {
        assert_eq!(bits(&form.predict(a)), bits(&wide_form.predict(b)));
        assert_eq!(bits(&narrow.to_bf16().predict(a)), bits(&wide.to_bf16().predict(b)));
    }
}

fn with_room<const ROOM: usize>(samples: &[Vec<[f32; 6]>]) -> Vec<Padded<[[f32; 6]; ROOM]>> {
    samples.iter().map(|steps| Padded::new(steps).expect("room for four")).collect()
}

/// What a public network has of private parts, it has without naming them.
#[test]
fn a_public_network_of_private_parts_has_forms() {
    let marks = inner::Marks::<f32, 4>::seeded(3);
    let x = Padded::new(&[[0.5, -1.0, 2.0], [0.0, 0.25, -0.5]]).expect("room for four");
    let exact = marks.predict(&x);
    for y in [marks.to_bf16().predict(&x), marks.to_int8(&[x]).predict(&x)] {
        assert!(exact.as_flattened().iter().zip(y.as_flattened()).all(|(a, b)| (a - b).abs() < 0.03), "{y:?}");
        assert_eq!(y[2..], [[0.0; 2]; 2]);
    }
}
