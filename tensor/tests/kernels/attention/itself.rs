//! Both passes on every lane that this processor has, against formulas and central differences.

use typednet_tensor::attention::{
    MultiHead, backward, backward_on, forward, forward_on, forward_parts, reference, step,
};
use typednet_tensor::simd::{Lane, lane};
use typednet_tensor::{Parallel, Scalar};

use super::{lanes, near, numbers};
use crate::test_pools::Threads;

/// Steps, heads and numbers of a head: one of each, odd ones, more queries than a tile has, and more keys.
const SIZES: [(usize, usize, usize); 9] =
    [(1, 1, 1), (1, 3, 5), (2, 1, 7), (7, 2, 3), (23, 1, 16), (24, 2, 17), (25, 3, 8), (61, 2, 32), (300, 2, 5)];

const SAMPLES: usize = 2;

fn all_sizes() -> impl Iterator<Item = MultiHead> {
    SIZES.into_iter().flat_map(|(steps, heads, width)| {
        let heads = MultiHead::new(steps, heads, width);
        [heads, heads.causal()]
    })
}

/// What a batch gives, by the formula.
fn by_formula(heads: &MultiHead, qkv: &[f64]) -> Vec<f64> {
    let (steps, head_width) = (heads.steps(), heads.head_width());
    let (width, mut weights) = (heads.width(), vec![0.0; steps * steps]);
    let mut context = vec![0.0; qkv.len() / 3];
    for (qkv, context) in qkv.chunks(3 * steps * width).zip(context.chunks_mut(steps * width)) {
        for head in 0..heads.heads() {
            reference::weights(heads, qkv, head, &mut weights);
            for query in 0..steps {
                for at in head * head_width..(head + 1) * head_width {
                    let value = |key: usize| weights[query * steps + key] * qkv[(3 * key + 2) * width + at];
                    context[query * width + at] = (0..steps).map(value).sum();
                }
            }
        }
    }
    context
}

/// What both passes leave.
#[derive(PartialEq)]
struct Results<T> {
    context: Vec<T>,
    kept: Vec<T>,
    d_qkv: Vec<T>,
}

fn passes<T: Scalar>(lane: Lane, heads: &MultiHead, qkv: &[T], d_context: &[T]) -> Results<T> {
    let samples = qkv.len() / (3 * heads.steps() * heads.width());
    // Whatever stands there is written before it is read.
    let nan = |len: usize| vec![T::nan(); len];
    let (mut context, mut kept, mut d_qkv) = (nan(d_context.len()), nan(samples * heads.kept()), nan(qkv.len()));
    let mut scratch = nan(samples * heads.backward_scratch());
    forward_on(lane, heads, qkv, &mut context, Some(&mut kept), &mut scratch, Parallel::SERIAL);
    scratch.fill(T::nan());
    let given = (qkv, &*context, &*kept);
    backward_on((lane, heads), given, d_context, &mut d_qkv, &mut scratch, Parallel::SERIAL);
    Results { context, kept, d_qkv }
}

fn check_forward<T: Scalar>(tolerance: f64) {
    for heads in all_sizes() {
        let len = SAMPLES * heads.steps() * heads.width();
        for size in [1.0, 20.0] {
            // Scores up to hundreds: without the largest one taken off they would overflow.
            let qkv: Vec<T> = numbers::<T>(3 * len, 1).into_iter().map(|x| x * T::of(size)).collect();
            let wide: Vec<f64> = qkv.iter().map(|x| x.to_f64_exact()).collect();
            let wanted = by_formula(&heads, &wide);
            for lane in lanes() {
                let found = passes(lane, &heads, &qkv, &numbers(len, 2)).context;
                near(&format!("{heads:?} on {lane:?}"), &found, &wanted, tolerance * size * size * size);
            }
        }
    }
}

#[test]
fn what_heads_give_in_f32() {
    check_forward::<f32>(2e-6);
}

#[test]
fn what_heads_give_in_f64() {
    check_forward::<f64>(1e-14);
}

#[test]
fn gradients_are_central_differences() {
    const STEP: f64 = 1e-5;
    for heads in all_sizes() {
        let len = SAMPLES * heads.steps() * heads.width();
        let (mut qkv, d_context) = (numbers::<f64>(3 * len, 3), numbers::<f64>(len, 4));
        let found: Vec<_> = lanes().map(|lane| passes(lane, &heads, &qkv, &d_context).d_qkv).collect();
        // Of many numbers some, from all thirds, heads and steps.
        let stride = 1 + 3 * len * heads.steps() / 6000;
        for i in (0..3 * len).step_by(stride) {
            let x = qkv[i];
            let mut loss = |step: f64| -> f64 {
                qkv[i] = x + step;
                by_formula(&heads, &qkv).iter().zip(&d_context).map(|(y, dy)| y * dy).sum()
            };
            let difference = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
            qkv[i] = x;
            for found in &found {
                assert!((found[i] - difference).abs() < 1e-8, "{heads:?}, place {i}: {} for {difference}", found[i]);
            }
        }
    }
}

#[test]
fn gradients_in_f32_are_those_in_f64() {
    for heads in all_sizes() {
        let len = SAMPLES * heads.steps() * heads.width();
        let (qkv, d_context) = (numbers::<f32>(3 * len, 5), numbers::<f32>(len, 6));
        let wide = |x: &[f32]| x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
        let wanted = passes(Lane::Portable, &heads, &wide(&qkv), &wide(&d_context)).d_qkv;
        for lane in lanes() {
            let found = passes(lane, &heads, &qkv, &d_context).d_qkv;
            near(&format!("{heads:?} on {lane:?}"), &found, &wanted, 1e-5);
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let heads = MultiHead::new(61, 3, 17).causal();
    let len = 5 * heads.steps() * heads.width();
    let (qkv, d_context) = (numbers::<f32>(3 * len, 7), numbers::<f32>(len, 8));
    let run = |parallel: Parallel<'_>| {
        let (mut context, mut kept, mut d_qkv) = (vec![0.0; len], vec![0.0; 5 * heads.kept()], vec![0.0; 3 * len]);
        let mut scratch = vec![0.0; 5 * heads.backward_scratch()];
        forward(&heads, &qkv, &mut context, Some(&mut kept), &mut scratch, parallel);
        backward(&heads, (&qkv, &context, &kept), &d_context, &mut d_qkv, &mut scratch, parallel);
        Results { context, kept, d_qkv }
    };
    let alone = run(Parallel::SERIAL);
    for threads in [2, 3] {
        assert!(forward_parts(&heads, 5, Parallel::on(&Threads(threads))) > 1, "the work is cut");
        assert!(run(Parallel::on(&Threads(threads))) == alone, "{threads} threads");
    }
    assert!(run(Parallel::SERIAL) == passes(lane(), &heads, &qkv, &d_context));
}

/// The last step of each sequence, from the keys and values of all.
#[test]
fn a_query_by_itself_gives_what_it_gives_among_others() {
    for heads in all_sizes() {
        let (steps, width) = (heads.steps(), heads.width());
        let qkv = numbers::<f64>(3 * steps * width, 10);
        let whole = by_formula(&heads, &qkv);
        let kept: Vec<f64> = qkv.chunks(3 * width).flat_map(|row| row[width..].to_vec()).collect();
        let (mut scores, mut context) = (vec![f64::NAN; steps], vec![f64::NAN; width]);
        step(&heads, &qkv[3 * (steps - 1) * width..][..width], &kept, &mut scores, &mut context);
        near(&format!("{heads:?}"), &context, &whole[(steps - 1) * width..], 1e-14);
    }
}

/// What comes later is not seen, whatever it is.
#[test]
fn a_causal_step_does_not_see_what_comes_later() {
    for (steps, changed) in [(30, 11), (30, 24), (300, 270)] {
        let heads = MultiHead::new(steps, 2, 4).causal();
        let mut qkv = numbers::<f32>(3 * steps * heads.width(), 9);
        let d_context = vec![1.0; steps * heads.width()];
        let before = passes(lane(), &heads, &qkv, &d_context).context;
        qkv[3 * changed * heads.width()..].iter_mut().for_each(|x| *x = 1e3 - *x);
        let after = passes(lane(), &heads, &qkv, &d_context).context;
        let first = changed * heads.width();
        assert!(before[..first] == after[..first] && before[first..] != after[first..]);
    }
}

#[test]
fn an_empty_batch_is_nothing() {
    let heads = MultiHead::new(3, 1, 2);
    forward::<f32>(&heads, &[], &mut [], None, &mut [], Parallel::SERIAL);
    backward::<f32>(&heads, (&[], &[], &[]), &[], &mut [], &mut [], Parallel::SERIAL);
}

#[test]
#[should_panic(expected = "the working memory is too small")]
fn too_little_memory_is_refused() {
    let heads = MultiHead::new(3, 1, 2);
    forward(&heads, &[0.0_f32; 18], &mut [0.0; 6], None, &mut [0.0; 5], Parallel::SERIAL);
}
