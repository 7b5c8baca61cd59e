//! What comes next: a recurrent network and a small transformer read plays character by character, and write on.
//!
//! ```text
//! cargo run --release -p typednet-course --example characters
//! ```

use std::sync::mpsc::{self, Sender};

use typednet::data::text::{self, Vocabulary, Windows};
use typednet::loss::PerStep;
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet::train::{Callback, CallbackResult, Control, EpochView};
use typednet_plot::{Chart, Figure, Shades};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: language models of characters.
pub const LESSON: Lesson =
    Lesson { name: "characters", title: "What comes next", section: "Attention and transformers", run: lesson };

/// How many characters are read at a time.
const STEPS: usize = 64;

/// How many characters there are.
const KINDS: usize = 63;

network! {
    /// A recurrent network over characters.
    pub struct Recurrent: [Token<KINDS>; STEPS] => Embedding<32> => Gru<128> => Each<Dense<KINDS, Softmax>> -> [STEPS, KINDS]
}

network! {
    /// Attention to the characters before, and a network on each of them; both are added to what comes in.
    pub struct Block: [STEPS, 64]
        => Residual<LayerNorm => Attention<4, causal = true>>
        => Residual<LayerNorm => Each<Dense<256, Gelu> => Dense<64>>>
        -> [STEPS, 64]
}

network! {
    /// A small transformer over characters.
    pub struct Transformer: [Token<KINDS>; STEPS]
        => Embedding<64> => Positions => blocks: Repeat<2, Block> => LayerNorm => Each<Dense<KINDS, Softmax>>
        -> [STEPS, KINDS]
}

/// How often the training walks over the plays.
const EPOCHS: usize = 3;

/// How likely pairs of characters are, counted in `train`: nats for each character of `test`. A network has to know more.
fn pairs(train: &[Token<KINDS>], test: &[Token<KINDS>]) -> f64 {
    let mut counts = vec![[1.0_f64; KINDS]; KINDS];
    for pair in train.windows(2) {
        counts[pair[0].index()][pair[1].index()] += 1.0;
    }
    let of = |pair: &[Token<KINDS>]| {
        let row = &counts[pair[0].index()];
        -(row[pair[1].index()] / row.iter().sum::<f64>()).ln()
    };
    test.windows(2).map(of).sum::<f64>() / (test.len() - 1) as f64
}

/// What a network writes behind `begin`, until its stream or `count` ends.
fn write<M>(model: &M, vocabulary: &Vocabulary<KINDS>, begin: &str, count: usize) -> Result<String, Failed>
where
    M: Streaming<StepIn = Token<KINDS>, StepOut = [f32; KINDS]>,
{
    let sampler = Sampling::new().temperature(0.7).top_p(0.95).build()?;
    let (mut stream, mut written) = (model.stream(), vocabulary.encode(begin)?);
    let mut next = [0.0; KINDS];
    for token in &written {
        next = model.step(&mut stream, token);
    }
    while written.len() < count && stream.taken() < M::LONGEST {
        let token = sampler.draw(&mut next, Key::new(11).child(written.len() as u64))?;
        written.push(token);
        next = model.step(&mut stream, &token);
    }
    Ok(vocabulary.decode(&written))
}

/// Sends what a network writes after each epoch.
struct Writer {
    vocabulary: Vocabulary<KINDS>,
    to: Sender<String>,
}

impl<M> Callback<M> for Writer
where
    M: Streaming<StepIn = Token<KINDS>, StepOut = [f32; KINDS]>,
{
    fn epoch(&mut self, view: &EpochView<'_, M>) -> CallbackResult {
        let text = write(view.model, &self.vocabulary, "KING ", STEPS)?;
        // Whoever does not listen any more is told nothing.
        let _ = self.to.send(text);
        Ok(Control::Continue)
    }
}

/// A network that has learnt, the loss on unseen text after each epoch, and what it wrote.
struct Learnt<M> {
    model: Model<M>,
    losses: Vec<f64>,
    written: Vec<String>,
}

fn learn<M>(
    train: &Windows<KINDS, STEPS>,
    test: &Windows<KINDS, STEPS>,
    vocabulary: &Vocabulary<KINDS>,
) -> Result<Learnt<M>, Failed>
where
    M: Streaming<In = [Token<KINDS>; STEPS], Out = [[f32; KINDS]; STEPS], Elem = f32>
        + Streaming<StepIn = Token<KINDS>, StepOut = [f32; KINDS]>,
    PerStep<CrossEntropy>: typednet::loss::LossFor<M::Head, M::Out, Target = [Class<KINDS>; STEPS]>,
{
    let (to, from) = mpsc::channel();
    let mut trainer = Trainer::new(M::seeded(0), PerStep(CrossEntropy), AdamW::new(0.003))
        .batch(32)
        .epochs(EPOCHS)
        .clip_norm(1.0)
        .schedule_by_epoch(Cosine::new(EPOCHS as u64))
        .callback(Writer { vocabulary: vocabulary.clone(), to })
        .quiet();
    let history = trainer.fit_validated(train, test)?;
    let losses = history.records().iter().filter_map(|record| Some(record.validation.as_ref()?.loss)).collect();
    Ok(Learnt { model: trainer.into_model(), losses, written: from.try_iter().collect() })
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let plays = text::shakespeare()?;
    let vocabulary = Vocabulary::<KINDS>::of(&plays)?;
    let tokens = vocabulary.encode(&plays)?;
    // The last tenth is never learnt from.
    let (train, test) = tokens.split_at(tokens.len() / 10 * 9);
    let counted = pairs(train, test);
    let (train, test) = (Windows::new(train, STEPS)?, Windows::new(test, STEPS)?);
    let recurrent = learn::<Recurrent>(&train, &test, &vocabulary)?;
    let transformer = learn::<Transformer>(&train, &test, &vocabulary)?;
    for (name, written) in [("recurrent", &recurrent.written), ("transformer", &transformer.written)] {
        for (epoch, text) in written.iter().enumerate() {
            say!(notes, "{name}, epoch {}: {}", epoch + 1, text.replace('\n', " / "));
        }
    }
    let long = write(&*recurrent.model, &vocabulary, "HAMLET:\n", 400)?;
    say!(notes, "\nthe recurrent network writes:\n{long}\n");

    let model = &*transformer.model;
    let line: String = plays.chars().skip(200).take(STEPS).collect();
    let seen: [Token<KINDS>; STEPS] = vocabulary.encode(&line)?.try_into().map_err(|_| "a line of 64 characters")?;
    let inside = model.l2.predict(&model.l1.predict(&seen));
    let normalised = model.blocks.layers[0].l1.inner.first.predict(&inside);
    let heads = model.blocks.layers[0].l1.inner.rest.weights(&normalised);
    let maps = heads.iter().enumerate().map(|(head, weights)| {
        // Each row by its largest, so that late rows, which have more to choose from, are seen too.
        let shades: Vec<f64> = weights
            .iter()
            .flat_map(|row| {
                let largest = row.iter().fold(f32::MIN_POSITIVE, |largest, weight| largest.max(*weight));
                row.iter().map(move |weight| f64::from(weight / largest))
            })
            .collect();
        Chart::image(format!("head {}", head + 1), STEPS, &shades, Shades::Rising)
    });
    let bits = |nats: f64| nats / std::f64::consts::LN_2;
    let curve = |losses: &[f64]| {
        losses.iter().enumerate().map(|(epoch, loss)| (epoch as f64 + 1.0, bits(*loss))).collect::<Vec<_>>()
    };
    let chart = Chart::new("unseen text", "epoch", "bits for a character")
        .whole_x()
        .level("pairs, counted", bits(counted))
        .line("recurrent", curve(&recurrent.losses))
        .line("transformer", curve(&transformer.losses));
    let figure = Figure::new("Two networks read plays", 5, [chart].into_iter().chain(maps))
        .panel(230, 260)
        .note("Where the first block's heads look from each of 64 characters (down) at those before (across): no one looks ahead.");
    let ahead = heads.iter().flat_map(|weights| weights.iter().enumerate().flat_map(|(step, row)| &row[step + 1..]));
    let looks_ahead = ahead.filter(|weight| **weight > 0.0).count();
    let [of_recurrent, of_transformer] =
        [&recurrent.losses, &transformer.losses].map(|losses| losses.last().copied().unwrap_or(f64::NAN));
    notes.claim(
        Claims::new()
            .hold(
                of_recurrent < 0.85 * counted,
                "the recurrent network needs less than 85 % of the bits that counted pairs need",
                format!("{:.2} and {:.2} bits for a character", bits(of_recurrent), bits(counted)),
            )
            .hold(
                of_transformer < 0.85 * counted,
                "and so does the transformer",
                format!("{:.2} bits", bits(of_transformer)),
            )
            .hold(looks_ahead == 0, "no character looks at one behind it", looks_ahead)
            .hold(
                long.split_whitespace().filter(|word| plays.split_whitespace().any(|known| known == *word)).count() * 2
                    > long.split_whitespace().count(),
                "more than half of the words that it writes are words of the plays",
                long.split_whitespace().count(),
            ),
    );
    notes.draw("characters", &figure)
}
