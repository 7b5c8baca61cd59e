//! Networks that read tokens, losses of each step, and steps that do not count.

use typednet_data::text::Vocabulary;
use typednet_data::{Dataset, Source};
use typednet_layers::loss::{CrossEntropy, Loss, LossFor, Masked, PerStep};
use typednet_layers::{Chain, Dense, Each, Embedding, Softmax, Tanh};
use typednet_optim::{Adam, GradientDescent};
use typednet_tensor::{Class, Parallel, Token};
use typednet_train::{Metric, Perplexity, TopK, TrainError, Trainer};

const V: usize = 6;
const N: usize = 8;

type Text = [Token<V>; N];
type Next = [Class<V>; N];
type Net = Chain<Each<N, Embedding<V, 5>>, Chain<Each<N, Dense<5, 9, Tanh>>, Each<N, Dense<9, V, Softmax>>>>;

fn ring() -> String {
    "abcdef".repeat(20)
}

/// What comes behind a letter follows from it, so that it can be learnt whole.
#[test]
fn a_network_learns_what_comes_next_in_a_text_that_repeats_itself() {
    let vocabulary = Vocabulary::<V>::of(&ring()).expect("six letters");
    let text = vocabulary.windows::<N>(&ring(), 3).expect("a text that is long enough");
    let mut trainer = Trainer::new(Net::seeded(1), PerStep(CrossEntropy), Adam::new(0.03))
        .batch(7)
        .epochs(30)
        .metric(PerStep(Perplexity::new()))
        .metric(PerStep(TopK::<2>::new()))
        .quiet();
    let before = trainer.evaluate(&text).expect("data");
    assert!(before.loss > 1.5 && before.accuracy.is_some_and(|accuracy| accuracy < 0.6), "{before:?}");
    let history = trainer.fit_validated(&text, &text).expect("training");
    let after = trainer.evaluate(&text).expect("data");
    assert!(after.loss < 0.05 && after.accuracy == Some(1.0), "{after:?}");

    let last =
        |name: &str| history.column(name).and_then(|column| column.values().last()?.validation).expect("a value");
    assert!((last("perplexity") - after.loss.exp()).abs() < 1e-4, "{}", last("perplexity"));
    assert!(last("top-2") > 0.999);

    // It goes on with the text by itself.
    let mut window: Text = vocabulary.encode("cdefabcd").expect("its letters").try_into().expect("eight");
    let mut said = String::new();
    for _ in 0..10 {
        let next = Token::from(Class::of_largest(&trainer.predict(&window)[N - 1]));
        said.push(vocabulary.character(next));
        window.rotate_left(1);
        window[N - 1] = next;
    }
    assert_eq!(said, "efabcdefab");
}

/// As many steps count as the row has a number, but always one.
fn padded() -> Dataset<Text, [Option<Class<V>>; N]> {
    let vocabulary = Vocabulary::<V>::of(&ring()).expect("six letters");
    let whole = vocabulary.windows::<N>(&ring(), 3).and_then(|windows| windows.to_dataset()).expect("windows");
    let mut row = 0;
    whole.map_targets(|target: Next| {
        row += 1;
        let mut steps = target.map(Some);
        steps[1 + row % N..].fill(None);
        steps
    })
}

/// Batches of which different numbers of steps count weigh as much as they have steps.
#[test]
fn means_are_over_the_steps_that_count() {
    let data = padded();
    let mut trainer = Trainer::new(Net::seeded(2), PerStep(Masked(CrossEntropy)), Adam::new(0.01))
        .batch(4)
        .epochs(1)
        .metric(PerStep(Masked(Perplexity::new())))
        .quiet();
    let outputs = trainer.outputs(&data).expect("outputs");
    let (mut loss, mut correct, mut count) = (0.0, 0, 0);
    for (y, targets) in &outputs {
        for (y, target) in y.iter().zip(targets) {
            let Some(target) = target else { continue };
            loss -= f64::from(y[target.index()]).ln();
            correct += usize::from(target.is_largest(y));
            count += 1;
        }
    }
    assert!(count > data.len() && count < N * data.len());
    let found = trainer.evaluate(&data).expect("data");
    assert!((found.loss - loss / f64::from(count as u32)).abs() < 1e-5, "{found:?}, {loss} over {count}");
    assert!(found.accuracy.is_some_and(|found| (found - correct as f64 / count as f64).abs() < 1e-12), "{found:?}");
    let measured = trainer.measure(&data).expect("data");
    let perplexity = measured.iter().find(|(name, _)| name == "perplexity").and_then(|(_, value)| *value);
    assert!((perplexity.expect("a value") - found.loss.exp()).abs() < 1e-4);
}

/// Two batches of a step, of which one has few steps that count, make the step of both in one batch.
#[test]
fn batches_of_a_step_weigh_as_much_as_they_count() {
    let (samples, targets) = padded().take(8).expect("eight").into_parts();
    let trainer = || Trainer::new(Net::seeded(3), PerStep(Masked(CrossEntropy)), GradientDescent::new(0.5)).quiet();
    let mut whole = trainer();
    whole.step(&samples, &targets).expect("a step");
    let mut parts = trainer().accumulate(2);
    parts.step(&samples[..3], &targets[..3]).expect("a part");
    parts.step(&samples[3..], &targets[3..]).expect("a part");
    let weights = |trainer: &Trainer<Net, _, _>| trainer.model().first.inner.weight;
    let (whole, parts) = (weights(&whole), weights(&parts));
    assert_ne!(whole, Net::seeded(3).first.inner.weight);
    for (whole, parts) in whole.as_flattened().iter().zip(parts.as_flattened()) {
        assert!((whole - parts).abs() < 1e-5, "{whole} and {parts}");
    }
}

/// Before a step is made, and never as a loss that is no number.
#[test]
fn a_row_of_which_nothing_counts_is_an_error() {
    let (samples, mut targets) = padded().into_parts();
    targets[5] = [None; N];
    let data = Dataset::new(samples.clone(), targets.clone()).expect("as many");
    let mut trainer = Trainer::new(Net::seeded(4), PerStep(Masked(CrossEntropy)), Adam::new(0.01)).batch(4).quiet();
    let error = trainer.fit(&data).expect_err("row 5 has no step that counts");
    assert!(matches!(error, TrainError::Target { purpose: "training", row: 5, .. }), "{error}");
    assert!(error.to_string().contains("nothing of it counts"), "{error}");
    let error = trainer.step(&samples[5..6], &targets[5..6]).expect_err("a batch of nothing");
    assert!(matches!(error, TrainError::Target { row: 0, .. }), "{error}");
    // Beside others it is a row without a loss.
    assert!(trainer.step(&samples[4..7], &targets[4..7]).is_ok_and(f64::is_finite));
}

#[test]
fn a_perplexity_is_that_of_probabilities_and_of_their_logarithms() {
    let classes = [0, 2, 1].map(|class| Class::<3>::new(class).expect("a class"));
    let rows = [[0.5_f64, 0.25, 0.25], [0.125, 0.125, 0.75], [1.0, 0.0, 0.0]];
    let of = |rows: &[[f64; 3]], classes: &[Class<3>]| {
        let mut metric = Perplexity::new();
        metric.update(rows, classes);
        Metric::<[f64; 3], Class<3>>::value(&metric)
    };
    let wanted = (2.0 * 4.0 / 3.0_f64).sqrt();
    for rows in [rows, rows.map(|row| row.map(f64::ln))] {
        assert!(of(&rows[..2], &classes[..2]).is_some_and(|found| (found - wanted).abs() < 1e-12));
        assert_eq!(of(&rows, &classes), Some(f64::INFINITY), "what is right is ruled out");
    }
    assert_eq!(of(&[], &[]), None);
    let loss = |z: &[[f64; 3]]| LossFor::<Softmax, _>::value(&CrossEntropy, z, &classes[..z.len()], Parallel::SERIAL);
    let z = [[0.3_f64, -1.0, 2.0], [0.7, 0.1, -0.4]];
    let softmax = z.map(|z| {
        let sum: f64 = z.iter().map(|z| z.exp()).sum();
        z.map(|z| z.exp() / sum)
    });
    assert!((of(&softmax, &classes[..2]).expect("two rows") - (loss(&z) / 2.0).exp()).abs() < 1e-12);
    assert_eq!(Loss::<[f64; 3]>::terms(&CrossEntropy, &classes), 3);
}

/// Two texts of the same lengths are two sets of data.
#[test]
fn a_trainer_knows_its_text_again() {
    let vocabulary = Vocabulary::<V>::of(&ring()).expect("six letters");
    let text = |text: &str| vocabulary.windows::<N>(text, 1).expect("a text");
    let (first, second) = (text("abcdefabcdef"), text("fedcbafedcba"));
    assert_eq!(Source::len(&first), Source::len(&second));
    let hash = |data| {
        let mut trainer = Trainer::new(Net::seeded(5), PerStep(CrossEntropy), Adam::new(0.01)).epochs(1).quiet();
        trainer.fit(data).expect("training");
        trainer.run().expect("a run").data()
    };
    assert_eq!(hash(&first), hash(&first));
    assert_ne!(hash(&first), hash(&second));
}
