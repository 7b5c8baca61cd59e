//! What a frozen layer is left alone by, for every layer of the table.

use typednet_layers::ParamKind;
use typednet_tensor::Key;

use super::cases::table;
use super::subject::Subject;
use super::values::draw_off_kinks;

/// The places of the gradient's block that a layer has to write, or those that it has to leave alone.
fn places(subject: &Subject<f64>, frozen: bool) -> Vec<usize> {
    let mut places = vec![];
    subject.tree().visit(&mut |place| {
        if (place.kind == ParamKind::Frozen) == frozen {
            places.extend(place.range());
        }
    });
    places
}

/// Whatever stands there: it is neither written nor read.
#[test]
fn a_frozen_layers_place_in_the_gradient_is_left_alone() {
    let mut seen = 0;
    for (index, mut subject) in table::<f64>().into_iter().enumerate() {
        let (frozen, others) = (places(&subject, true), places(&subject, false));
        if frozen.is_empty() {
            continue;
        }
        seen += 1;
        let name = subject.name();
        subject.draw(5, Key::new(index as u64));
        let before = subject.params().to_vec();
        for with_input in [false, true] {
            subject.grad().fill(f64::NAN);
            if with_input {
                subject.gradient_with_input();
                assert!(subject.dx().iter().all(|dx| dx.is_finite()), "{name}: dx reads the frozen gradient");
            } else {
                subject.gradient();
            }
            let grad = subject.grad();
            assert!(frozen.iter().all(|at| grad[*at].is_nan()), "{name}: a frozen gradient is written");
            assert!(others.iter().all(|at| grad[*at].is_finite()), "{name}: a gradient is not written");
        }
        subject.commit();
        let after = subject.params();
        assert!(frozen.iter().all(|at| after[*at].to_bits() == before[*at].to_bits()), "{name}: commit changes it");
    }
    assert!(seen > 3, "there are frozen layers in the table");
}

/// The pass that [`Frozen`](typednet_layers::Frozen) hands on, through every layer there is: in training it gives what it
/// gives in use, its dx is the derivative of that, and no parameter gets a gradient.
#[test]
fn every_layer_can_be_frozen() {
    const STEP: f64 = 1e-6;
    for (index, mut subject) in table::<f64>().into_iter().enumerate() {
        let name = subject.name();
        draw_off_kinks(&mut subject, 3, Key::new(index as u64), 1e-4);
        subject.grad().fill(f64::NAN);
        subject.dx().fill(f64::NAN);
        subject.frozen_gradient();
        assert!(subject.grad().iter().all(|g| g.is_nan()), "{name}: a gradient is written");
        let (y, dx) = (subject.y().to_vec(), subject.dx().to_vec());
        subject.infer_logits();
        assert!(subject.y() == y, "{name}: in training it gives something else than in use");
        for (i, found) in dx.iter().enumerate() {
            let x = subject.x()[i];
            let mut loss = |step| {
                subject.x()[i] = x + step;
                subject.loss_in_use()
            };
            let difference = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
            subject.x()[i] = x;
            let bound = 1e-8 + 1e-6 * difference.abs();
            assert!((found - difference).abs() <= bound, "{name}, input {i}: {found} should be {difference}");
        }
    }
}
