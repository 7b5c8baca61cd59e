//! Random masks and normal numbers for whole runs of elements, at the lane's full width.
//!
//! | file | holds |
//! | --- | --- |
//! | `mask.rs` | what dropout multiplies by: blocks of a key, side by side |
//! | `normal.rs` | normal numbers that are added |
//! | `words.rs` | the generators of the normal numbers' bits, which a key's blocks begin |
//! | `box_muller.rs` | normal numbers of bits |
//!
//! The loops are plain code that the compiler makes vector instructions of, in a function that is compiled for the lane. All
//! of it is integers and what IEEE 754 rounds once (sums, products, quotients, square roots), so every lane gives the same bits.

mod box_muller;
mod mask;
mod normal;
mod words;

pub use mask::mask;
pub use normal::{add_normal, plus_normal};

use crate::random::philox;
use crate::{Key, LeastPart, Parallel, Scalar, split_rows};

/// How many blocks of a key go side by side: each fills a register of 512 bits with one of its four words.
const BLOCKS: usize = 16;

/// Calls `work` with the number of the first `unit` elements and the elements, for each thread's part of `values`; `least` elements
/// are worth a thread.
fn in_parts<T: Scalar>(
    parallel: Parallel<'_>,
    values: &mut [T],
    unit: usize,
    least: LeastPart,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let parts = parallel.parts(values.len(), least);
    if parts < 2 {
        return work(0, values);
    }
    let some = values.len().div_ceil(parts).next_multiple_of(unit);
    split_rows(parallel, values, 1, some, |at, values| work(at / unit, values));
}

/// The four words of [`BLOCKS`] blocks from block `index`·`BLOCKS` on: the first of each block, the second, and so on.
#[inline(always)]
fn blocks(key: Key, index: usize) -> [[u32; BLOCKS]; 4] {
    let first = index as u64 * BLOCKS as u64;
    let (path, seed) = key.words();
    // A run of so many blocks never crosses a multiple of 2³²: their upper words are one.
    let (low, high) = (first as u32, (first >> 32) as u32);
    let mut words = [[0; BLOCKS]; 4];
    for i in 0..BLOCKS {
        let block = philox([low + i as u32, high, path[0], path[1]], seed);
        for (words, word) in words.iter_mut().zip(block) {
            words[i] = word;
        }
    }
    words
}
