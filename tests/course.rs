//! The examples of the course come out as `course.md` says: each one's claim, without its texts and pictures.
#![allow(missing_docs, reason = "a test")]
#![allow(clippy::duplicate_mod, reason = "each example is a program with its own copy of what they share")]

use typednet::prelude::*;

macro_rules! example {
    ($($name:ident $path:literal;)*) => {$(
        #[allow(dead_code, unreachable_pub, reason = "a program of its own, of which the tests use parts")]
        #[path = $path]
        mod $name;
    )*};
}

example! {
    activations "../examples/activations.rs";
    gradient_descent "../examples/gradient_descent.rs";
    initialisation "../examples/initialisation.rs";
    tutor "../examples/tutor.rs";
    vanishing "../examples/vanishing.rs";
}

/// Sections 1 and 4: the worked forward pass and every gradient.
#[test]
fn section_4_the_tutor_works_with_the_numbers_of_the_notes() {
    let lesson = tutor::step(tutor::lecture(), [0.5, 0.8], 1.0, 0.5);
    let text = |x: f64| format!("{x:.3}");
    assert_eq!(lesson.z1.map(text), ["0.520", "0.430"]);
    assert_eq!(lesson.a1.map(text), ["0.627", "0.606"]);
    assert_eq!([lesson.z2, lesson.a2].map(text), ["0.979", "0.727"]);
    tutor::check(&lesson);
    for (found, wanted) in lesson.gradient.as_flat().iter().zip(tutor::numeric(&lesson)) {
        assert!((found - wanted).abs() < 1e-10, "{found} is not {wanted}");
    }
    for ((before, after), gradient) in
        lesson.before.as_flat().iter().zip(lesson.after.as_flat()).zip(lesson.gradient.as_flat())
    {
        assert!((after - (before - 0.5 * gradient)).abs() < 1e-15);
    }
    let next = tutor::step(lesson.after, lesson.x, lesson.y, 0.5);
    assert!(next.loss < lesson.loss && next.a2 > lesson.a2, "nearer to the target 1");
}

#[test]
fn section_4_the_tutor_knows_the_chain_rule() {
    for (x, weights, target) in [(0.9, [0.15, 0.4, -0.6, 0.9], 0.25), (-2.0, [1.5, -0.4, 0.7, 0.1], 1.0)] {
        let rule = tutor::chain_rule(x, weights, target);
        for (found, formula) in rule.found.iter().zip(rule.formula) {
            assert!((found - formula).abs() < 1e-15 && formula != 0.0, "{found} is not {formula}");
        }
    }
}

#[test]
fn section_2_activations_and_their_slopes() {
    activations::check(&activations::shapes());
}

#[test]
fn section_5_initialisations() {
    initialisation::check(&initialisation::starts());
}

#[test]
fn section_9_vanishing_and_exploding_gradients() {
    let data = vanishing::data().expect("samples");
    let networks = vanishing::networks(&data);
    vanishing::check_vanishing(&networks);
    vanishing::check_explosion(&vanishing::explosion(&data).expect("one is finite, one is not"), &networks);
}

#[test]
fn section_6_gradient_descent_at_four_rates() {
    let data = gradient_descent::data().expect("pairs");
    let path = |(rate, _)| gradient_descent::path(&data, rate, data.len(), 15).expect("finite");
    gradient_descent::check_rates(&gradient_descent::RATES.map(path));
}

#[test]
fn section_6_fewer_samples_in_a_step() {
    let data = gradient_descent::data().expect("pairs");
    gradient_descent::check_batches(&data, &gradient_descent::batches(&data).expect("finite"));
}
