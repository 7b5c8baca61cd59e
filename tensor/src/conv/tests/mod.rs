//! Convolutions by cases, what they refuse, and how they are cut.

mod cases;
mod cut_weights;
mod spans;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::simd::Lane;
use crate::{Buffer, Key};
use cases::{conv, fractions, lanes};

#[test]
fn nothing_is_allocated() {
    let c = conv([9, 9, 5], 20, [3, 3]).pad([1, 1]).stride([2, 2]);
    let (x, w, b) = (fractions(4 * c.inputs(), 1), fractions(c.weights(), 2), fractions(c.outputs, 3));
    let mut y = vec![0.0; 4 * c.outputs()];
    let (mut dx, mut dw, mut db) = (x.clone(), w.clone(), b.clone());
    let mut scratch = vec![0.0; c.scratch()];
    let all = allocation_counter::measure(|| {
        forward(&c, &x, &w, &b, &mut y, Epilogue::Relu, Parallel::SERIAL);
        input_gradient(&c, &y, &w, &mut dx, &mut scratch, Parallel::SERIAL);
        input_gradient_one(&c, &y[..c.outputs()], &w, &mut dx[..c.inputs()]);
        gradients(&c, &x, &y, (&mut dw, &mut db), Parallel::SERIAL);
    });
    assert_eq!(all.count_total, 0);
}

#[test]
fn relu_leaves_what_is_not_a_number() {
    let c = conv([1, 40, 1], 1, [1, 1]);
    let mut x = vec![-1.0_f32; 40];
    (x[3], x[39]) = (f32::NAN, f32::NAN);
    for lane in lanes() {
        let mut y = [5.0; 40];
        forward_on(lane, &c, (&x, &[1.0], &[]), &mut y, Epilogue::Relu, Parallel::SERIAL);
        for (i, y) in y.into_iter().enumerate() {
            assert!(if i == 3 || i == 39 { y.is_nan() } else { y == 0.0 }, "{lane:?} {i}: {y}");
        }
    }
}

#[test]
fn lengths_that_do_not_agree_are_refused() {
    let c = conv([4, 4, 2], 3, [3, 3]);
    let (inputs, outputs, weights) = (c.inputs(), c.outputs(), c.weights());
    let refused = |x: usize, y: usize, w: usize, b: usize, scratch: usize| {
        let block = |len: usize| vec![0.0_f32; len];
        let (x, mut y, w, b) = (block(x), block(y), block(w), block(b));
        let (mut dx, mut dw, mut db, mut scratch) = (x.clone(), w.clone(), b.clone(), block(scratch));
        let panics = |f: &mut dyn FnMut()| catch_unwind(AssertUnwindSafe(f)).is_err();
        [
            panics(&mut || forward(&c, &x, &w, &b, &mut y, Epilogue::None, Parallel::SERIAL)),
            panics(&mut || input_gradient(&c, &y, &w, &mut dx, &mut scratch, Parallel::SERIAL)),
            panics(&mut || gradients(&c, &x, &y, (&mut dw, &mut db), Parallel::SERIAL)),
        ]
    };
    assert_eq!(refused(2 * inputs, 2 * outputs, weights, 3, weights), [false; 3]);
    assert_eq!(refused(2 * inputs, 2 * outputs, weights, 0, weights), [false; 3]);
    assert_eq!(refused(inputs + 1, outputs, weights, 3, weights), [true; 3]);
    assert_eq!(refused(2 * inputs, outputs, weights, 3, weights), [true; 3]);
    assert_eq!(refused(inputs, outputs, weights - 1, 3, weights), [true; 3]);
    assert_eq!(refused(inputs, outputs, weights, 2, weights), [true, false, true]);
    assert_eq!(refused(inputs, outputs, weights, 3, weights - 1), [false, true, false]);
}

/// Parameters and scratch start on lines as a rule; results must not depend on it.
#[test]
fn alignment_changes_nothing() {
    let c = conv([8, 8, 16], 16, [3, 3]).pad([1, 1]);
    let (x, w) = (fractions(c.inputs(), 1), fractions(c.weights(), 2));
    let mut block = Buffer::<f32>::new();
    let mut results = Vec::new();
    for off in [0, 1, 4] {
        let block = &mut block.grow(w.len() + off)[off..];
        block.copy_from_slice(&w);
        let mut y = vec![0.0; c.outputs()];
        forward(&c, &x, block, &[], &mut y, Epilogue::None, Parallel::SERIAL);
        results.push(y);
    }
    assert!(results.iter().all(|y| *y == results[0]));
}

/// The elements of two outputs would be as many as wrap around to none.
#[test]
#[should_panic(expected = "2 images give 2 times")]
fn outputs_of_more_elements_than_can_be_addressed_are_refused() {
    let half = usize::BITS / 2;
    let c = conv([1, 1, 1], 1, [1, 1]).stride([2, 2]).pad([(1 << half) - 1, (1 << (half - 1)) - 1]);
    gradients(&c, &[0.0_f32; 2], &[], (&mut [0.0], &mut []), Parallel::SERIAL);
}
