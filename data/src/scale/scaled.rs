//! Images that are scaled while they are gathered.

use typednet_tensor::{Key, Sample, Scalar, Shape, flat_mut};

use super::ChannelStandard;
use crate::{DataError, Parts, Source};

/// A source of images whose channels are brought to mean 0 and standard deviation 1 while batches are gathered: the
/// bytes of a [`Dataset`](crate::Dataset) stay bytes, a quarter of the memory.
///
/// A sample is `[[[f32; C]; W]; H]`, its pixels in one row of numbers, or, with one channel,
/// `[[f32; W]; H]`; another shape is an error when the program is
/// built. Wrap the training, the validation and the test data, each in the scaler of the training images. An
/// augmentation is wrapped in it, and not the other way round, so that what it fills in and cuts off is that of pixels
/// from 0 to 1.
///
/// ```
/// use typednet_data::{Augment, Augmented, ChannelScaled, ChannelStandard, Image, Source, mnist};
/// use typednet_tensor::{Class, Key};
///
/// let digits = mnist::embedded()?.reshape::<Image<28, 28, 1>>();
/// let scaler = ChannelStandard::fit(digits.train.samples())?;
/// let augment = Augment::<28, 28, 1>::new().shift(0.08);
/// let train = ChannelScaled::new(Augmented::new(&digits.train, augment)?, scaler.clone());
/// let test = ChannelScaled::new(&digits.test, scaler);
///
/// let (mut x, mut y) = ([[[[0.0_f32; 1]; 28]; 28]], [Class::<10>::default()]);
/// test.gather(&[0], Key::new(0), &mut x, &mut y);
/// assert!(x[0][0][0][0] < -0.4 && x.as_flattened().as_flattened().iter().any(|pixel| pixel[0] > 2.0));
/// # let _ = train;
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChannelScaled<S, const C: usize> {
    source: S,
    scaler: ChannelStandard<C>,
}

impl<S, const C: usize> ChannelScaled<S, C> {
    /// `source` scaled by `scaler`.
    pub fn new(source: S, scaler: ChannelStandard<C>) -> Self {
        Self { source, scaler }
    }

    /// The images as they are.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// What they are scaled by; it belongs to the network's weights.
    pub fn scaler(&self) -> &ChannelStandard<C> {
        &self.scaler
    }
}

#[diagnostic::do_not_recommend]
impl<In, Target, S, const C: usize> Source<In, Target> for ChannelScaled<S, C>
where
    In: Sample<Elem: Scalar>,
    S: Source<In, Target>,
{
    fn len(&self) -> usize {
        self.source.len()
    }

    fn target(&self, row: u32) -> Target {
        self.source.target(row)
    }

    fn targets(&self, rows: &[u32], to: &mut Vec<Target>) {
        self.source.targets(rows, to);
    }

    fn gathered_targets(&self, rows: &[u32], key: Key, to: &mut Vec<Target>) {
        self.source.gathered_targets(rows, key, to);
    }

    fn parts(&self) -> Option<&Parts> {
        self.source.parts()
    }

    fn take_error(&self) -> Option<DataError> {
        self.source.take_error()
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [Target]) {
        const { assert!(is_pixels::<C>(&In::SHAPE), "a sample must be an image of the scaler's channels") };
        self.source.gather(rows, key, x, y);
        self.scaler.transform_pixels(flat_mut(x).as_chunks_mut().0);
    }
}

/// Whether a sample of this shape is made of pixels of `C` channels.
const fn is_pixels<const C: usize>(shape: &Shape) -> bool {
    if shape.is_padded() || shape.halves().is_some() {
        return false;
    }
    match shape.sizes() {
        [numbers] => C > 0 && *numbers % C == 0,
        [_, last] => *last == C || C == 1,
        [_, _, channels] => *channels == C,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dataset, Image};

    /// The same numbers as those of images that are scaled where they are, whatever shape a sample has.
    #[test]
    fn gathered_is_transformed() {
        let bytes: Vec<Image<3, 4, 2>> = (0..6_u8)
            .map(|i| {
                std::array::from_fn(|y| {
                    std::array::from_fn(|x| [7 * i + 20 * y as u8 + x as u8, 200 - 30 * x as u8 - i])
                })
            })
            .collect();
        let scaler = ChannelStandard::fit(&bytes).unwrap();
        let data = Dataset::new(bytes, [[0.0_f32]; 6]).unwrap();
        let rows = [5, 0, 3];
        let (mut plain, mut y) = ([[[[0.0_f32; 2]; 4]; 3]; 3], [[0.0]; 3]);
        data.gather(&rows, Key::new(1), &mut plain, &mut y);
        let (mut scaled, mut flat) = (plain, [[0.0_f32; 24]; 3]);
        scaler.transform(&mut plain);
        ChannelScaled::new(&data, scaler.clone()).gather(&rows, Key::new(1), &mut scaled, &mut y);
        assert_eq!(flat_mut(&mut scaled), flat_mut(&mut plain));
        let data = data.reshape::<[u8; 24]>();
        ChannelScaled::new(&data, scaler).gather(&rows, Key::new(1), &mut flat, &mut y);
        assert_eq!(flat_mut(&mut flat), flat_mut(&mut plain));
        assert!(plain.as_flattened().as_flattened().iter().any(|pixel| pixel[0] < -1.0 && pixel[1] > 0.0));
    }
}
