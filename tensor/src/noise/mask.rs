//! What dropout multiplies by.

use super::{BLOCKS, blocks, in_parts};
use crate::simd::{Kernel, Simd};
use crate::{Key, LeastPart, Parallel, Scalar};

/// The numbers of so many blocks.
const NUMBERS: usize = 4 * BLOCKS;

/// Multiplies each element by 0 or by `kept`: by 0 where its 32 random bits are below `dropped`, so with probability
/// `dropped`/2³².
///
/// The bits of element i are number i mod 4 of [`Key::block`] i / 4. It multiplies rather than writes 0, so that NaN stays
/// NaN.
///
/// ```
/// use typednet_tensor::{Key, Parallel, noise};
///
/// let mut values = [1.0_f32; 8];
/// noise::mask(Key::new(0), 1 << 31, 2.0, &mut values, Parallel::SERIAL);
/// assert!(values.iter().all(|value| [0.0, 2.0].contains(value)));
/// ```
#[inline(never)]
pub fn mask<T: Scalar>(key: Key, dropped: u32, kept: T, values: &mut [T], parallel: Parallel<'_>) {
    struct Mask<'a, T>(Key, u32, T, usize, &'a mut [T]);
    impl<T: Scalar> Kernel<T> for Mask<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, _: S) {
            let Self(key, dropped, kept, first, values) = self;
            for (index, values) in values.chunks_mut(NUMBERS).enumerate() {
                let bits = numbers(key, first + index);
                let factor = |bits: u32| if bits < dropped { T::ZERO } else { kept };
                if let Ok(values) = <&mut [T; NUMBERS]>::try_from(&mut *values) {
                    for (value, bits) in values.iter_mut().zip(&bits) {
                        *value *= factor(*bits);
                    }
                } else {
                    for (value, bits) in values.iter_mut().zip(&bits) {
                        *value *= factor(*bits);
                    }
                }
            }
        }
    }
    in_parts(parallel, values, NUMBERS, LeastPart::new(8192, 1000), |first, values| {
        T::dispatch(Mask(key, dropped, kept, first, values));
    });
}

/// The numbers of [`BLOCKS`] blocks from block `index`·`BLOCKS` on, one block after the other.
#[inline(always)]
fn numbers(key: Key, index: usize) -> [u32; NUMBERS] {
    let words = blocks(key, index);
    let mut numbers = [0; NUMBERS];
    for i in 0..BLOCKS {
        for (j, words) in words.iter().enumerate() {
            numbers[4 * i + j] = words[i];
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_element_has_the_bits_of_its_place() {
        let (key, dropped) = (Key::new(3).child(1), 1_234_567_890);
        for len in [0, 1, 3, 4, 5, 63, 64, 65, 127, 1000] {
            let mut values = vec![3.0_f64; len];
            mask(key, dropped, 1.5, &mut values, Parallel::SERIAL);
            for (i, value) in values.iter().enumerate() {
                let kept = key.block(i as u64 / 4)[i % 4] >= dropped;
                assert_eq!(value.to_bits(), if kept { 4.5_f64 } else { 0.0 }.to_bits(), "element {i} of {len}");
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let mut values = [f32::NAN; 70];
        mask(Key::new(0), u32::MAX / 2, 2.0, &mut values, Parallel::SERIAL);
        assert!(values.iter().all(|value| value.is_nan()));
    }
}
