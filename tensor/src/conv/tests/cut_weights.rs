//! How weights are cut for threads.

use super::super::cut;
use super::super::plan::Plan;
use super::cases::table;
use crate::Parallel;
use crate::test_pools::Threads;

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
