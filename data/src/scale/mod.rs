//! Columns brought to one scale: standard and min-max (lecture section 8), and the channels of images.
//!
//! A scaler is fitted on the training samples and nothing else; what is then done to validation, test and later data
//! uses the training data's numbers.

mod channels;
mod error;
mod file;
mod min_max;
mod scaled;
mod standard;

use typednet_tensor::Scalar;

pub use channels::ChannelStandard;
pub use error::ScaleError;
pub use min_max::MinMax;
pub use scaled::ChannelScaled;
pub use standard::Standard;

/// What is done about a column whose training values are all the same, and which therefore cannot be scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Constant {
    /// It is an error: such a column tells nothing and is best removed.
    #[default]
    Refuse,
    /// It is only shifted, as if its width were 1 (scikit-learn's way).
    Shift,
}

/// The values of column `column`, as `f64`.
fn column<T: Scalar, const N: usize>(samples: &[[T; N]], column: usize) -> impl Iterator<Item = f64> + Clone {
    samples.iter().map(move |sample| sample[column].to_f64_exact())
}

/// Refuses no samples, and samples that are not finite.
fn check<T: Scalar, const N: usize>(samples: &[[T; N]]) -> Result<(), ScaleError> {
    if samples.is_empty() {
        return Err(ScaleError::NoSamples);
    }
    for (row, sample) in samples.iter().enumerate() {
        if let Some(column) = sample.iter().position(|value| !value.is_finite()) {
            return Err(ScaleError::NotFinite { row, column, found: sample[column].to_f64_exact() });
        }
    }
    Ok(())
}

/// The smallest and the largest of the values, of which there are some.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// The mean and the standard deviation of the values of column `place`, of which there are some.
pub(crate) fn moments(
    values: impl Iterator<Item = f64> + Clone,
    constant: Constant,
    place: usize,
) -> Result<(f64, f64), ScaleError> {
    let count = values.clone().count() as f64;
    let (low, high) = range(values.clone());
    // The rounded mean of equal values may be another one.
    let mean = if low >= high { low } else { values.clone().sum::<f64>() / count };
    let variance = values.map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
    Ok((mean, width_or(variance.sqrt(), constant, place, low)?))
}

/// Whether each column has a finite number to be shifted by and a width to be divided by.
fn check_widths<const N: usize>(shifts: &[f64; N], widths: &[f64; N]) -> Result<(), ScaleError> {
    let is_sound = |shift: f64, width: f64| shift.is_finite() && is_width(width);
    match (0..N).find(|column| !is_sound(shifts[*column], widths[*column])) {
        None => Ok(()),
        Some(column) => Err(ScaleError::Parameters { column, found: [shifts[column], widths[column]] }),
    }
}

/// Whether numbers can be divided by it: a width that is no normal number has a reciprocal that may not be finite.
pub(crate) fn is_width(width: f64) -> bool {
    width >= f64::MIN_POSITIVE && width.is_finite()
}

/// The numbers of all columns, which stay on the heap: there may be as many as a picture has pixels.
#[allow(clippy::unnecessary_box_returns, reason = "a value of any size would pass over the stack")]
fn columns<const N: usize>(numbers: Vec<f64>) -> Box<[f64; N]> {
    numbers
        .try_into()
        .unwrap_or_else(|numbers: Vec<f64>| panic!("{} numbers are not one for each of {N}", numbers.len()))
}

/// `width`, or what is to be done where there is none.
pub(crate) fn width_or(width: f64, constant: Constant, column: usize, value: f64) -> Result<f64, ScaleError> {
    match constant {
        _ if is_width(width) => Ok(width),
        Constant::Shift if width < f64::MIN_POSITIVE => Ok(1.0),
        Constant::Refuse if width < f64::MIN_POSITIVE => Err(ScaleError::ConstantColumn { column, value }),
        _ => Err(ScaleError::TooWide { column }),
    }
}

/// x ← `f`(x, column) for all samples.
fn map<T: Scalar, const N: usize>(samples: &mut [[T; N]], f: impl Fn(f64, usize) -> f64) {
    for sample in samples {
        for (column, value) in sample.iter_mut().enumerate() {
            *value = T::of(f(value.to_f64_exact(), column));
        }
    }
}
