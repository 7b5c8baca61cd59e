//! Mean 0 and standard deviation 1 in each channel of images.

use std::path::Path;

use serde::{Deserialize, Serialize};
use typednet_formats::JsonFormat;
use typednet_tensor::Scalar;

use super::{Constant, ScaleError, Standard, file, width_or};
use crate::{DataError, Gather, Image, json};

/// Standard scaling of images by channel: x' = (x − μ) / σ, with mean μ and standard deviation σ of each of `C` channels
/// over all pixels of all training images.
///
/// It is [`Standard`] with a pixel for a row and a channel for a column; σ² is the mean of (x − μ)², and sums are taken
/// in `f64`, first those of the means and then those of the squares. Images may be bytes, which count as the numbers
/// from 0 to 1 that a network is given. [`ChannelScaled`](crate::ChannelScaled) scales while batches are gathered, so that
/// bytes stay bytes.
///
/// ```
/// use typednet_data::ChannelStandard;
///
/// // Two images of one row, two columns and two channels.
/// let mut images = [[[[1.0_f32, 10.0], [3.0, 30.0]]], [[[1.0, 10.0], [3.0, 30.0]]]];
/// let scaler = ChannelStandard::fit(&images)?;
/// assert_eq!((scaler.mean(), scaler.deviation()), (&[2.0, 20.0], &[1.0, 10.0]));
/// scaler.transform(&mut images);
/// assert_eq!(images[0], [[[-1.0, -1.0], [1.0, 1.0]]]);
///
/// // Saved beside the model, and taken up again.
/// let path = std::env::temp_dir().join("typednet-channel-scaler.json");
/// scaler.write(&path)?;
/// assert_eq!(ChannelStandard::<2>::read(&path)?, scaler);
/// # std::fs::remove_file(path).expect("the file");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelStandard<const C: usize>(Standard<C>);

/// What is saved of a scaler.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    channels: usize,
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

const FORMAT: JsonFormat = JsonFormat::new("channel scaler", 1);

impl<const C: usize> ChannelStandard<C> {
    /// The scaler of the training images.
    ///
    /// # Errors
    /// If there are no pixels, a value is not finite, or a channel is constant.
    pub fn fit<P: Gather<f64>, const H: usize, const W: usize>(
        training: &[Image<H, W, C, P>],
    ) -> Result<Self, ScaleError> {
        Self::fit_with(training, Constant::Refuse)
    }

    /// As [`fit`](Self::fit), with a say about constant channels.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_with<P: Gather<f64>, const H: usize, const W: usize>(
        training: &[Image<H, W, C, P>],
        constant: Constant,
    ) -> Result<Self, ScaleError> {
        let count = training.len() as f64 * (H * W) as f64;
        if count == 0.0 {
            return Err(ScaleError::NoSamples);
        }
        check_finite(training)?;
        let ([mut low, mut high], mut mean) = ([[f64::INFINITY; C], [f64::NEG_INFINITY; C]], [0.0; C]);
        sums(training, &mut mean, |value, channel| {
            low[channel] = low[channel].min(value);
            high[channel] = high[channel].max(value);
            value
        });
        for (channel, mean) in mean.iter_mut().enumerate() {
            // The rounded mean of equal values may be another one.
            *mean = if low[channel] >= high[channel] { low[channel] } else { *mean / count };
        }
        let mut deviation = [0.0; C];
        sums(training, &mut deviation, |value, channel| (value - mean[channel]) * (value - mean[channel]));
        for (channel, deviation) in deviation.iter_mut().enumerate() {
            let width = (*deviation / count).sqrt();
            *deviation = width_or(width, constant, channel, low[channel]).map_err(of_channel)?;
        }
        Ok(Self(Standard::from_parameters([&mean, &deviation])?))
    }

    /// x ← (x − μ) / σ
    pub fn transform<T: Scalar, const H: usize, const W: usize>(&self, images: &mut [Image<H, W, C, T>]) {
        self.transform_pixels(images.as_flattened_mut().as_flattened_mut());
    }

    /// As [`transform`](Self::transform), for pixels of any images.
    pub(super) fn transform_pixels<T: Scalar>(&self, pixels: &mut [[T; C]]) {
        self.0.transform(pixels);
    }

    /// x ← σ·x + μ, which undoes [`transform`](Self::transform) but for rounding.
    pub fn inverse<T: Scalar, const H: usize, const W: usize>(&self, images: &mut [Image<H, W, C, T>]) {
        self.0.inverse(images.as_flattened_mut().as_flattened_mut());
    }

    /// The mean of each channel.
    pub fn mean(&self) -> &[f64; C] {
        self.0.mean()
    }

    /// The standard deviation of each channel; 1 for a constant one.
    pub fn deviation(&self) -> &[f64; C] {
        self.0.deviation()
    }

    /// All means and all standard deviations, for files of another form than [`write`](Self::write) gives.
    pub fn parameters(&self) -> [&[f64; C]; 2] {
        self.0.parameters()
    }

    /// The scaler with these means and standard deviations, such as those that a published network was trained with.
    ///
    /// # Errors
    /// If a mean is not finite, or a standard deviation not a positive number; a channel counts as a column.
    pub fn from_parameters(parameters: [&[f64; C]; 2]) -> Result<Self, ScaleError> {
        Ok(Self(Standard::from_parameters(parameters)?))
    }

    /// Writes the scaler to a JSON file, to stand beside the weights. The path names the old file or the whole new one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), DataError> {
        Ok(FORMAT.write(path, &self.facts())?)
    }

    fn facts(&self) -> Facts {
        Facts { channels: C, mean: self.mean().to_vec(), deviation: self.deviation().to_vec() }
    }

    /// The scaler as one line of JSON, to be kept with a network's weights.
    pub(crate) fn to_json(&self) -> Result<String, DataError> {
        json::line(&self.facts())
    }

    /// Reads a scaler with the bits that were written.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged or cut off, or holds another kind of scaler or one of another number of
    /// channels; the error names the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, DataError> {
        let path = path.as_ref();
        let facts = FORMAT.read(path)?;
        Self::of(&facts).map_err(|error| error.in_path(path))
    }

    /// The scaler in a text of [`to_json`](Self::to_json).
    pub(crate) fn parse(text: &str) -> Result<Self, DataError> {
        let facts = serde_json::from_str(text);
        Self::of(&facts.map_err(|error| ScaleError::Malformed { reason: error.to_string() })?)
    }

    fn of(facts: &Facts) -> Result<Self, DataError> {
        if facts.channels != C {
            return Err(ScaleError::OtherChannels { expected: C, found: facts.channels }.into());
        }
        let parameters = [file::each("mean", &facts.mean)?, file::each("deviation", &facts.deviation)?];
        Ok(Self::from_parameters(parameters)?)
    }
}

/// The same of a channel where it is said of a column.
fn of_channel(error: ScaleError) -> ScaleError {
    match error {
        ScaleError::ConstantColumn { column: channel, value } => ScaleError::ConstantChannel { channel, value },
        ScaleError::TooWide { column: channel } => ScaleError::ChannelTooWide { channel },
        other => other,
    }
}

/// Adds `f`(x, channel) of all values x to the sum of their channel: row by row, image by image, so that many small
/// numbers are not added to one large sum.
fn sums<P: Gather<f64>, const H: usize, const W: usize, const C: usize>(
    images: &[Image<H, W, C, P>],
    sums: &mut [f64; C],
    mut f: impl FnMut(f64, usize) -> f64,
) {
    let mut numbers = vec![[0.0; C]; W];
    for image in images {
        let mut of_image = [0.0; C];
        for row in image {
            P::gather(row.as_flattened(), numbers.as_flattened_mut());
            let mut of_row = [0.0; C];
            for pixel in &numbers {
                for (channel, (sum, value)) in of_row.iter_mut().zip(pixel).enumerate() {
                    *sum += f(*value, channel);
                }
            }
            add(&mut of_image, of_row);
        }
        add(sums, of_image);
    }
}

fn add<const C: usize>(sums: &mut [f64; C], numbers: [f64; C]) {
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum += number;
    }
}

fn check_finite<P: Gather<f64>, const H: usize, const W: usize, const C: usize>(
    images: &[Image<H, W, C, P>],
) -> Result<(), ScaleError> {
    let mut numbers = vec![[0.0; C]; W];
    for (image, rows) in images.iter().enumerate() {
        for (row, pixels) in rows.iter().enumerate() {
            P::gather(pixels.as_flattened(), numbers.as_flattened_mut());
            if let Some(place) = numbers.as_flattened().iter().position(|value| !value.is_finite()) {
                let (column, channel, found) = (place / C, place % C, numbers.as_flattened()[place]);
                return Err(ScaleError::PixelNotFinite { image, row, column, channel, found });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Key;

    use super::*;

    fn images(count: usize) -> Vec<Image<5, 4, 3, f64>> {
        let key = Key::new(4);
        let value = |place: usize| (key.uniform::<f64>(place as u64) + 7.0) * [1.0, 100.0, 1e-3][place % 3];
        (0..count)
            .map(|i| {
                std::array::from_fn(|y| {
                    std::array::from_fn(|x| std::array::from_fn(|c| value(((i * 5 + y) * 4 + x) * 3 + c)))
                })
            })
            .collect()
    }

    /// A pixel is a row and a channel a column of `Standard`, which is tested against scikit-learn.
    #[test]
    fn a_channel_is_a_column_of_pixels() {
        let mut images = images(50);
        let by_channel = ChannelStandard::fit(&images).unwrap();
        let by_column = Standard::fit(images.as_flattened().as_flattened()).unwrap();
        for channel in 0..3 {
            assert!((by_channel.mean()[channel] / by_column.mean()[channel] - 1.0).abs() < 1e-14);
            assert!((by_channel.deviation()[channel] / by_column.deviation()[channel] - 1.0).abs() < 1e-10);
        }
        let before = images.clone();
        by_channel.transform(&mut images);
        let again = ChannelStandard::fit(&images).unwrap();
        assert!(again.mean().iter().all(|mean| mean.abs() < 1e-12));
        assert!(again.deviation().iter().all(|deviation| (deviation - 1.0).abs() < 1e-12));
        by_channel.inverse(&mut images);
        let (found, wanted) = (images.as_flattened().as_flattened(), before.as_flattened().as_flattened());
        assert!(found.iter().flatten().zip(wanted.iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    /// Two passes: the squares of values far from 0 would leave nothing of a small deviation.
    #[test]
    fn values_far_from_zero_keep_their_deviation() {
        let images: Vec<Image<1, 2, 1, f64>> = vec![[[[1e9], [1e9 + 1.0]]]; 1000];
        let scaler = ChannelStandard::fit(&images).unwrap();
        assert_eq!(
            (scaler.mean()[0].to_bits(), scaler.deviation()[0].to_bits()),
            ((1e9_f64 + 0.5).to_bits(), 0.5_f64.to_bits())
        );
    }

    /// Bytes count as what a network is given.
    #[test]
    fn bytes_are_numbers_from_zero_to_one() {
        let bytes: Vec<Image<2, 2, 2>> = vec![[[[0, 51], [255, 51]], [[0, 102], [255, 102]]]; 3];
        let scaler = ChannelStandard::fit(&bytes).unwrap();
        let found = scaler.parameters().map(|numbers| *numbers);
        for (found, wanted) in found.as_flattened().iter().zip([0.5, 0.3, 0.5, 0.1]) {
            assert!((found - wanted).abs() < 1e-15, "{found}, wanted {wanted}");
        }
    }

    #[test]
    fn what_cannot_be_scaled_is_named() {
        let text = |result: Result<ChannelStandard<3>, ScaleError>| result.unwrap_err().to_string();
        let mut bad = images(3);
        bad[2][4][1][2] = f64::NAN;
        assert_eq!(
            text(ChannelStandard::fit(&bad)),
            "image 2, row 4, column 1, channel 2 (all from 0): expected a finite number, found NaN"
        );
        let mut flat = images(3);
        flat.as_flattened_mut().as_flattened_mut().iter_mut().for_each(|pixel| pixel[1] = 0.1);
        assert!(text(ChannelStandard::fit(&flat)).starts_with("channel 1 (from 0) is 0.1 in all pixels"));
        let shifted = ChannelStandard::fit_with(&flat, Constant::Shift).unwrap();
        assert_eq!(
            (shifted.mean()[1].to_bits(), shifted.deviation()[1].to_bits()),
            (0.1_f64.to_bits(), 1.0_f64.to_bits())
        );
        assert_eq!(ChannelStandard::<3>::fit::<u8, 2, 2>(&[]), Err(ScaleError::NoSamples));
        let wide = [[[[-1e300_f64], [1e300]]]];
        assert_eq!(ChannelStandard::fit(&wide), Err(ScaleError::ChannelTooWide { channel: 0 }));
        assert!(ChannelStandard::from_parameters([&[0.0, f64::NAN], &[1.0, 1.0]]).is_err());
        assert!(ChannelStandard::from_parameters([&[0.0], &[0.0]]).is_err());
    }
}
