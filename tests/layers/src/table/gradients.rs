//! Every gradient is the central difference of the loss in training, in `f64`.

use typednet_tensor::Key;

use super::cases::table;
use super::subject::Subject;
use super::values::draw_off_kinks;

const STEP: f64 = 1e-6;

/// Each gradient is its difference, where the losses are about `loss`.
#[track_caller]
fn check(name: &str, found: &[f64], differences: &[f64], loss: f64) {
    for (i, (found, difference)) in found.iter().zip(differences).enumerate() {
        // The usual bounds are 1e-5 and 1e-3; these are what the difference itself is good for. Each of its two losses is the
        // end of some sums, which are rounded.
        let rounding = 4.0 * f64::EPSILON * loss.abs() / STEP;
        let bound = 1e-8 + 1e-6 * difference.abs() + rounding;
        assert!((found - difference).abs() <= bound, "{name}, place {i}: {found} should be {difference}");
    }
}

/// (L(v + h) − L(v − h)) / 2h for each of the values that `values` names.
fn differences(subject: &mut Subject<f64>, values: fn(&mut Subject<f64>) -> &mut [f64]) -> Vec<f64> {
    (0..values(subject).len())
        .map(|i| {
            let value = values(subject)[i];
            let mut loss = |step| {
                values(subject)[i] = value + step;
                subject.training_loss()
            };
            let difference = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
            values(subject)[i] = value;
            difference
        })
        .collect()
}

#[test]
fn gradients_are_central_differences() {
    for (index, mut subject) in table::<f64>().into_iter().enumerate() {
        for rows in [1, 3] {
            let name = format!("{} over {rows} rows", subject.name());
            draw_off_kinks(&mut subject, rows, Key::new(index as u64), 1e-4);
            subject.gradient_with_input();
            let (grad, dx) = (subject.grad().to_vec(), subject.dx().to_vec());
            subject.fill_gradient(f64::NAN);
            let loss = subject.gradient();
            assert!(subject.grad() == grad, "{name}: the gradient depends on whether dx is asked for");
            let mut differences_of_params = differences(&mut subject, |s| s.params());
            subject.tree().visit(&mut |place| {
                // What stands there is no derivative, but what the layer wants to commit, or nothing.
                if !place.kind.is_trained() {
                    differences_of_params[place.range()].copy_from_slice(&grad[place.range()]);
                }
            });
            check(&format!("{name}, parameters"), &grad, &differences_of_params, loss);
            check(&format!("{name}, input"), &dx, &differences(&mut subject, |s| s.x()), loss);
        }
    }
}
