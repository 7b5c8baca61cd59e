//! What the `Layer` trait promises.

use typednet_tensor::{Key, Scalar};

use super::cases::table;
use super::subject::{Subject, Target};

#[test]
fn trees_tell_the_truth() {
    for mut subject in table::<f32>() {
        let (name, tree) = (subject.name(), subject.tree());
        subject.draw(2, Key::new(0));
        assert_eq!(tree.len(), subject.params().len(), "{name}: parameters");
        assert_eq!(2 * tree.input.len(), subject.x().len(), "{name}: input");
        assert_eq!(2 * tree.output.len(), subject.y().len(), "{name}: output");
        let mut end = 0;
        tree.visit(&mut |place| {
            assert_eq!(place.range().start, end, "{name}: {place}");
            end = place.range().end;
        });
        assert_eq!(end, tree.len(), "{name}: the last place");
    }
}

/// Whether the other rows of a batch count is what the tree says of training, and at inference they never do.
#[test]
fn rows_depend_on_each_other_where_the_tree_says_so() {
    const ROWS: usize = 5;
    for (index, mut subject) in table::<f64>().into_iter().enumerate() {
        let name = subject.name();
        subject.draw(ROWS, Key::new(index as u64));
        let outputs = |subject: &mut Subject<f64>| {
            subject.forward();
            let training = subject.y().to_vec();
            subject.infer();
            [training, subject.y().to_vec()]
        };
        let before = outputs(&mut subject);
        let (width, first) = (subject.y().len() / ROWS, subject.x().len() / ROWS);
        subject.x()[..first].iter_mut().for_each(|x| *x = 0.5 - *x);
        let after = outputs(&mut subject);
        let depends = [0, 1].map(|pass| before[pass][width..] != after[pass][width..]);
        assert_eq!(depends, [subject.normalises_over_rows(), false], "{name}: in training, at inference");
        assert!(subject.differs_in_training() || !subject.normalises_over_rows(), "{name}");
    }
}

/// Whatever gradient and workspace hold before a pass, it gives the same bits.
#[test]
fn nothing_is_read_before_it_is_written() {
    fn check<T: Scalar + Target>() {
        for (index, mut subject) in table::<T>().into_iter().enumerate() {
            for rows in [1, 5] {
                let name = format!("{} over {rows} rows", subject.name());
                subject.draw(rows, Key::new(index as u64));
                let mut run = |poison: T| {
                    let mut bits = vec![];
                    let mut note = |values: &[T]| {
                        assert!(values.iter().all(|value| value.is_finite()), "{name}: something read is not written");
                        bits.extend(values.iter().map(|value| value.to_f64_exact().to_bits()));
                    };
                    subject.memory().fill(poison);
                    subject.fill_gradient(poison);
                    note(&[T::of(subject.gradient())]);
                    note(subject.grad());
                    note(subject.y());
                    subject.memory().fill(poison);
                    subject.fill_gradient(poison);
                    subject.dx().fill(poison);
                    note(&[T::of(subject.gradient_with_input())]);
                    note(subject.grad());
                    note(subject.dx());
                    subject.memory().fill(poison);
                    subject.infer();
                    note(subject.y());
                    subject.memory().fill(poison);
                    subject.forward();
                    note(subject.y());
                    bits
                };
                let clean = run(T::zero());
                assert!(run(T::nan()) == clean, "{name}: NaN in the workspace shows");
                assert!(run(T::of(1e30)) == clean, "{name}: 1e30 in the workspace shows");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
