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
    activation_swap "../examples/activation_swap.rs";
    activations "../examples/activations.rs";
    deep "../examples/deep.rs";
    gradient_descent "../examples/gradient_descent.rs";
    initialisation "../examples/initialisation.rs";
    optimisers "../examples/optimisers.rs";
    overfitting "../examples/overfitting.rs";
    rate_too_high "../examples/rate_too_high.rs";
    tutor "../examples/tutor.rs";
    universal "../examples/universal.rs";
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

#[test]
fn section_1_one_hidden_layer_fits_a_curve() {
    universal::check(&universal::fits().expect("finite"));
}

#[test]
fn section_6_momentum_needs_fewer_steps() {
    let digits = optimisers::on_digits().expect("finite");
    optimisers::check(&optimisers::on_the_bowl(), &optimisers::in_the_valley(), &digits);
}

#[test]
fn section_7_overfitting_and_its_cures() {
    let parts = overfitting::parts().expect("the embedded digits");
    overfitting::check(&overfitting::cures(&parts).expect("finite"));
}

#[test]
fn section_7_batch_normalisation_and_skips_train_24_layers() {
    deep::check(&deep::depths().expect("finite"));
}

#[test]
fn lab_2_tanh_and_relu_learn_faster_than_sigmoid() {
    let (train, test) = activation_swap::data().expect("points");
    activation_swap::check(
        &activation_swap::train("sigmoid", &train, &test).expect("finite"),
        &activation_swap::train("tanh", &train, &test).expect("finite"),
        &activation_swap::train("ReLU", &train, &test).expect("finite"),
    );
}

#[test]
fn lab_3_a_rate_that_is_too_high_and_a_limit() {
    let tries = rate_too_high::raise().expect("one diverges");
    let rate = tries[tries.len() - 1].rate;
    rate_too_high::check(&tries, &rate_too_high::train(rate, Some(rate_too_high::LIMIT)).expect("points"));
}
