//! Checks of sizes that are `const` items, with messages that hold both numbers.

use crate::Complaint;
use crate::foreign::ONE_NUMBER;

mod rules;

pub use rules::{axis, follows, follows_as, rank, size_or_one};

/// Compiles where `size` is not 0.
///
/// # Panics
/// If it is 0; at compile time, where `network!` calls it.
#[track_caller]
pub const fn not_zero(what: &str, size: usize) {
    if size == 0 {
        let message = Complaint::new().text(what).text(": a size is 0");
        panic!("{}", message.as_str());
    }
}

/// The most elements of a sample or weights of a layer: an array of them has to be a type.
const MOST: usize = if usize::BITS < 64 { usize::MAX >> 4 } else { 1 << 57 };

/// Compiles where an array of these sizes can be.
///
/// # Panics
/// If it cannot; at compile time, where `network!` calls it.
#[track_caller]
pub const fn fits(what: &str, sizes: &[usize]) {
    let mut product = 1_usize;
    let mut i = 0;
    while i < sizes.len() {
        product = match product.checked_mul(sizes[i]) {
            Some(product) if product <= MOST => product,
            _ => {
                let message =
                    Complaint::new().text(what).text(" has more elements than memory can hold: ").product(sizes);
                panic!("{}", message.as_str());
            }
        };
        i += 1;
    }
}

/// Compiles where `value` is a probability, such as that of a dropout.
///
/// # Panics
/// If it is none; at compile time, where `network!` calls it.
#[track_caller]
pub const fn probability(what: &str, value: f64) {
    keeps(is_probability(value), what, ": a probability is from 0 up to but not including 1");
}

/// A probability, or 0 where [`probability`] says that it is none.
pub const fn probability_or_zero(value: f64) -> f64 {
    if is_probability(value) { value } else { 0.0 }
}

/// Compiles where `value` is a standard deviation.
///
/// # Panics
/// If it is none; at compile time, where `network!` calls it.
#[track_caller]
pub const fn deviation(what: &str, value: f64) {
    keeps(is_deviation(value), what, ": a deviation is finite and not negative");
}

/// A standard deviation, or 0 where [`deviation`] says that it is none.
pub const fn deviation_or_zero(value: f64) -> f64 {
    if is_deviation(value) { value } else { 0.0 }
}

/// Compiles where `value` is finite.
///
/// # Panics
/// If it is not; at compile time, where `network!` calls it.
#[track_caller]
pub const fn number(what: &str, value: f64) {
    keeps(value.is_finite(), what, ": a number is finite");
}

/// A finite number, or 0 where [`number`] says that it is none.
pub const fn number_or_zero(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

const fn is_probability(value: f64) -> bool {
    value >= 0.0 && value < 1.0
}

const fn is_deviation(value: f64) -> bool {
    value >= 0.0 && value.is_finite()
}

#[track_caller]
const fn keeps(keeps: bool, what: &str, rule: &str) {
    assert!(keeps, "{}", Complaint::new().text(what).text(rule).as_str());
}

/// Compiles where the layer called `layer` gives the declared sizes.
///
/// # Panics
/// If it gives others; at compile time, where `network!` calls it.
#[track_caller]
pub const fn gives(layer: &str, given: &[usize], whose: &str, declared: &[usize]) {
    let mut i = 0;
    while i < given.len() && i < declared.len() && given[i] == declared[i] {
        i += 1;
    }
    if i < given.len() || i < declared.len() {
        let message = Complaint::new().text(layer).text(" gives ").shape(given);
        let message = message.text(", but ").text(whose).text(" ").shape(declared);
        panic!("{}", message.as_str());
    }
}

/// Compiles where the state of the layer called `layer` is what comes in beside its steps.
///
/// # Panics
/// If that is another; at compile time, where `network!` calls it.
#[track_caller]
pub const fn state(layer: &str, state: &[usize], found: &[usize]) {
    let mut is_same = state.len() == found.len();
    let mut i = 0;
    while is_same && i < state.len() {
        is_same = state[i] == found[i];
        i += 1;
    }
    if !is_same {
        let message = Complaint::new().text(layer).text(": its state is ").shape(state);
        let message = message.text(if state.len() > 1 { ", h and c" } else { "" });
        let message = message.text(", but the second half of what comes in is ").shape(found);
        panic!("{}", message.as_str());
    }
}

/// Compiles where a layer of another crate does not complain of its sizes; the caret is where this is called.
///
/// # Panics
/// With the complaint; at compile time, where `network!` calls it.
#[track_caller]
pub const fn no_complaint(complaint: &Option<Complaint>) {
    if let Some(complaint) = complaint {
        panic!("{}", complaint.as_str());
    }
}

/// Compiles where the layer is none of one number type in a network of any.
///
/// # Panics
/// With the message, if it is; at compile time, where `network!` calls it.
#[track_caller]
pub const fn any_number(message: &str, kind: u8) {
    assert!(kind != ONE_NUMBER, "{}", message);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOSE: &str = "the network is declared to give";

    #[test]
    fn sizes_that_fit_pass() {
        not_zero("layer `l1: Dense<N>`", 1);
        gives("layer `l1: Dense<N>`", &[10], WHOSE, &[10]);
        gives("layer `l1: Relu`", &[1, 28, 28], WHOSE, &[1, 28, 28]);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Dense<N>` gives 128, but the network is declared to give 10")]
    fn a_wrong_size_is_named() {
        gives("layer `l1: Dense<N>`", &[128], WHOSE, &[10]);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Relu` gives [1, 28, 28], but the network is declared to give [1, 28, 20]")]
    fn a_wrong_shape_is_named() {
        gives("layer `l1: Relu`", &[1, 28, 28], WHOSE, &[1, 28, 20]);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Dense<N>`: a size is 0")]
    fn zero_is_named() {
        not_zero("layer `l1: Dense<N>`", 0);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Dense<N>` has more elements than memory can hold: 784 x 1152921504606846976")]
    fn what_is_too_large_is_named() {
        fits("layer `l1: Dense<N>`", &[784, 1 << 60]);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Dropout<{ P }>`: a probability is from 0 up to but not including 1")]
    fn a_wrong_probability_is_named() {
        probability("layer `l1: Dropout<{ P }>`", 1.0);
    }

    #[test]
    fn numbers_that_keep_their_rules_pass() {
        fits("layer `l1: Dense<N>`", &[1 << 20, 1 << 20]);
        for (value, is_probability, is_deviation, is_number) in [
            (0.0, true, true, true),
            (0.999, true, true, true),
            (1.0, false, true, true),
            (-0.5, false, false, true),
            (f64::INFINITY, false, false, false),
            (f64::NAN, false, false, false),
        ] {
            let or_zero = |is: bool| if is { value } else { 0.0 };
            assert_eq!(probability_or_zero(value).to_bits(), or_zero(is_probability).to_bits());
            assert_eq!(deviation_or_zero(value).to_bits(), or_zero(is_deviation).to_bits());
            assert_eq!(number_or_zero(value).to_bits(), or_zero(is_number).to_bits());
        }
        deviation("layer `l1: Noise<{ S }>`", 0.1);
        number("layer `l1: LeakyRelu<{ A }>`", -0.5);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Encoder` computes with one number type")]
    fn a_layer_of_one_number_type_is_named() {
        let message = "layer `l1: Encoder` computes with one number type";
        any_number(message, crate::foreign::LAYER);
        any_number(message, ONE_NUMBER);
    }

    #[test]
    #[should_panic(expected = "the width is 27, not 26")]
    fn a_complaint_is_said() {
        no_complaint(&None);
        no_complaint(&Some(Complaint::new().text("the width is ").number(27).text(", not 26")));
    }
}
