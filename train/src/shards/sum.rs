//! The sum of shards by a binary tree over their numbers.

use typednet_layers::LayerInfo;
use typednet_optim::with_gradient;
use typednet_tensor::{Buffer, Scalar, ops};

use crate::engine::Passed;

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

    /// Takes in shard `place` of `shards`, in order from 0. With the last, `gradient` and `passed` are the sums over all.
    pub(crate) fn add(
        &mut self,
        (place, shards): (usize, usize),
        tree: &'static LayerInfo,
        gradient: &mut [T],
        passed: &mut Passed,
    ) {
        // As many nodes to the left are whole as the place has ones at its end.
        let whole = place.trailing_ones() as usize;
        for (block, left) in &mut self.waiting[..whole] {
            let block = block.grow(gradient.len());
            with_gradient(tree, |run| ops::add(&block[run.clone()], &mut gradient[run]));
            passed.add(left);
        }
        if place + 1 < shards {
            let (block, kept) = &mut self.waiting[whole];
            let block = block.grow(gradient.len());
            with_gradient(tree, |run| block[run.clone()].copy_from_slice(&gradient[run]));
            *kept = *passed;
        }
    }
}
