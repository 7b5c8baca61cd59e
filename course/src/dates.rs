//! Dates, however they are written: an encoder reads one, a decoder writes it as 1987-03-03, and looks at what it needs.
//!
//! ```text
//! cargo run --release -p typednet-course --example dates
//! ```

use typednet::data::pairs;
use typednet::data::text::{TooLong, Vocabulary};
use typednet::loss::PerStep;
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, Shades};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: from one sequence to another.
pub const LESSON: Lesson =
    Lesson { name: "dates", title: "From one sequence to another", section: "Attention and transformers", run: lesson };

/// The longest date has so many letters: `September 27, 1987`.
const READ: usize = 18;

/// And its answer so many signs: `1987-09-27`.
const WRITTEN: usize = 10;

/// The letters and digits of dates.
const LETTERS: usize = 42;

/// Ten digits, the dash, and the sign that the decoder begins with.
const SIGNS: usize = 12;

/// How many numbers stand for each letter that was read, and for each sign that is written.
const WIDTH: usize = 48;

network! {
    /// The first half is what the decoder has written so far, the second what the encoder reads. Each sign that is written looks at
    /// all letters, and adds to itself what it finds there.
    pub struct Translator: ([Token<SIGNS>; WRITTEN], Padded<[Token<LETTERS>; READ]>)
        => Halves<Embedding<16> => Gru<WIDTH>, Embedding<16> => Concat<forth: Gru<24>, back: Reverse<Gru<24>>>>
        => look: AddToFirst<CrossAttention<heads = 1>>
        => TakeFirst => Each<Dense<WIDTH, Relu> => Dense<SIGNS, Softmax>>
        -> [WRITTEN, SIGNS]
}

network! {
    /// The same decoder, which sees no date.
    pub struct Alone: [Token<SIGNS>; WRITTEN]
        => Embedding<16> => Gru<WIDTH> => Each<Dense<WIDTH, Relu> => Dense<SIGNS, Softmax>>
        -> [WRITTEN, SIGNS]
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// How many ways of writing a date there are.
const WAYS: u64 = 4;

const LEARNT: usize = 2000;

const HELD_OUT: usize = 500;

const EPOCHS: usize = 7;

type SoFar = [Token<SIGNS>; WRITTEN];

type Source = Padded<[Token<LETTERS>; READ]>;

/// A date of the calendar; month and weekday are counted from 0.
#[derive(Clone, Copy)]
struct Date {
    year: usize,
    month: usize,
    day: usize,
    weekday: usize,
}

impl Date {
    /// One of the ways in which people write it.
    fn written(self, way: u64) -> String {
        let Self { year, day, .. } = self;
        let (month, weekday) = (MONTHS[self.month], WEEKDAYS[self.weekday]);
        match way {
            0 => format!("{day} {month} {year}"),
            1 => format!("{month} {day}, {year}"),
            2 => format!("{day}.{}.{year}", self.month + 1),
            _ => format!("{weekday}, {day} {} {year}", &month[..3]),
        }
    }

    /// As ISO 8601 has it.
    fn iso(self) -> String {
        format!("{}-{:02}-{:02}", self.year, self.month + 1, self.day)
    }
}

/// Every date from 1900 to 2099; the first was a Monday.
fn calendar() -> Vec<Date> {
    let mut days = Vec::new();
    for year in 1900..2100_usize {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let february = if is_leap { 29 } else { 28 };
        for (month, length) in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
            for day in 1..=length {
                days.push(Date { year, month, day, weekday: days.len() % 7 });
            }
        }
    }
    days
}

/// A date as it was found, and as it is to be written.
struct Example {
    found: String,
    iso: String,
}

/// What letters and signs are as tokens.
struct Alphabets {
    letters: Vocabulary<LETTERS>,
    signs: Vocabulary<SIGNS>,
}

impl Alphabets {
    fn new() -> Result<Self, Failed> {
        let letters = format!("0123456789 ,.{}{}", MONTHS.concat(), WEEKDAYS.concat());
        Ok(Self { letters: Vocabulary::of(&letters)?, signs: Vocabulary::of("0123456789->")? })
    }

    fn source(&self, example: &Example) -> Result<Source, Failed> {
        Ok(self.letters.padded(&example.found, TooLong::Refused)?)
    }

    /// In training the decoder is given the right signs so far, whatever it would have written: the answer, one place later.
    fn so_far(&self, example: &Example) -> Result<SoFar, Failed> {
        let text = format!(">{}", &example.iso[..WRITTEN - 1]);
        self.signs.encode(&text)?.try_into().map_err(|_| "an answer of ten signs".into())
    }

    fn answer(&self, example: &Example) -> Result<[Class<SIGNS>; WRITTEN], Failed> {
        let classes: Result<Vec<_>, _> =
            self.signs.encode(&example.iso)?.iter().map(|token| Class::new(token.index())).collect();
        classes?.try_into().map_err(|_| "an answer of ten signs".into())
    }

    /// In use it has only what it has written itself, here for `count` dates at once: sign by sign, each time the likeliest.
    fn write(
        &self,
        count: usize,
        next: impl Fn(&[SoFar]) -> Result<Vec<[[f32; SIGNS]; WRITTEN]>, Failed>,
    ) -> Result<Vec<String>, Failed> {
        let begin = self.signs.encode(">")?[0];
        let (mut so_far, mut written) = (vec![[begin; WRITTEN]; count], vec![Vec::new(); count]);
        for at in 0..WRITTEN {
            for ((said, so_far), written) in next(&so_far)?.iter().zip(&mut so_far).zip(&mut written) {
                let sign = Token::new(Class::of_largest(&said[at]).index())?;
                written.push(sign);
                if let Some(place) = so_far.get_mut(at + 1) {
                    *place = sign;
                }
            }
        }
        Ok(written.iter().map(|signs| self.signs.decode(signs)).collect())
    }
}

/// How much each sign that is written looks at each letter: softmax(Q·Kᵀ/√w).
fn weights(model: &Translator, so_far: &SoFar, source: &Source) -> Vec<Vec<f64>> {
    let read = model.l1.predict(&Pair { first: *so_far, second: *source });
    let look = &model.look.inner;
    let [keys, _] = &look.key_value_bias;
    let project = |x: &[f32; WIDTH], weight: &dyn Fn(usize, usize) -> f32, bias: &[f32; WIDTH]| -> Vec<f64> {
        let sum = |o: usize| bias[o] + x.iter().enumerate().map(|(i, x)| x * weight(i, o)).sum::<f32>();
        (0..WIDTH).map(|o| f64::from(sum(o))).collect()
    };
    let keys: Vec<_> =
        read.second.counted().iter().map(|z| project(z, &|i, o| look.key_value_weight[i][0][o], keys)).collect();
    let row = |x: &[f32; WIDTH]| {
        let query = project(x, &|i, o| look.query_weight[i][o], &look.query_bias);
        let score = |key: &Vec<f64>| query.iter().zip(key).map(|(q, k)| q * k).sum::<f64>() / (WIDTH as f64).sqrt();
        let shares: Vec<f64> = keys.iter().map(|key| score(key).exp()).collect();
        let sum: f64 = shares.iter().sum();
        shares.into_iter().map(|share| share / sum).collect()
    };
    read.first.iter().map(row).collect()
}

/// How much of the attention of the year's four digits is on the year, in letters as they were found.
fn on_the_year(example: &Example, weights: &[Vec<f64>]) -> f64 {
    let year = example.found.find(&example.iso[..4]).map_or(0..0, |at| at..at + 4);
    weights[..4].iter().map(|row| row[year.clone()].iter().sum::<f64>()).sum::<f64>() / 4.0
}

/// A network that has learnt from its samples.
macro_rules! learnt {
    ($network:ty, $samples:expr, $answers:expr) => {{
        let data = Dataset::new($samples, $answers)?;
        let mut trainer = Trainer::new(<$network>::seeded(1), PerStep(CrossEntropy), Adam::new(0.005))
            .batch(32)
            .epochs(EPOCHS)
            .schedule_by_epoch(Cosine::new(EPOCHS as u64))
            .clip_norm(1.0)
            .quiet();
        trainer.fit(&data)?;
        trainer.into_model()
    }};
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let mut days = calendar();
    Key::new(1).shuffle(&mut days);
    let example =
        |(n, day): (usize, &Date)| Example { found: day.written(Key::new(2).below(n as u64, WAYS)), iso: day.iso() };
    let examples: Vec<_> = days.iter().take(LEARNT + HELD_OUT).enumerate().map(example).collect();
    let (known, held_out) = examples.split_at(LEARNT);
    let alphabets = Alphabets::new()?;
    let so_far = known.iter().map(|example| alphabets.so_far(example)).collect::<Result<Vec<_>, _>>()?;
    let sources = known.iter().map(|example| alphabets.source(example)).collect::<Result<Vec<_>, _>>()?;
    let answers = known.iter().map(|example| alphabets.answer(example)).collect::<Result<Vec<_>, _>>()?;
    say!(notes, "{}", Translator::summary());
    let translator = learnt!(Translator, pairs(so_far.clone(), sources)?, answers.clone());
    let alone = learnt!(Alone, so_far, answers);

    let unseen = held_out.iter().map(|example| alphabets.source(example)).collect::<Result<Vec<_>, _>>()?;
    let written =
        alphabets.write(HELD_OUT, |so_far| Ok(translator.predict_many(&pairs(so_far.to_vec(), unseen.clone())?)))?;
    for (example, iso) in held_out.iter().zip(&written).take(8) {
        say!(notes, "{:>18} → {iso}", example.found);
    }
    let right = written.iter().zip(held_out).filter(|(iso, example)| **iso == example.iso).count();
    let mut on_year = 0.0;
    for (example, source) in held_out.iter().zip(&unseen) {
        on_year += on_the_year(example, &weights(&translator, &alphabets.so_far(example)?, source)) / HELD_OUT as f64;
    }
    // Without a date it writes the same each time.
    let same = alphabets.write(1, |so_far| Ok(alone.predict_many(so_far)))?.concat();
    let right_alone = held_out.iter().filter(|example| example.iso == same).count();
    say!(notes, "{right} of {HELD_OUT} dates are right; without the encoder it always writes {same}");

    let charts = (0..WAYS).filter_map(|way| {
        let day = Date { year: 1987, month: 8, day: 27, weekday: 6 };
        let example = Example { found: day.written(way), iso: day.iso() };
        let weights = weights(&translator, &alphabets.so_far(&example).ok()?, &alphabets.source(&example).ok()?);
        let letters = example.found.chars().map(|letter| if letter == ' ' { '·' } else { letter });
        let chart = Chart::new(&example.found, "letter read", "sign written")
            .names_x(letters.map(String::from))
            .names_y(example.iso.chars().rev().map(String::from))
            .cells(example.found.len(), &weights.concat(), Shades::Rising);
        Some(chart)
    });
    let figure = Figure::new("Which letters a decoder looks at for each sign of 1987-09-27", 2, charts)
        .panel(430, 300)
        .note("Each row is what one sign looks at, from above to below as it writes them; the more colour, the more it looks there.");
    let percent = |right: usize| format!("{:.1} % of {HELD_OUT}", 100.0 * right as f64 / HELD_OUT as f64);
    notes.claim(
        Claims::new()
            .hold(
                right * 100 >= HELD_OUT * 97,
                "of dates that it never saw at least 97 % are right to the last sign",
                percent(right),
            )
            .hold(
                right_alone * 100 <= HELD_OUT,
                "without attention to the encoder no more than one in a hundred is",
                percent(right_alone),
            )
            .hold(
                on_year > 0.8,
                "for the digits of the year it looks at the year, wherever that stands",
                format!("{:.0} % of their attention", 100.0 * on_year),
            ),
    );
    notes.draw("dates", &figure)
}
