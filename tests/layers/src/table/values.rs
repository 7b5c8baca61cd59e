//! Outputs and losses are those of the reference, in both scalars; all ways through a network agree.

use typednet_tensor::{Key, Scalar};

use super::cases::table;
use super::subject::{Subject, Target};

/// Batches of one, of an odd number, and of as many as the lectures use.
const ROWS: [usize; 3] = [1, 3, 64];

pub(crate) fn wide<T: Scalar>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64_exact()).collect()
}

/// Draws a batch in which no z is so near to a kink that the scalars' rounding could decide.
pub(crate) fn draw_off_kinks<T: Scalar>(subject: &mut Subject<T>, rows: usize, key: Key, margin: f64) {
    for attempt in 0..1000 {
        subject.draw(rows, key.child(attempt));
        let (params, x) = (wide(subject.params()), wide(subject.x()));
        if x.chunks(x.len() / rows).all(|x| subject.naive(&params, x).margin > margin) {
            return;
        }
    }
    panic!("{}: every batch has a z near a kink", subject.name());
}

#[track_caller]
pub(crate) fn near<T: Scalar>(name: &str, found: &[T], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len(), "{name}");
    let norm = wanted.iter().fold(0.0, |norm: f64, wanted| norm.max(wanted.abs()));
    for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let found = found.to_f64_exact();
        assert!(
            (found - wanted).abs() <= tolerance * norm,
            "{name}, place {i}: {found} should be {wanted}, off by {:e} of the largest",
            (found - wanted).abs() / norm
        );
    }
}

fn check<T: Scalar + Target>(tolerance: f64) {
    for (index, mut subject) in table::<T>().into_iter().enumerate() {
        for rows in ROWS {
            let name = format!("{} over {rows} rows", subject.name());
            draw_off_kinks(&mut subject, rows, Key::new(index as u64), 1e-5);
            let (params, x) = (wide(subject.params()), wide(subject.x()));
            let outputs: Vec<Vec<f64>> = x.chunks(x.len() / rows).map(|x| subject.naive(&params, x).a).collect();
            let targets = subject.targets().chunks(subject.targets().len() / rows);
            let row = |(a, target): (&Vec<f64>, &[f64])| subject.naive_loss(a, target);
            let loss: f64 = outputs.iter().zip(targets).map(row).sum::<f64>() / rows as f64;
            let outputs = outputs.concat();

            subject.infer();
            near(&name, subject.y(), &outputs, tolerance);
            let inferred: Vec<T> = subject.y().to_vec();
            subject.forward();
            let agrees = subject.y() == inferred;
            if rows == 64 {
                // In a batch of few rows dropout may drop nothing.
                assert_eq!(agrees, !subject.differs_in_training(), "{name}: whether forward and infer agree");
            }
            assert!(agrees || subject.differs_in_training(), "{name}: forward and infer differ");
            subject.predict();
            near(&name, subject.y(), &outputs, tolerance);
            near(&name, &[T::of(subject.evaluate())], &[loss], 10.0 * tolerance);
            let loss = if subject.differs_in_training() { subject.training_loss() } else { loss };
            near(&name, &[T::of(subject.gradient())], &[loss], 10.0 * tolerance);
        }
    }
}

#[test]
fn outputs_and_losses_in_f64() {
    check::<f64>(1e-13);
}

#[test]
fn outputs_and_losses_in_f32() {
    check::<f32>(2e-6);
}

#[test]
fn gradients_in_f32_are_those_in_f64() {
    for (index, (mut single, mut double)) in table::<f32>().into_iter().zip(table::<f64>()).enumerate() {
        for rows in ROWS {
            if rows == 3 && single.normalises_over_rows() {
                // 1/σ multiplies all rounding, and of three rows some feature's are nearly equal.
                continue;
            }
            let name = format!("{} over {rows} rows", single.name());
            let key = Key::new(index as u64);
            draw_off_kinks(&mut single, rows, key, 1e-5);
            draw_off_kinks(&mut double, rows, key, 1e-5);
            assert_eq!(wide(single.x()), double.x(), "both have the same batch");
            single.gradient_with_input();
            double.gradient_with_input();
            near(&format!("{name}, parameters"), single.grad(), double.grad(), 1e-5);
            near(&format!("{name}, input"), single.dx(), double.dx(), 1e-5);
        }
    }
}
