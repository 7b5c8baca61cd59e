//! Steps of one sequence that look at those of another, on every lane that this processor has.

use typednet_tensor::attention::{
    MultiHead, backward, backward_across, backward_across_on, forward, forward_across, forward_across_on, forward_parts,
};
use typednet_tensor::simd::{Lane, lane};
use typednet_tensor::{Parallel, Scalar};

use super::{lanes, near, numbers};
use crate::test_pools::Threads;

/// Queries, keys, heads and numbers of a head: more of one and of the other, one of each, and more than a tile has.
const SIZES: [[usize; 4]; 8] = [
    [1, 1, 1, 1],
    [1, 5, 2, 3],
    [6, 1, 1, 4],
    [4, 7, 3, 5],
    [25, 3, 2, 8],
    [24, 61, 1, 17],
    [3, 300, 2, 5],
    [49, 257, 1, 2],
];

const SAMPLES: usize = 2;

/// What a batch gives, by the formula.
fn by_formula(heads: &MultiHead, q: &[f64], kv: &[f64]) -> Vec<f64> {
    let (width, w, mut y) = (heads.width(), heads.head_width(), vec![]);
    for (q, kv) in q.chunks(heads.steps() * width).zip(kv.chunks(2 * heads.keys() * width)) {
        for q in q.chunks(width) {
            for first in (0..width).step_by(w) {
                let score = |kv: &[f64]| (first..first + w).map(|c| q[c] * kv[c]).sum::<f64>() / (w as f64).sqrt();
                let mut weights: Vec<f64> = kv.chunks(2 * width).map(score).collect();
                let largest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                for score in &mut weights {
                    *score = (*score - largest).exp();
                }
                let sum: f64 = weights.iter().sum();
                let value = |at: usize| -> f64 {
                    weights.iter().zip(kv.chunks(2 * width)).map(|(weight, kv)| weight / sum * kv[width + at]).sum()
                };
                y.extend((first..first + w).map(value));
            }
        }
    }
    y
}

/// What both passes leave: the context, and the gradients.
fn passes<T: Scalar>(lane: Lane, heads: &MultiHead, [q, kv, dy]: [&[T]; 3]) -> [Vec<T>; 3] {
    // Whatever stands there is written before it is read.
    let nan = |len: usize| vec![T::nan(); len];
    let samples = q.len() / (heads.steps() * heads.width());
    let (mut y, mut kept) = (nan(dy.len()), nan(samples * heads.kept()));
    let (mut dq, mut dkv, mut scratch) = (nan(q.len()), nan(kv.len()), nan(samples * heads.backward_scratch()));
    forward_across_on(lane, heads, (q, kv), &mut y, Some(&mut kept), &mut scratch, Parallel::SERIAL);
    scratch.fill(T::nan());
    let (given, gradients) = ((&*y, &*kept, dy), (&mut *dq, &mut *dkv));
    backward_across_on((lane, heads), (q, kv), given, gradients, &mut scratch, Parallel::SERIAL);
    [y, dq, dkv]
}

fn operands<T: Scalar>(heads: &MultiHead) -> [Vec<T>; 3] {
    let (queries, keys) = (SAMPLES * heads.steps() * heads.width(), SAMPLES * 2 * heads.keys() * heads.width());
    [numbers(queries, 21), numbers(keys, 22), numbers(queries, 23)]
}

fn all_sizes() -> impl Iterator<Item = MultiHead> {
    SIZES.into_iter().map(|[queries, keys, heads, width]| MultiHead::across(queries, keys, heads, width))
}

#[test]
fn what_queries_give() {
    for heads in all_sizes() {
        let [q, kv, dy] = operands::<f64>(&heads);
        let wanted = by_formula(&heads, &q, &kv);
        let single = |x: &[f64]| x.iter().map(|x| *x as f32).collect::<Vec<_>>();
        for lane in lanes() {
            let what = format!("{heads:?} on {lane:?}");
            near(&what, &passes(lane, &heads, [&q, &kv, &dy])[0], &wanted, 1e-14);
            near(&what, &passes(lane, &heads, [&*single(&q), &single(&kv), &single(&dy)])[0], &wanted, 2e-6);
        }
    }
}

#[test]
fn gradients_are_central_differences() {
    const STEP: f64 = 1e-5;
    for heads in all_sizes() {
        let [q, kv, dy] = operands::<f64>(&heads);
        let found: Vec<_> = lanes().map(|lane| passes(lane, &heads, [&q, &kv, &dy])).collect();
        let mut of = [q, kv];
        for which in [0, 1] {
            // Of many numbers some, from both thirds, heads and steps.
            let stride = 1 + of[which].len() * heads.steps() / 3000;
            for i in (0..of[which].len()).step_by(stride) {
                let x = of[which][i];
                let mut loss = |step: f64| -> f64 {
                    of[which][i] = x + step;
                    by_formula(&heads, &of[0], &of[1]).iter().zip(&dy).map(|(y, dy)| y * dy).sum()
                };
                let difference = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
                of[which][i] = x;
                for found in &found {
                    let found = found[which + 1][i];
                    assert!(
                        (found - difference).abs() < 1e-8,
                        "{heads:?}, {which}, place {i}: {found} for {difference}"
                    );
                }
            }
        }
    }
}

/// A sequence that looks at itself gives the bits that it gives with queries, keys and values side by side.
#[test]
fn a_sequence_across_itself_is_that_sequence() {
    let heads = MultiHead::new(61, 2, 5);
    let (width, len) = (heads.width(), SAMPLES * heads.steps() * heads.width());
    let (qkv, dy) = (numbers::<f32>(3 * len, 24), numbers::<f32>(len, 25));
    let apart = |rows: &[f32], columns: core::ops::Range<usize>| -> Vec<f32> {
        rows.chunks(3 * width).flat_map(|row| row[columns.clone()].to_vec()).collect()
    };
    let (q, kv) = (apart(&qkv, 0..width), apart(&qkv, width..3 * width));
    let (mut y, mut kept, mut d_qkv) = (vec![0.0; len], vec![0.0; SAMPLES * heads.kept()], vec![0.0; 3 * len]);
    let mut scratch = vec![0.0; SAMPLES * heads.backward_scratch()];
    forward(&heads, &qkv, &mut y, Some(&mut kept), &mut scratch, Parallel::SERIAL);
    backward(&heads, (&qkv, &y, &kept), &dy, &mut d_qkv, &mut scratch, Parallel::SERIAL);
    let [across, dq, dkv] = passes(lane(), &heads, [&q, &kv, &dy]);
    assert!(y == across && apart(&d_qkv, 0..width) == dq && apart(&d_qkv, width..3 * width) == dkv);
}

#[test]
fn threads_change_no_bit() {
    let heads = MultiHead::across(40, 90, 3, 17);
    let [q, kv, dy] = operands::<f32>(&heads);
    let run = |parallel: Parallel<'_>| {
        let (mut y, mut kept) = (vec![0.0; dy.len()], vec![0.0; SAMPLES * heads.kept()]);
        let (mut dq, mut dkv) = (vec![0.0; q.len()], vec![0.0; kv.len()]);
        let mut scratch = vec![0.0; SAMPLES * heads.backward_scratch()];
        forward_across(&heads, (&q, &kv), &mut y, Some(&mut kept), &mut scratch, parallel);
        backward_across(&heads, (&q, &kv), (&y, &kept, &dy), (&mut dq, &mut dkv), &mut scratch, parallel);
        [y, dq, dkv]
    };
    let alone = run(Parallel::SERIAL);
    for threads in [2, 3] {
        assert!(forward_parts(&heads, SAMPLES, Parallel::on(&Threads(threads))) > 1, "the work is cut");
        assert!(run(Parallel::on(&Threads(threads))) == alone, "{threads} threads");
    }
    assert!(alone == passes(lane(), &heads, [&q, &kv, &dy]));
}

#[test]
#[should_panic(expected = "keys and values are samples of 12 numbers")]
fn keys_of_another_number_of_steps_are_refused() {
    let heads = MultiHead::across(2, 3, 1, 2);
    forward_across(&heads, (&[0.0_f32; 4], &[0.0; 8]), &mut [0.0; 4], None, &mut [0.0; 6], Parallel::SERIAL);
}

/// The numbers of a sample would wrap around to none.
#[test]
#[should_panic(expected = "a size is too large")]
fn keys_and_values_of_more_numbers_than_can_be_addressed_are_refused() {
    let heads = MultiHead::across(1, 1 << (usize::BITS - 1), 1, 1);
    forward_across(&heads, (&[0.0_f32; 1], &[]), &mut [0.0], None, &mut [], Parallel::SERIAL);
}
