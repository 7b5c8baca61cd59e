//! Recurrent networks whose states come in and out, and trainings that carry them from batch to batch.

use typednet::data::Source;
use typednet::data::text::{self, Contiguous, Vocabulary};
use typednet::layers::loss::{FirstHalf, PerStep};
use typednet::layers::{Layer, Operation, assert_gradients};
use typednet::prelude::*;
use typednet::train::{Callback, CallbackResult, Control, Ranks, RanksError, StepView, TrainError};

network! {
    /// What comes next, from any state on.
    struct Text<const V: usize, const N: usize, const H: usize>: ([Token<V>; N], [2, H])
        => Halves<Embedding<8>, Linear> => memory: WithState<Lstm<H>> => OnFirst<Each<Dense<V, Softmax>>>
}

network! {
    /// The same without a state, as a stream reads it.
    struct Plain<const V: usize, const N: usize, const H: usize>: [Token<V>; N] => Embedding<8> => Lstm<H> => Each<Dense<V, Softmax>>
}

network! {
    /// An encoder's last state is a decoder's first; of the encoder's steps not all count.
    struct Translate<f64>: ([4, 3], Padded<[5, 2]>)
        => OnSecond<Gru<4> => Last> => WithState<Gru<4>> => OnFirst<Each<Dense<2, Tanh>>>
}

network! {
    /// The state behind the last step that counts.
    struct LastState<f64>: (Padded<[5, 2]>, 3) => OnSecond<Dense<4, Tanh>> => WithState<Rnn<4>> => TakeSecond -> 4
}

/// Eight letters in turn, of which only every fourth tells where in them one is.
const PERIOD: &str = "aaabaaac";

/// The steps of a window.
const N: usize = 4;

type Small = Text<3, N, 16>;

fn letters(rows: usize) -> Contiguous<3, N> {
    let vocabulary = Vocabulary::<3>::of("abc").expect("three letters");
    vocabulary.contiguous(&PERIOD.repeat(60), rows).expect("text enough")
}

/// A sample to be overwritten.
fn sample() -> Pair<[Token<3>; N], [[f32; 16]; 2]> {
    Pair { first: [Token::default(); N], second: [[0.0; 16]; 2] }
}

/// Stops after a step.
struct StopAfter(u64);

impl<M: Layer> Callback<M> for StopAfter {
    fn every_steps(&self) -> u64 {
        1
    }

    fn after_step(&mut self, step: &StepView<'_, M>) -> CallbackResult {
        Ok(if step.step == self.0 { Control::Stop } else { Control::Continue })
    }
}

fn trainer() -> Trainer<Small, FirstHalf<PerStep<CrossEntropy>>, Adam> {
    Trainer::new(Small::seeded(1), FirstHalf(PerStep(CrossEntropy)), Adam::new(0.01)).batch(4).quiet()
}

/// Half by half from the state between is the whole, in one sample, in a batch and as a stream.
#[test]
fn a_text_in_windows_is_the_text_in_one() {
    let (long, mut short, mut plain) =
        (Text::<5, 6, 9>::seeded(3), Text::<5, 3, 9>::zeroed(), Plain::<5, 6, 9>::zeroed());
    short.as_flat_mut().copy_from_slice(long.as_flat());
    plain.as_flat_mut().copy_from_slice(long.as_flat());
    let token = |n: usize| Token::<5>::new((7 * n + n / 3) % 5).expect("below");
    let texts: Vec<[Token<5>; 6]> = (0..3).map(|row| std::array::from_fn(|step| token(6 * row + step))).collect();
    let zeros = [[0.0; 9]; 2];
    let whole = long.predict_many(&texts.iter().map(|text| Pair { first: *text, second: zeros }).collect::<Vec<_>>());
    let half = |text: &[Token<5>; 6], from: usize| -> [Token<5>; 3] { std::array::from_fn(|step| text[from + step]) };
    let first: Vec<_> = texts.iter().map(|text| Pair { first: half(text, 0), second: zeros }).collect();
    let first = short.predict_many(&first);
    let second: Vec<_> = texts.iter().zip(&first).map(|(t, y)| Pair { first: half(t, 3), second: y.second }).collect();
    let second = short.predict_many(&second);
    for (row, whole) in whole.iter().enumerate() {
        assert_eq!(whole.first[..3], first[row].first);
        assert_eq!(whole.first[3..], second[row].first);
        assert_eq!(whole.second, second[row].second);
        assert_eq!(long.predict(&Pair { first: texts[row], second: zeros }), *whole);
        let mut stream = Stream::<Plain<5, 6, 9>>::new();
        for (token, y) in texts[row].iter().zip(&whole.first) {
            assert_eq!(plain.step(&mut stream, token).map(f32::to_bits), y.map(f32::to_bits));
        }
    }
}

#[test]
fn gradients_of_states_are_central_differences() {
    let draw = |seed: u64, n: usize| Key::new(seed).uniform::<f64>(n as u64) - 0.5;
    let steps = |length: usize, seed| -> Padded<[[f64; 2]; 5]> {
        let steps: Vec<[f64; 2]> = (0..length).map(|at| [draw(seed, 2 * at), draw(seed, 2 * at + 1)]).collect();
        Padded::new(&steps).expect("at most five")
    };
    let x: Vec<_> = [5, 1, 3]
        .map(|length| {
            let first = std::array::from_fn(|step| std::array::from_fn(|at| draw(40 + length as u64, 3 * step + at)));
            Pair { first, second: steps(length, length as u64) }
        })
        .to_vec();
    assert_gradients(&Translate::seeded(7), &x);
    let x: Vec<_> = x.iter().map(|x| Pair { first: x.second, second: x.first[0] }).collect();
    assert_gradients(&LastState::seeded(8), &x);
    assert!(!Translate::TREE.any(|layer| layer.behaviour.operation == Operation::Opaque));
    let error = LastState::seeded(8).to_onnx().unwrap_err().to_string();
    assert!(error.contains("WithState<Rnn<4, Tanh>>") && error.contains("TakeSecond"), "{error}");
}

/// What comes behind `aaa` does not stand in a window of four letters, so who begins each with nothing cannot know.
#[test]
fn a_task_that_needs_the_state_is_learnt_by_who_carries_it() {
    let text = letters(4);
    let mut carried = trainer().epochs(40).carry_states();
    carried.fit(&text).expect("training");
    let right = carried.evaluate(&text).expect("data").accuracy.expect("classes");
    assert!(right > 0.95, "{right}");
    let mut blind = trainer().epochs(40);
    blind.fit(&text).expect("training");
    let guessed = blind.evaluate(&text).expect("data").accuracy.expect("classes");
    assert!(guessed < 0.9, "{guessed}");
}

/// The same trained by hand: forward from the states behind the batch before, and nothing goes back into that.
#[test]
fn a_carried_epoch_is_its_steps_by_hand() {
    let text = letters(4);
    let mut carried = trainer().epochs(2).carry_states();
    carried.fit(&text).expect("training");
    let mut by_hand = trainer();
    let (mut loss, mut count) = (0.0, 0.0);
    for _ in 0..2 {
        let mut states = [[[0.0; 16]; 2]; 4];
        for batch in 0..(Source::<[Token<3>; N], _>::len(&text) as u32) / 4 {
            let (mut x, mut y) = (vec![sample(); 4], vec![[Class::new(0).expect("a class"); N]; 4]);
            text.gather(&[0, 1, 2, 3].map(|row| 4 * batch + row), Key::new(0), &mut x, &mut y);
            x.iter_mut().zip(states).for_each(|(x, state)| x.second = state);
            let outputs = by_hand.model().predict_many(&x);
            by_hand.step(&x, &y).expect("a step");
            states.iter_mut().zip(outputs).for_each(|(state, y)| *state = y.second);
        }
    }
    assert_eq!(by_hand.model().as_flat(), carried.model().as_flat());
    // Measuring begins at zeros, whatever the training has left.
    let (mut states, given) = ([[[0.0; 16]; 2]; 4], carried.outputs(&text).expect("data"));
    for batch in 0..(Source::<[Token<3>; N], _>::len(&text) as u32) / 4 {
        let (mut x, mut y) = (vec![sample(); 4], vec![[Class::new(0).expect("a class"); N]; 4]);
        text.gather(&[0, 1, 2, 3].map(|row| 4 * batch + row), Key::new(0), &mut x, &mut y);
        x.iter_mut().zip(states).for_each(|(x, state)| x.second = state);
        let outputs = carried.model().predict_many(&x);
        // All outputs are those of one text, too.
        let rows = 4 * batch as usize..4 * batch as usize + 4;
        assert_eq!((&given.samples()[rows.clone()], &given.targets()[rows]), (&*outputs, &*y));
        states.iter_mut().zip(&outputs).for_each(|(state, y)| *state = y.second);
        for (y, targets) in outputs.iter().zip(&y) {
            for (y, target) in y.first.iter().zip(targets) {
                loss -= f64::from(y[target.index()]).ln();
                count += 1.0;
            }
        }
    }
    let measured = carried.evaluate(&text).expect("data").loss;
    assert!((measured - loss / count).abs() < 1e-5, "{measured} {}", loss / count);
    assert_eq!(carried.evaluate(&text).expect("data").loss.to_bits(), measured.to_bits());
}

/// Threads, gathering ahead, a pause within an epoch with data measured in between, and a checkpoint made there change no bit.
#[test]
fn a_training_goes_on_within_an_epoch_with_the_same_bits() {
    let text = letters(4);
    let begun = |stop| trainer().epochs(2).carry_states().callback(StopAfter(stop));
    let mut whole = begun(u64::MAX);
    whole.fit(&text).expect("training");
    let mut ahead = begun(u64::MAX).gather_ahead().threads(2);
    ahead.fit(&text).expect("training");
    assert_eq!(ahead.model().as_flat(), whole.model().as_flat());
    let mut paused = begun(40);
    paused.fit(&text).expect("training");
    assert_eq!(paused.steps(), 40);
    let path = std::env::temp_dir().join(format!("typednet-carried-{}.safetensors", std::process::id()));
    paused.save_checkpoint(&path).expect("a file");
    paused.evaluate(&text).expect("data");
    paused.fit(&text).expect("training");
    let mut resumed = begun(u64::MAX);
    resumed.resume(&path).expect("a checkpoint");
    resumed.fit(&text).expect("training");
    assert_eq!((resumed.steps(), resumed.model().as_flat()), (whole.steps(), whole.model().as_flat()));
    // A call behind a pause trains what is left of the epoch, and one more.
    let mut whole = whole.epochs(1);
    whole.fit(&text).expect("training");
    assert_eq!((paused.steps(), paused.model().as_flat()), (whole.steps(), whole.model().as_flat()));
    let error = trainer().epochs(2).callback(StopAfter(0)).resume(&path).expect_err("another training").to_string();
    assert!(error.contains("carried states"), "{error}");
    std::fs::remove_file(path).expect("the file");
}

#[test]
fn data_that_do_not_go_on_are_refused() {
    let said = |rows| trainer().carry_states().fit(&letters(rows)).expect_err("other batches").to_string();
    assert_eq!(
        said(3),
        "states are carried from batch to batch, and the training data go on so in batches of 3 rows, but the batch size is 4; call \
         `Trainer::batch(3)`"
    );
    let x = [sample(); 4];
    let data = Dataset::new(x, [[Class::<3>::new(0).expect("a class"); N]; 4]).expect("data");
    let error = trainer().carry_states().fit(&data).expect_err("no text").to_string();
    assert_eq!(
        error,
        "states are carried from batch to batch, but the training data do not go on from batch to batch: take such as \
         `text::Contiguous`, or a source whose `contiguous_rows` says so"
    );
    let error =
        trainer().carry_states().step(&x, &[[Class::new(0).expect("a class"); N]; 4]).expect("a step of one's own");
    assert!(error.is_finite());
}

/// A second process that nobody may talk to.
struct Silent;

impl Ranks for Silent {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        2
    }

    fn send_receive(&mut self, _: usize, _: &[u8], _: &mut [u8]) -> Result<(), RanksError> {
        panic!("it is refused before anything is sent")
    }

    fn end(&mut self, _: usize, _: &str) {}
}

#[test]
fn over_ranks_states_are_refused() {
    let mut trainer = trainer().shards(2).carry_states().ranks(Silent);
    let text = letters(4);
    let errors =
        [trainer.fit(&text).map(|_| ()), trainer.epoch(&text).map(|_| ()), trainer.evaluate(&text).map(|_| ())];
    for error in errors.map(|refused| refused.expect_err("two ranks")) {
        assert!(matches!(error, TrainError::Ranks { error: RanksError::CarriedStates, .. }), "{error}");
        assert_eq!(
            error.to_string(),
            "states that are carried from batch to batch stay in one process: train without `Trainer::ranks`, or without \
             `Trainer::carry_states`"
        );
    }
}

/// A little of the plays: who reads on from where the window before ended is surprised less by text that is new.
#[test]
fn a_real_text_is_read_better_with_states() {
    let plays = text::shakespeare().expect("the plays");
    let vocabulary = Vocabulary::<63>::of(&plays).expect("63 characters");
    let part = |from: usize, len: usize| plays.chars().skip(from).take(len).collect::<String>();
    let read = |from, len| vocabulary.contiguous::<8>(&part(from, len), 16).expect("text enough");
    let (train, new) = (read(0, 40_000), read(100_000, 8_000));
    let trainer =
        || Trainer::new(Text::<63, 8, 32>::seeded(2), FirstHalf(PerStep(CrossEntropy)), Adam::new(0.005)).batch(16);
    let mut carried = trainer().epochs(3).carry_states().quiet();
    let with = carried.fit_validated(&train, &new).expect("training");
    let without = trainer().epochs(3).quiet().fit_validated(&train, &new).expect("training");
    let [with, without] = [with, without].map(|history| history.last().expect("3").validation.expect("measured").loss);
    assert!(with < without - 0.02, "{with} {without}");
}
