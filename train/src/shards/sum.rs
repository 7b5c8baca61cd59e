//! The sum of shards by a binary tree over their numbers.

use typednet_layers::LayerInfo;
use typednet_optim::with_gradient;
use typednet_tensor::{Buffer, Parallel, Scalar, ops, split_elements};

use crate::engine::Passed;

/// So many elements are added before the next ones are looked at: they stay in the first-level cache.
const PIECE: usize = 2048;

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
///
/// A shard whose neighbour is still to come is computed right where it waits ([`room`](Self::room)), so that only every second one is
/// walked over, with its neighbour.
pub(crate) struct TreeSum<T> {
    /// The node of 2ᵏ shards that waits, at place k.
    waiting: Vec<Node<T>>,
}

/// A sum that waits.
struct Node<T> {
    gradient: Buffer<T>,
    /// What the gradient of a single shard is still to be multiplied by.
    factor: T,
    passed: Passed,
}

impl<T: Scalar> TreeSum<T> {
    pub(crate) fn new() -> Self {
        Self { waiting: Vec::new() }
    }

    /// Makes room for `shards` shards of gradients of `len` elements.
    pub(crate) fn reserve(&mut self, shards: usize, len: usize) {
        let levels = shards.max(1).ilog2() as usize;
        while self.waiting.len() < levels {
            self.waiting.push(Node { gradient: Buffer::new(), factor: T::ZERO, passed: Passed::default() });
        }
        self.waiting.iter_mut().for_each(|node| _ = node.gradient.grow(len));
    }

    /// Where the gradient of shard `place` of `shards` is to be written before it is [taken in](Self::add): `gradient`, or memory where it
    /// waits for the next one.
    pub(crate) fn room<'a>(&'a mut self, place: Place, gradient: &'a mut [T]) -> &'a mut [T] {
        if place.is_left_leaf() { self.waiting[0].gradient.grow(gradient.len()) } else { gradient }
    }

    /// Takes in a shard, in order from 0, whose gradient in its [room](Self::room) is the `factor`-th part. With the last, `gradient` and `passed` are
    /// the sums over all.
    pub(crate) fn add(
        &mut self,
        place: Place,
        tree: &'static LayerInfo,
        factor: T,
        gradient: &mut [T],
        passed: &mut Passed,
        parallel: Parallel<'_>,
    ) {
        // As many nodes to the left are whole as the place has ones at its end.
        let (left, waiting) = self.waiting.split_at_mut(place.shard.trailing_ones() as usize);
        let left = &*left;
        for node in left {
            passed.add(&node.passed);
        }
        let sum = |at: usize, run: &mut [T]| sum(factor, left, at, run);
        if place.is_last() {
            with_gradient(tree, |run| {
                let from = run.start;
                split_elements(parallel, &mut gradient[run], |at, run| {
                    pieces(from + at, run).for_each(|(at, piece)| sum(at, piece));
                });
            });
            return;
        }
        let node = &mut waiting[0];
        (node.factor, node.passed) = (factor, *passed);
        if place.is_left_leaf() {
            return;
        }
        let (kept, gradient) = (node.gradient.grow(gradient.len()), &*gradient);
        with_gradient(tree, |run| {
            let from = run.start;
            split_elements(parallel, &mut kept[run], |at, run| {
                for (at, piece) in pieces(from + at, run) {
                    piece.copy_from_slice(&gradient[at..at + piece.len()]);
                    sum(at, piece);
                }
            });
        });
    }
}

/// A shard among those that are computed here.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) shard: usize,
    /// How many there are.
    pub(crate) shards: usize,
}

impl Place {
    fn is_last(self) -> bool {
        self.shard + 1 == self.shards
    }

    /// Whether it is the first of a pair.
    fn is_left_leaf(self) -> bool {
        self.shard.is_multiple_of(2) && !self.is_last()
    }
}

/// The pieces of a run of elements from `first` on, each with the place where it begins.
fn pieces<T>(first: usize, run: &mut [T]) -> impl Iterator<Item = (usize, &mut [T])> {
    (first..).step_by(PIECE).zip(run.chunks_mut(PIECE))
}

/// g ← factor·g + what waits to the left, node by node, for the elements from `at` on. The first of these nodes is a single shard.
fn sum<T: Scalar>(factor: T, left: &[Node<T>], at: usize, gradient: &mut [T]) {
    let Some((leaf, nodes)) = left.split_first() else { return ops::scale(factor, gradient) };
    ops::axpby(leaf.factor, &leaf.gradient.as_slice()[at..at + gradient.len()], factor, gradient);
    for node in nodes {
        ops::add(&node.gradient.as_slice()[at..at + gradient.len()], gradient);
    }
}

#[cfg(test)]
mod tests {
    use typednet_layers::{Chain, Dense, Frozen, Layer};
    use typednet_tensor::{Flat, Key, ThreadPool};

    use super::*;

    /// More than one piece, and a last one that is not whole, behind parameters that have no gradient.
    type Net = Chain<Frozen<Dense<2, 401>>, Dense<401, 499>>;

    /// The parameters that have one.
    fn trained(gradient: &[f32]) -> &[f32] {
        &gradient[Frozen::<Dense<2, 401>>::LEN..]
    }

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
                for number in 0..*shards {
                    let place = Place { shard: number, shards: *shards };
                    gradient = vec![f32::NAN; Net::LEN];
                    sum.room(place, &mut gradient).copy_from_slice(&shard(number));
                    passed = Passed { loss: 1.0, terms: number + 1, correct: Some(number) };
                    let tree = const { &Net::TREE };
                    // Nothing is shared with threads that sleep.
                    parallel.run(parallel.threads(), &|_| ());
                    sum.add(place, tree, 3.0, &mut gradient, &mut passed, parallel);
                }
                assert!(trained(&gradient) == trained(expected), "{shards} shards, {} threads", parallel.threads());
                let all = shards * (shards + 1) / 2;
                assert_eq!((passed.loss, passed.terms, passed.correct), (*shards as f64, all, Some(all - shards)));
            }
        }
    }
}
