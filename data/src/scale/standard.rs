//! Mean 0 and standard deviation 1.

use std::path::Path;

use serde::{Deserialize, Serialize};
use typednet_formats::JsonFormat;
use typednet_tensor::Scalar;

use super::{Constant, ScaleError, check, check_widths, column, columns, file, map, moments};
use crate::{DataError, json};

/// Standard scaling: x' = (x − μ) / σ, with mean μ and standard deviation σ of each column of the training samples
/// (lecture section 8).
///
/// σ² is the mean of (x − μ)², as in scikit-learn's `StandardScaler`. Sums are taken in `f64`.
///
/// ```
/// use typednet_data::{Standard, tabular};
/// use typednet_tensor::Key;
///
/// let [mut train, mut test] = tabular::breast_cancer()?.split_stratified([0.8, 0.2], Key::new(42))?;
/// let scaler = Standard::fit(train.samples())?;
/// scaler.transform(train.samples_mut());
/// scaler.transform(test.samples_mut());
///
/// // Saved beside the model, and taken up again.
/// let path = std::env::temp_dir().join("breast-cancer-standard-scaler.json");
/// scaler.write(&path)?;
/// assert_eq!(Standard::<30>::read(&path)?, scaler);
/// # std::fs::remove_file(path).expect("the file");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Standard<const N: usize> {
    mean: Box<[f64; N]>,
    deviation: Box<[f64; N]>,
}

/// What is saved of a scaler.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    features: usize,
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

const FORMAT: JsonFormat = JsonFormat::new("standard scaler", 2);

impl<const N: usize> Standard<N> {
    /// The scaler of the training samples.
    ///
    /// # Errors
    /// If there are no samples, a value is not finite, or a column is constant.
    pub fn fit<T: Scalar>(training: &[[T; N]]) -> Result<Self, ScaleError> {
        Self::fit_with(training, Constant::Refuse)
    }

    /// As [`fit`](Self::fit), with a say about constant columns.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_with<T: Scalar>(training: &[[T; N]], constant: Constant) -> Result<Self, ScaleError> {
        check(training)?;
        let (mut means, mut deviations) = (Vec::with_capacity(N), Vec::with_capacity(N));
        for place in 0..N {
            let (mean, deviation) = moments(column(training, place), constant, place)?;
            means.push(mean);
            deviations.push(deviation);
        }
        Ok(Self { mean: columns(means), deviation: columns(deviations) })
    }

    /// x ← (x − μ) / σ
    pub fn transform<T: Scalar>(&self, samples: &mut [[T; N]]) {
        map(samples, |x, column| (x - self.mean[column]) / self.deviation[column]);
    }

    /// x ← σ·x + μ, which undoes [`transform`](Self::transform) but for rounding.
    pub fn inverse<T: Scalar>(&self, samples: &mut [[T; N]]) {
        map(samples, |x, column| x * self.deviation[column] + self.mean[column]);
    }

    /// The mean of each column.
    pub fn mean(&self) -> &[f64; N] {
        &self.mean
    }

    /// The standard deviation of each column; 1 for a constant one.
    pub fn deviation(&self) -> &[f64; N] {
        &self.deviation
    }

    /// All means and all standard deviations, for files of another form than [`write`](Self::write) gives.
    pub fn parameters(&self) -> [&[f64; N]; 2] {
        [&self.mean, &self.deviation]
    }

    /// The scaler with these means and standard deviations.
    ///
    /// # Errors
    /// If a mean is not finite, or a standard deviation not a positive number.
    pub fn from_parameters([mean, deviation]: [&[f64; N]; 2]) -> Result<Self, ScaleError> {
        check_widths(mean, deviation)?;
        Ok(Self { mean: columns(mean.to_vec()), deviation: columns(deviation.to_vec()) })
    }

    /// Writes the scaler to a JSON file, to stand beside the weights. The path names the old file or the whole new one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), DataError> {
        Ok(FORMAT.write(path, &self.facts())?)
    }

    fn facts(&self) -> Facts {
        Facts { features: N, mean: self.mean.to_vec(), deviation: self.deviation.to_vec() }
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
        let parameters = [file::each("mean", &facts.mean)?, file::each("deviation", &facts.deviation)?];
        Ok(Self::from_parameters(parameters)?)
    }
}
