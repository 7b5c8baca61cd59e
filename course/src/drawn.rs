//! Digits that a network has drawn: sheets of them, and a reader that says what they are.

use typednet::prelude::*;

use crate::Failed;
use crate::digits::Mnist;

/// 28×28 pixels from 0 to 1.
pub(crate) type Digit = [f32; 784];

/// A network that was trained to read real digits.
pub(crate) type Reader = Trainer<Mnist, CrossEntropy, Adam>;

/// Bytes as numbers from 0 to 1.
pub(crate) fn pixels(digits: &[[u8; 784]]) -> Vec<Digit> {
    digits.iter().map(|digit| digit.map(|pixel| f32::from(pixel) / 255.0)).collect()
}

/// One image of many digits in rows of `columns`.
pub(crate) fn sheet(digits: &[Digit], columns: usize) -> Vec<f64> {
    let rows = digits.len() / columns;
    let mut pixels = Vec::with_capacity(digits.len() * Digit::LEN);
    for y in 0..28 * rows {
        for x in 0..28 * columns {
            pixels.push(f64::from(digits[y / 28 * columns + x / 28][y % 28 * 28 + x % 28]));
        }
    }
    pixels
}

/// A reader of digits that has nothing to do with what it judges.
///
/// # Errors
/// If the loss does not stay finite.
pub(crate) fn reader(digits: &Dataset<[u8; 784], Class<10>>) -> Result<Reader, Failed> {
    let mut reader = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(0.001)).epochs(5).quiet();
    reader.fit(digits)?;
    Ok(reader)
}

/// How many of the ten digits a reader finds among these, at least twice each.
pub(crate) fn kinds(reader: &Reader, digits: &[Digit]) -> usize {
    let mut found = [0; 10];
    for output in reader.model().predict_many(digits) {
        found[Class::of_largest(&output).index()] += 1;
    }
    found.iter().filter(|count| **count >= 2).count()
}
