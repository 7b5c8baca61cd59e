//! Passes that are cut for threads: the same bits.

use typednet_tensor::Parallel;
use typednet_tensor::conv::{forward_on, gradients_on, input_gradient_on, parts};
use typednet_tensor::matmul::Epilogue;

use super::cases::{conv, fractions, lanes};
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
        let (w, b) = (fractions(c.weights(), 3), fractions(c.output()[2], 4));
        for lane in lanes() {
            let all = |threads: usize| {
                let pool = Threads(threads);
                let parallel = if threads == 1 { Parallel::SERIAL } else { Parallel::on(&pool) };
                let (mut y, mut dx) = (vec![f32::NAN; delta.len()], vec![f32::NAN; x.len()]);
                let (mut dw, mut db) = (vec![f32::NAN; w.len()], vec![f32::NAN; b.len()]);
                let mut scratch = vec![f32::NAN; c.scratch()];
                forward_on(lane, &c, (&x, &w, &b), &mut y, Epilogue::Relu, parallel);
                input_gradient_on(lane, &c, (&delta, &w), &mut dx, &mut scratch, parallel);
                gradients_on(lane, &c, (&x, &delta), (&mut dw, &mut db), parallel);
                [bits(&y), bits(&dx), bits(&dw), bits(&db)]
            };
            let serial = all(1);
            for threads in [2, 3, 8] {
                let [by_images, by_weights] = parts(&c, images, Parallel::on(&Threads(threads)));
                assert!(by_images > 1 && by_weights > 1, "{c:?}");
                assert!(all(threads) == serial, "{lane:?}: {c:?} on {threads} threads");
            }
        }
    }
}
