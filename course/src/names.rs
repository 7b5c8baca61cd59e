//! Names of different lengths: a recurrent network that is told where a name ends, and one that reads the padding too.
//!
//! ```text
//! cargo run --release -p typednet-course --example names
//! ```

use typednet::data::text::{self, TooLong, Vocabulary};
use typednet::data::{DataError, split};
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: padding and masks.
pub const LESSON: Lesson =
    Lesson { name: "names", title: "Names of different lengths", section: "Recurrent networks", run: lesson };

network! {
    /// A name of at most `ROOM` letters, of which only those that there are count.
    pub struct Masked<const ROOM: usize>: Padded<[Token<26>; ROOM]> => Embedding<16> => gru: Gru<32> => Last
                                                                     => Dense<2, Softmax> -> 2
}

network! {
    /// The same without a mask: what is missing is a letter more, and the state behind the last of them answers.
    pub struct Unmasked<const ROOM: usize>: [Token<27>; ROOM] => Embedding<16> => gru: Gru<32> => Last
                                                               => Dense<2, Softmax> -> 2
}

/// As many letters as the longest name has.
const LEAST: usize = 11;

/// More room, for instance since longer names are to come.
const MORE: usize = 44;

const EPOCHS: usize = 10;

const SEEDS: u64 = 2;

type Names = Dataset<&'static str, Class<2>>;

/// Names as samples that a network reads.
fn samples<X>(
    names: &Names,
    sample: impl FnMut(&&'static str) -> Result<X, DataError>,
) -> Result<Dataset<X, Class<2>>, DataError> {
    let samples: Result<Vec<_>, _> = names.samples().iter().map(sample).collect();
    Dataset::new(samples?, names.targets())
}

fn padded<const ROOM: usize>(names: &Names) -> Result<Dataset<Padded<[Token<26>; ROOM]>, Class<2>>, DataError> {
    let letters = Vocabulary::<26>::new('a'..='z')?;
    samples(names, |name| Ok(letters.padded(name, TooLong::Refused)?))
}

fn filled<const ROOM: usize>(names: &Names) -> Result<Dataset<[Token<27>; ROOM], Class<2>>, DataError> {
    let letters = Vocabulary::<27>::new(('a'..='z').chain(['~']))?;
    let filled = |name: &&'static str| {
        let tokens = letters.encode(&format!("{name:~<ROOM$}"))?;
        Ok(tokens.try_into().unwrap_or_else(|_| unreachable!("no name is longer")))
    };
    samples(names, filled)
}

/// Trains from one seed, and gives the share of the test names that are answered rightly.
macro_rules! trained {
    ($network:ty, $seed:expr, $train:expr, $test:expr) => {{
        let mut trainer = Trainer::new(<$network>::seeded($seed), CrossEntropy, Adam::new(0.005))
            .batch(32)
            .epochs(EPOCHS)
            .seed($seed)
            .schedule_by_epoch(Cosine::new(EPOCHS as u64))
            .quiet();
        trainer.fit(&$train)?;
        let accuracy = trainer.evaluate(&$test)?.accuracy.unwrap_or(0.0);
        (trainer, accuracy)
    }};
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let (names, classes): (Vec<_>, Vec<_>) = text::first_names()?.into_iter().unzip();
    let [train, test] = Dataset::new(names, classes)?.split_stratified([0.8, 0.2], Key::new(0))?;
    let [women, men] = split::class_counts(test.targets());
    let majority = women.max(men) as f64 / test.len() as f64;
    say!(notes, "{}", Masked::<LEAST>::summary());
    say!(
        notes,
        "{} names to learn from, {} to test, of which {:.1} % are of women",
        train.len(),
        test.len(),
        100.0 * majority
    );

    let ([mut masked, mut in_bytes, mut unmasked, mut moved], mut others) = ([0.0; 4], 0);
    for seed in 0..SEEDS {
        let (trainer, accuracy) = trained!(Masked<LEAST>, seed, padded::<LEAST>(&train)?, padded::<LEAST>(&test)?);
        masked += accuracy / SEEDS as f64;
        let (known, asked) = (padded::<LEAST>(&train)?, padded::<LEAST>(&test)?);
        let form = trainer.model().to_int8(known.samples());
        let right = asked.iter().filter(|(name, class)| class.is_largest(&form.predict(name))).count();
        in_bytes += right as f64 / test.len() as f64 / SEEDS as f64;
        // The same weights with more room.
        let mut wide = Masked::<MORE>::zeroed();
        wide.as_flat_mut().copy_from_slice(trainer.model().as_flat());
        let (narrow, more) = (padded::<LEAST>(&test)?, padded::<MORE>(&test)?);
        let pairs = narrow.samples().iter().zip(more.samples());
        let bits = |answer: [f32; 2]| answer.map(f32::to_bits);
        others += pairs.filter(|(a, b)| bits(trainer.model().predict(a)) != bits(wide.predict(b))).count();

        let (trainer, accuracy) = trained!(Unmasked<LEAST>, seed, filled::<LEAST>(&train)?, filled::<LEAST>(&test)?);
        unmasked += accuracy / SEEDS as f64;
        let mut wide = Unmasked::<MORE>::zeroed();
        wide.as_flat_mut().copy_from_slice(trainer.model().as_flat());
        let more = filled::<MORE>(&test)?;
        let right = more.iter().filter(|(name, class)| class.is_largest(&wide.predict(name))).count();
        moved += right as f64 / test.len() as f64 / SEEDS as f64;
    }
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    say!(notes, "with a mask {}, whatever the room; without one {}", percent(masked), percent(unmasked));
    say!(notes, "with a mask and weights of one byte {}", percent(in_bytes));
    say!(notes, "and the same weights with room for {MORE} letters {}", percent(moved));

    let rooms = [LEAST as f64, MORE as f64];
    let line = |shares: [f64; 2]| rooms.into_iter().zip(shares.map(|share| 100.0 * share));
    let chart = Chart::new("test names answered rightly", "room for letters", "%")
        .line("with a mask", line([masked, masked]))
        .line(format!("without, trained with room for {LEAST}"), line([unmasked, moved]))
        .line("always the same answer", line([majority, majority]));
    let figure = Figure::new("A mask keeps padding out of what a network reads", 1, [chart]).panel(560, 320).note(
        "A GRU of 32 units reads first names letter by letter and says whether women or men have them more often.",
    );
    notes.claim(
        Claims::new()
            .hold(
                masked >= majority + 0.08,
                "with a mask eight of a hundred names more are right than by always saying the same",
                format!("{} and {}", percent(masked), percent(majority)),
            )
            .hold(
                others == 0,
                "how much room there is behind a name changes nothing, to the last bit",
                format!("{others} names have another answer"),
            )
            .hold(
                (in_bytes - masked).abs() <= 0.01,
                "with weights of one byte as many names are right, but for one of a hundred",
                format!("{} and {}", percent(in_bytes), percent(masked)),
            )
            .hold(
                moved < masked - 0.03,
                "without a mask the same weights know fewer names where there is more room",
                format!("{} with room for {MORE} letters, {} with a mask", percent(moved), percent(masked)),
            ),
    );
    notes.draw("names", &figure)
}
