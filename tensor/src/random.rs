//! Random numbers that depend on nothing but a key and a counter.
//!
//! The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: *Parallel random numbers: as easy as 1, 2, 3*, 2011).
//! The n-th number of a key is computed directly, so results are the same on every machine, for any number of threads
//! and in any order of work.

use crate::Scalar;

/// Names one stream of random numbers.
///
/// Keys form a tree: [`child`](Key::child) gives a key for each part of the work (an epoch, a layer, a row), and the
/// streams of different keys are independent.
///
/// ```
/// use typednet_tensor::Key;
///
/// let layer = Key::new(42).child(3);
/// assert_eq!(layer.uniform::<f32>(7), Key::new(42).child(3).uniform::<f32>(7));
/// assert_ne!(layer.uniform::<f32>(7), layer.child(0).uniform::<f32>(7));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    seed: u64,
    path: u64,
}

impl Key {
    /// The root of a tree of keys.
    pub const fn new(seed: u64) -> Self {
        Self { seed, path: 0 }
    }

    /// The key of part `index`.
    #[must_use]
    pub const fn child(self, index: u64) -> Self {
        // The path is hashed by the generator itself, in a place of the counter that no stream uses.
        let [a, b, _, _] = philox(
            [index as u32, (index >> 32) as u32, self.path as u32, (self.path >> 32) as u32],
            [!(self.seed as u32), !((self.seed >> 32) as u32)],
        );
        Self { seed: self.seed, path: (a as u64) << 32 | b as u64 }
    }

    /// What the generator's counter and key are made of beside a block's place.
    pub(crate) const fn words(self) -> ([u32; 2], [u32; 2]) {
        ([self.path as u32, (self.path >> 32) as u32], [self.seed as u32, (self.seed >> 32) as u32])
    }

    /// The four 32-bit numbers at place `block` of the stream.
    #[inline]
    pub const fn block(self, block: u64) -> [u32; 4] {
        philox(
            [block as u32, (block >> 32) as u32, self.path as u32, (self.path >> 32) as u32],
            [self.seed as u32, (self.seed >> 32) as u32],
        )
    }

    /// The 64-bit number at place `n` of the stream.
    #[inline]
    pub const fn bits(self, n: u64) -> u64 {
        let block = self.block(n / 2);
        let half = (n % 2) as usize * 2;
        (block[half] as u64) << 32 | block[half + 1] as u64
    }

    /// A number from 0 up to but not including 1, at place `n` of the stream.
    #[inline]
    pub fn uniform<T: Scalar>(self, n: u64) -> T {
        // 24 bits, which `f32` holds exactly, so both scalars get the same numbers.
        T::of((self.bits(n) >> 40) as f64 / f64::from(1_u32 << 24))
    }

    /// A number from the normal distribution with mean 0 and variance 1, at place `n` of the stream (Box and Muller).
    #[inline]
    pub fn normal<T: Scalar>(self, n: u64) -> T {
        let [a, b, c, d] = self.block(n / 2);
        let bits = |high: u32, low: u32| (u64::from(high) << 32 | u64::from(low)) >> 11;
        // From 2⁻⁵³ to 1: its logarithm is finite.
        let radius = libm::sqrt(-2.0 * libm::log((bits(a, b) + 1) as f64 / (1_u64 << 53) as f64));
        let angle = core::f64::consts::TAU * (bits(c, d) as f64 / (1_u64 << 53) as f64);
        T::of(radius * if n.is_multiple_of(2) { libm::cos(angle) } else { libm::sin(angle) })
    }

    /// A whole number from 0 up to but not including `below`, at place `n` of the stream.
    ///
    /// # Panics
    /// If `below` is 0.
    #[inline]
    pub const fn below(self, n: u64, below: u64) -> u64 {
        assert!(below > 0, "there is no number below 0");
        // Lemire's multiplication: the bias is below 2⁻⁶⁴ · `below`.
        ((self.bits(n) as u128 * below as u128) >> 64) as u64
    }

    /// Brings `items` into a random order (Fisher and Yates).
    pub fn shuffle<I>(self, items: &mut [I]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64, last as u64 + 1) as usize);
        }
    }
}

/// Ten rounds of Philox4x32.
#[inline(always)]
pub(crate) const fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    let mut round = 0;
    while round < 10 {
        let a = 0xD251_1F53_u64 * counter[0] as u64;
        let b = 0xCD9E_8D57_u64 * counter[2] as u64;
        counter = [(b >> 32) as u32 ^ counter[1] ^ key[0], b as u32, (a >> 32) as u32 ^ counter[3] ^ key[1], a as u32];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        round += 1;
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of the authors' Random123 library.
    #[test]
    fn philox_known_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([!0; 4], [!0; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn normal_has_mean_0_and_variance_1() {
        let (mut sum, mut squares) = (0.0, 0.0);
        let count = 100_000;
        for n in 0..count {
            let x: f64 = Key::new(1).normal(n);
            sum += x;
            squares += x * x;
        }
        let (mean, variance) = (sum / count as f64, squares / count as f64);
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "mean {mean}, variance {variance}");
    }

    #[test]
    fn a_shuffle_is_a_permutation() {
        let mut items: [u32; 100] = core::array::from_fn(|i| i as u32);
        Key::new(5).shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert_eq!(items, core::array::from_fn(|i| i as u32));
    }
}
