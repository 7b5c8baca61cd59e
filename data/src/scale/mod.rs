//! Columns brought to one scale: standard and min-max (lecture section 8).
//!
//! A scaler is fitted on the training samples and nothing else; what is then done to validation, test and later data
//! uses the training data's numbers.

mod error;
mod file;
mod min_max;
mod standard;

use typednet_tensor::Scalar;

pub use error::ScaleError;
pub use min_max::MinMax;
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
fn column<T: Scalar, const N: usize>(samples: &[[T; N]], column: usize) -> impl Iterator<Item = f64> {
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

/// The smallest and the largest of the column's values, of which there are some.
fn range<T: Scalar, const N: usize>(samples: &[[T; N]], place: usize) -> (f64, f64) {
    column(samples, place)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// `width`, or what is to be done where there is none.
fn width_or(width: f64, constant: Constant, column: usize, value: f64) -> Result<f64, ScaleError> {
    match constant {
        // A width that is no normal number has a reciprocal that may not be finite.
        _ if width >= f64::MIN_POSITIVE && width.is_finite() => Ok(width),
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
