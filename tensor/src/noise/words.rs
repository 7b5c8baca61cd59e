//! Random words for normal numbers.
//!
//! SFC32, the small fast counting generator of Chris Doty-Humphrey (`PractRand`, `RNG_engines.txt`; `numpy` has its 64-bit form as `SFC64`):
//! eleven instructions for a register of words, where ten rounds of Philox take forty. Sixteen generators go side by side. Each has
//! a block of the key for its state and is used for 256 words, so what they give depends on nothing but the key and the place.
//!
//! - No two of a key, or of two keys of one tree, begin alike: Philox permutes its counters.
//! - Nothing is lost on the way: a step permutes the states, so each word is spread as evenly as the blocks are.
//! - That one of them comes, by chance, into the words of another has a probability of 2⁻¹¹⁹ for each two.

use super::{BLOCKS, blocks};
use crate::Key;

/// As many generators, each with the four words of its state: word j of all of them is array j.
pub(super) struct Words([[u32; BLOCKS]; 4]);

impl Words {
    /// Those whose states are the [`BLOCKS`] blocks from block `index`·`BLOCKS` on.
    #[inline(always)]
    pub(super) fn new(key: Key, index: usize) -> Self {
        Self(blocks(key, index))
    }

    /// The next words: one of each generator, then the next of each.
    #[inline(always)]
    pub(super) fn fill(&mut self, to: &mut [u32]) {
        let [a, b, c, d] = &mut self.0;
        for to in to.as_chunks_mut::<BLOCKS>().0 {
            for i in 0..BLOCKS {
                (to[i], [a[i], b[i], c[i], d[i]]) = step([a[i], b[i], c[i], d[i]]);
            }
        }
    }
}

/// A generator's next word, and its state behind it; the last word of a state counts.
#[inline(always)]
const fn step([a, b, c, count]: [u32; 4]) -> (u32, [u32; 4]) {
    let word = a.wrapping_add(b).wrapping_add(count);
    (word, [b ^ b >> 9, c.wrapping_add(c << 3), c.rotate_left(21).wrapping_add(word), count.wrapping_add(1)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What its author's program gives, as the crate `sfc-prng` has written it down: from zeros, behind fifteen steps.
    #[test]
    fn known_answers() {
        let mut state = [0, 0, 0, 1];
        for _ in 0..15 {
            state = step(state).1;
        }
        for wanted in [
            0xFB52_C520,
            0x3880_2BE1,
            0x9482_79E6,
            0xEC4B_F1D9,
            0x7CB0_A909,
            0xFAD8_B4A8,
            0x3CA4_B808,
            0x3821_B4C5,
            0x5E70_23CA,
            0x50F2_6BF7_u32,
        ] {
            let word;
            (word, state) = step(state);
            assert_eq!(word, wanted);
        }
    }

    /// Back from a state and its word to the state before: nothing is lost.
    #[test]
    fn a_step_can_be_undone() {
        let mut state = Key::new(1).block(0);
        for _ in 0..1000 {
            let (word, [a, b, c, count]) = step(state);
            // 9·c was b, and 9·0x38E38E39 is 1.
            let before = b.wrapping_mul(0x38E3_8E39);
            let (mut second, count) = (a, count.wrapping_sub(1));
            for _ in 0..4 {
                second = a ^ second >> 9;
            }
            assert_eq!(c, before.rotate_left(21).wrapping_add(word));
            assert_eq!([word.wrapping_sub(second).wrapping_sub(count), second, before, count], state);
            (_, state) = step(state);
        }
    }

    #[test]
    fn each_generator_goes_on_from_its_block() {
        let (key, index) = (Key::new(7).child(1), 5);
        let (mut words, mut all) = (Words::new(key, index), [0; 3 * BLOCKS]);
        let mut states: [_; BLOCKS] = core::array::from_fn(|i| key.block((index * BLOCKS + i) as u64));
        // In two pieces: the second goes on where the first has ended.
        for _ in 0..2 {
            words.fill(&mut all);
            for (at, found) in all.into_iter().enumerate() {
                let wanted;
                (wanted, states[at % BLOCKS]) = step(states[at % BLOCKS]);
                assert_eq!(found, wanted, "word {at}");
            }
        }
    }
}
