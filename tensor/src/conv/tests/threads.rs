//! Passes that are cut for threads: the same bits, and every weight once.

use super::super::plan::Plan;
use super::super::{cut, forward, input_gradient, weight_gradient};
use super::{conv, fractions, lanes, table};
use crate::Parallel;
use crate::test_pools::Threads;

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    fn bits(x: &[f32]) -> Vec<u32> {
        x.iter().map(|x| x.to_bits()).collect()
    }
    let images = 33;
    for c in [
        conv([14, 14, 20], 40, [3, 3]).pad([1, 1]),
        conv([28, 28, 1], 6, [5, 5]),
        conv([20, 21, 3], 17, [4, 3]).pad([2, 1]).stride([2, 1]),
        conv([14, 14, 40], 40, [3, 3]).pad([1, 1]).groups(40),
        conv([15, 14, 18], 36, [3, 3]).dilation([2, 2]).groups(2),
        conv([12, 12, 64], 32, [1, 1]),
        conv([28, 27, 24], 3, [3, 3]).pad([1, 1]),
    ] {
        let (x, delta) = (fractions(images * c.inputs(), 1), fractions(images * c.outputs(), 2));
        let (w, b) = (fractions(c.weights(), 3), fractions(c.outputs, 4));
        for lane in lanes() {
            let all = |threads: usize| {
                let pool = Threads(threads);
                let parallel = if threads == 1 { Parallel::SERIAL } else { Parallel::on(&pool) };
                let (mut y, mut dx) = (vec![f32::NAN; delta.len()], vec![f32::NAN; x.len()]);
                let (mut dw, mut db) = (vec![f32::NAN; w.len()], vec![f32::NAN; b.len()]);
                let mut scratch = vec![f32::NAN; c.scratch()];
                forward::forward(lane, &Plan::of(&c), &x, &w, &b, &mut y, true, parallel);
                input_gradient::input_gradient(lane, &Plan::of(&c), &delta, &w, &mut dx, &mut scratch, parallel);
                weight_gradient::gradients(lane, &Plan::of(&c), &x, &delta, (&mut dw, &mut db), parallel);
                [bits(&y), bits(&dx), bits(&dw), bits(&db)]
            };
            let serial = all(1);
            for threads in [2, 3, 8] {
                assert!(
                    cut::images_of_a_part(Parallel::on(&Threads(threads)), &Plan::of(&c), images) < images,
                    "{c:?}"
                );
                assert!(
                    cut::Cut::of(Parallel::on(&Threads(threads)), &Plan::of(&c), images, false).parts() > 1,
                    "{c:?}"
                );
                assert!(all(threads) == serial, "{lane:?}: {c:?} on {threads} threads");
            }
        }
    }
}

/// The parts of a cut hold each weight and each bias once.
#[test]
fn a_cut_of_the_weights_is_whole() {
    for c in table() {
        for (threads, turned) in [(1, false), (2, false), (3, false), (16, false), (1, true), (3, true), (16, true)] {
            let cut = cut::Cut::of(Parallel::on(&Threads(threads)), &Plan::of(&c), 100_000, turned);
            let (mut weights, mut biases) = (vec![0; c.kernel[0] * c.channels_in_group()], vec![0; c.outputs]);
            for i in 0..cut.parts() {
                let part = cut.part(&Plan::of(&c), i);
                assert!(!turned || part.inputs == (0..c.channels_in_group()), "{c:?}");
                for row in part.kernel_rows {
                    part.inputs.clone().for_each(|input| weights[row * c.channels_in_group() + input] += 1);
                }
                cut.share_of_biases(i, c.outputs).for_each(|bias| biases[bias] += 1);
            }
            assert!(weights.iter().chain(&biases).all(|count| *count == 1), "{c:?} on {threads} threads");
        }
    }
}
