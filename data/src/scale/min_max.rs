//! A given range, from 0 to 1 unless stated.

use std::path::Path;

use serde::{Deserialize, Serialize};
use typednet_formats::JsonFormat;
use typednet_tensor::Scalar;

use super::{Constant, ScaleError, check, check_widths, column, columns, file, map, range, width_or};
use crate::{DataError, json};

/// Min-max scaling: x' = a + (b − a)(x − min) / (max − min), with the smallest and the largest value of each column of
/// the training samples; the range from a to b is 0 to 1 unless stated (lecture section 8).
///
/// Values beyond those of the training samples come to lie outside the range.
///
/// ```
/// use typednet_data::MinMax;
///
/// let mut samples = [[10.0_f32, -1.0], [20.0, 0.0], [15.0, 3.0]];
/// let scaler = MinMax::fit(&samples)?;
/// scaler.transform(&mut samples);
/// assert_eq!(samples, [[0.0, 0.0], [1.0, 0.25], [0.5, 1.0]]);
/// scaler.inverse(&mut samples);
/// assert_eq!(samples[2], [15.0, 3.0]);
/// # Ok::<(), typednet_data::ScaleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MinMax<const N: usize> {
    min: Box<[f64; N]>,
    width: Box<[f64; N]>,
    low: f64,
    high: f64,
}

/// What is saved of a scaler.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    features: usize,
    min: Vec<f64>,
    width: Vec<f64>,
    range: [f64; 2],
}

const FORMAT: JsonFormat = JsonFormat::new("min-max scaler", 2);

impl<const N: usize> MinMax<N> {
    /// The scaler of the training samples to the range 0 to 1.
    ///
    /// # Errors
    /// If there are no samples, a value is not finite, or a column is constant.
    pub fn fit<T: Scalar>(training: &[[T; N]]) -> Result<Self, ScaleError> {
        Self::fit_with(training, 0.0, 1.0, Constant::Refuse)
    }

    /// As [`fit`](Self::fit), to the range `low` to `high` and with a say about constant columns, which
    /// [`Constant::Shift`] brings to `low`.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), or if `low` is not below `high`.
    pub fn fit_with<T: Scalar>(
        training: &[[T; N]],
        low: f64,
        high: f64,
        constant: Constant,
    ) -> Result<Self, ScaleError> {
        check(training)?;
        let (mut min, mut width) = (Vec::with_capacity(N), Vec::with_capacity(N));
        for place in 0..N {
            let (smallest, largest) = range(column(training, place));
            min.push(smallest);
            width.push(width_or(largest - smallest, constant, place, smallest)?);
        }
        Self { min: columns(min), width: columns(width), low: 0.0, high: 1.0 }.to(low, high)
    }

    fn to(self, low: f64, high: f64) -> Result<Self, ScaleError> {
        if low < high && (high - low).is_finite() {
            Ok(Self { low, high, ..self })
        } else {
            Err(ScaleError::Range { low, high })
        }
    }

    /// x ← a + (b − a)(x − min) / (max − min)
    pub fn transform<T: Scalar>(&self, samples: &mut [[T; N]]) {
        let (low, span) = (self.low, self.high - self.low);
        map(samples, |x, column| low + span * ((x - self.min[column]) / self.width[column]));
    }

    /// x ← min + (max − min)(x − a) / (b − a), which undoes [`transform`](Self::transform) but for rounding.
    pub fn inverse<T: Scalar>(&self, samples: &mut [[T; N]]) {
        let (low, span) = (self.low, self.high - self.low);
        map(samples, |x, column| self.min[column] + self.width[column] * ((x - low) / span));
    }

    /// The smallest value of each column, and the widths max − min (1 for a constant column): with
    /// [`range`](Self::range), all there is for files of another form than [`write`](Self::write) gives.
    pub fn parameters(&self) -> [&[f64; N]; 2] {
        [&self.min, &self.width]
    }

    /// The range that is scaled to, from its lower to its upper end.
    pub fn range(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// The scaler with these smallest values and widths, to this range.
    ///
    /// # Errors
    /// If a smallest value is not finite, a width not a positive number, or the range has no width.
    pub fn from_parameters([min, width]: [&[f64; N]; 2], [low, high]: [f64; 2]) -> Result<Self, ScaleError> {
        check_widths(min, width)?;
        Self { min: columns(min.to_vec()), width: columns(width.to_vec()), low: 0.0, high: 1.0 }.to(low, high)
    }

    /// Writes the scaler to a JSON file, to stand beside the weights. The path names the old file or the whole new one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), DataError> {
        Ok(FORMAT.write(path, &self.facts())?)
    }

    fn facts(&self) -> Facts {
        Facts { features: N, min: self.min.to_vec(), width: self.width.to_vec(), range: self.range() }
    }

    /// The scaler as one line of JSON, to be kept with a network's weights.
    pub(crate) fn to_json(&self) -> Result<String, DataError> {
        json::line(&self.facts())
    }

    /// Reads a scaler with the bits that were written.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged or cut off, or holds another kind of scaler or one of another number of
    /// features; the error names the file.
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
        file::features::<N>(facts.features)?;
        let parameters = [file::each("min", &facts.min)?, file::each("width", &facts.width)?];
        Ok(Self::from_parameters(parameters, facts.range)?)
    }
}
