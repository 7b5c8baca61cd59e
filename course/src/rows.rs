//! Digits read row by row: a recurrent network sees one row of 28 pixels after the other, and says in the end what it was.
//!
//! ```text
//! cargo run --release -p typednet-course --example rows
//! ```

use typednet::data::mnist;
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, Shades};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: a recurrent network over rows.
pub const LESSON: Lesson = Lesson { name: "rows", title: "Row by row", section: "Recurrent networks", run: lesson };

network! {
    /// 28 steps of 28 pixels in; the last state says which digit it was.
    pub struct Rows: [28, 28] => gru: Gru<128> => Last => head: Dense<10, Softmax> -> 10
}

/// How often the training walks over the digits.
const EPOCHS: usize = 16;

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let digits = mnist::embedded()?.reshape::<[[u8; 28]; 28]>();
    let mut trainer = Trainer::new(Rows::seeded(0), CrossEntropy, Adam::new(0.003))
        .epochs(EPOCHS)
        .schedule_by_epoch(Cosine::new(EPOCHS as u64))
        .quiet();
    trainer.fit(&digits.train)?;
    say!(notes, "{}", Rows::summary());
    let accuracy = trainer.evaluate(&digits.test)?.accuracy.unwrap_or(0.0);
    let model = trainer.model();
    say!(notes, "{:.2} % of the test digits are right", 100.0 * accuracy);

    // What it would say if the image ended after each row.
    let rows = |image: &[[u8; 28]; 28]| image.map(|row| row.map(|pixel| f32::from(pixel) / 255.0));
    let opinions = |image: &[[u8; 28]; 28]| {
        let mut stream = Stream::new();
        rows(image).map(|row| {
            let state = model.gru.step(&mut stream, &row);
            model.head.predict(&state)
        })
    };
    let mut right = [0.0; 28];
    for (image, class) in &digits.test {
        for (right, opinion) in right.iter_mut().zip(opinions(image)) {
            *right += f64::from(u8::from(class.is_largest(&opinion))) / digits.test.len() as f64;
        }
    }
    let streamed = right[27];
    let of = |digit: usize| {
        digits.test.iter().find(|(_, class)| class.index() == digit).map_or([[0; 28]; 28], |(image, _)| *image)
    };
    let four = of(4);
    let ink: Vec<f64> = rows(&four).as_flattened().iter().map(|x| f64::from(*x)).collect();
    let mut over_rows = Chart::new("what it is so far", "row", "probability").y_range(0.0, 1.0);
    let so_far = opinions(&four);
    for digit in [4, 9, 7, 1] {
        let line = so_far.iter().enumerate().map(|(row, opinion)| (row as f64 + 1.0, f64::from(opinion[digit])));
        over_rows = over_rows.line(format!("a {digit}"), line);
    }
    let shares = right.iter().enumerate().map(|(row, right)| (row as f64 + 1.0, 100.0 * right));
    let charts = [
        Chart::image("a 4", 28, &ink, Shades::Ink),
        over_rows,
        Chart::new("digits read rightly after a row", "row", "%").line("of all test digits", shares),
    ];
    let figure = Figure::new(format!("A GRU reads {:.1} % of 2,000 test digits row by row", 100.0 * accuracy), 3, charts)
        .panel(300, 300)
        .note("The state after each row is all that is kept of the rows before; the network was trained on whole digits only.");
    notes.claim(
        Claims::new()
            .hold(
                accuracy >= 0.965,
                "at least 96.5 % of the 2,000 test digits are right",
                format!("{:.2} %", 100.0 * accuracy),
            )
            .hold(
                (streamed - accuracy).abs() < 0.002,
                "row by row it says what it says of whole digits",
                format!("{:.2} % and {:.2} %", 100.0 * streamed, 100.0 * accuracy),
            )
            .hold(
                right[13] < 0.6 && right[20] > right[13],
                "half a digit is not enough",
                format!("{:.0} % after 14 rows, {:.0} % after 21", 100.0 * right[13], 100.0 * right[20]),
            ),
    );
    notes.draw("rows", &figure)
}
