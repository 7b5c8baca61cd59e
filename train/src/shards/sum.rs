//! The sum of shards by a binary tree over their numbers.

use typednet_layers::LayerInfo;
use typednet_optim::with_gradient;
use typednet_tensor::{Buffer, LeastPart, Parallel, Scalar, ops, split_both, split_elements};

use crate::engine::Passed;

/// So many elements are scaled, added and kept before the next ones are looked at: they stay in the first-level cache.
const PIECE: usize = 2048;

/// The fewest elements that are worth another thread.
const LEAST: LeastPart = LeastPart::new(8192, 1000);

/// Sums of whole subtrees that wait for the one beside them.
///
/// Shards 0 and 1 are added, 2 and 3, the two sums, and so on, as in
///
/// ```text
///  0   1   2   3
///  └─+─┘   └─+─┘
///    └───+───┘
/// ```
///
/// Whoever computes a run of 2ᵏ shards that begins at a multiple of 2ᵏ holds one node of it, and the rest of the tree is the
/// same. Addition gives the same bits for either order of two numbers, so that both sides of a pair can add.
pub(crate) struct TreeSum<T> {
    /// The node of 2ᵏ shards that waits, at place k.
    waiting: Vec<(Buffer<T>, Passed)>,
}

impl<T: Scalar> TreeSum<T> {
    pub(crate) fn new() -> Self {
        Self { waiting: Vec::new() }
    }

    /// Makes room for `shards` shards of gradients of `len` elements.
    pub(crate) fn reserve(&mut self, shards: usize, len: usize) {
        let levels = shards.max(1).ilog2() as usize;
        while self.waiting.len() < levels {
            self.waiting.push((Buffer::new(), Passed::default()));
        }
        self.waiting.iter_mut().for_each(|(block, _)| _ = block.grow(len));
    }

    /// Takes in shard `place` of `shards`, in order from 0, of which `gradient` is the `factor`-th part. With the last, `gradient` and
    /// `passed` are the sums over all.
    pub(crate) fn add(
        &mut self,
        (place, shards): (usize, usize),
        tree: &'static LayerInfo,
        factor: T,
        gradient: &mut [T],
        passed: &mut Passed,
        parallel: Parallel<'_>,
    ) {
        // As many nodes to the left are whole as the place has ones at its end.
        let (left, waiting) = self.waiting.split_at_mut(place.trailing_ones() as usize);
        let left = &*left;
        for (_, found) in left {
            passed.add(found);
        }
        let mut kept = (place + 1 < shards).then(|| {
            let (block, kept) = &mut waiting[0];
            *kept = *passed;
            block.grow(gradient.len())
        });
        with_gradient(tree, |run| {
            let (from, gradient) = (run.start, &mut gradient[run.clone()]);
            if let Some(kept) = &mut kept {
                let in_part = gradient.len().div_ceil(parallel.parts(gradient.len(), LEAST)).next_multiple_of(PIECE);
                let both = (gradient, &mut kept[run]);
                split_both(parallel, both, [1, 1], in_part, |at, gradient, kept| {
                    for ((at, gradient), kept) in pieces(from + at, gradient).zip(kept.chunks_mut(PIECE)) {
                        sum(factor, left, at, gradient);
                        kept.copy_from_slice(gradient);
                    }
                });
            } else {
                split_elements(parallel, gradient, |at, gradient| {
                    pieces(from + at, gradient).for_each(|(at, gradient)| sum(factor, left, at, gradient));
                });
            }
        });
    }
}

/// The pieces of a run of elements from `first` on, each with the place where it begins.
fn pieces<T>(first: usize, run: &mut [T]) -> impl Iterator<Item = (usize, &mut [T])> {
    (first..).step_by(PIECE).zip(run.chunks_mut(PIECE))
}

/// g ← factor·g + what waits to the left, node by node, for the elements from `at` on.
fn sum<T: Scalar>(factor: T, left: &[(Buffer<T>, Passed)], at: usize, gradient: &mut [T]) {
    ops::scale(factor, gradient);
    for (block, _) in left {
        ops::add(&block.as_slice()[at..at + gradient.len()], gradient);
    }
}

#[cfg(test)]
mod tests {
    use typednet_layers::{Dense, Layer};
    use typednet_tensor::{Flat, Key, ThreadPool};

    use super::*;

    /// More than one piece, and a last one that is not whole.
    type Net = Dense<401, 499>;

    #[test]
    fn the_tree_is_the_same_for_any_number_of_threads() {
        let pool = ThreadPool::new(2).expect("threads");
        let shard = |place: usize| -> Vec<f32> {
            (0..Net::LEN as u64).map(|at| Key::new(place as u64).uniform::<f32>(at) - 0.5).collect()
        };
        let add = |a: Vec<f32>, b: Vec<f32>| -> Vec<f32> { a.iter().zip(&b).map(|(a, b)| a + b).collect() };
        let scaled = |place: usize| -> Vec<f32> { shard(place).iter().map(|x| 3.0 * x).collect() };
        let four = |first: usize| add(add(scaled(first), scaled(first + 1)), add(scaled(first + 2), scaled(first + 3)));
        let expected = [(1, scaled(0)), (2, add(scaled(0), scaled(1))), (4, four(0)), (8, add(four(0), four(4)))];
        for parallel in [Parallel::SERIAL, pool.parallel()] {
            for (shards, expected) in &expected {
                let mut sum = TreeSum::new();
                sum.reserve(*shards, Net::LEN);
                let (mut gradient, mut passed) = (vec![], Passed::default());
                for place in 0..*shards {
                    gradient = shard(place);
                    passed = Passed { loss: 1.0, terms: place + 1, correct: Some(place) };
                    let tree = const { &Net::TREE };
                    // Nothing is shared with threads that sleep.
                    parallel.run(parallel.threads(), &|_| ());
                    sum.add((place, *shards), tree, 3.0, &mut gradient, &mut passed, parallel);
                }
                assert!(gradient == *expected, "{shards} shards, {} threads", parallel.threads());
                let all = shards * (shards + 1) / 2;
                assert_eq!((passed.loss, passed.terms, passed.correct), (*shards as f64, all, Some(all - shards)));
            }
        }
    }
}
