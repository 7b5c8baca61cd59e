//! Temperature scaling: probabilities that can be believed.

use std::fmt;

use crate::{GovernError, Scores};

/// The temperature T by which logits are divided before the softmax, so that confidence and accuracy agree:
/// p = softmax(z/T) (Guo, Pleiss, Sun, Weinberger: *On calibration of modern neural networks*, 2017).
///
/// T is that of the least mean negative log-likelihood of validation data. T > 1 says that the network is too sure of
/// itself. No decision changes, since the order of the logits stays.
///
/// In β = 1/T the likelihood is convex, and its derivative is the mean over the samples of `Σₖ pₖ·zₖ − z_y`. Its zero is
/// found by Newton's method, kept within an interval that holds it.
///
/// ```
/// use typednet_govern::{Scores, Temperature};
/// use typednet_tensor::Class;
///
/// // Always sure by e^4 to 1, and right in three cases of four.
/// let truth = [0, 0, 0, 1].map(|label| Class::<2>::new(label).expect("0 or 1"));
/// let scores = Scores::from_logits(truth.map(|truth| ([4.0, 0.0], truth)))?;
/// let temperature = Temperature::fit(&scores)?;
/// assert!((temperature.value() - 4.0 / 3_f64.ln()).abs() < 1e-9);
/// assert!(scores.calibration_error(temperature.value()) < 1e-9);
/// # Ok::<(), typednet_govern::GovernError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature {
    value: f64,
}

impl Temperature {
    /// The network as it is: T = 1.
    pub const ONE: Self = Self { value: 1.0 };

    /// The temperature with the least negative log-likelihood of `validation`.
    ///
    /// Where every sample is decided right, likelihood grows without end as T falls, which says nothing about the
    /// network's errors: then T is 1.
    ///
    /// # Errors
    /// If the scores are no better than equal probabilities, so that it would grow without end as T rises.
    pub fn fit<const N: usize>(validation: &Scores<N>) -> Result<Self, GovernError> {
        // The derivative where β has no end, and where it is 0.
        let (mut all_right, mut at_zero) = (true, 0.0);
        for (logits, truth) in validation.iter() {
            let own = logits[truth.index()];
            all_right &= logits.iter().all(|z| *z <= own);
            at_zero += logits.iter().map(|z| z - own).sum::<f64>() / N as f64;
        }
        if at_zero >= 0.0 {
            return Err(GovernError::WorseThanChance);
        }
        if all_right {
            return Ok(Self::ONE);
        }
        // The zero lies between `low` and `high`.
        let (mut low, mut high) = (0.0, 1.0);
        while slopes(validation, high).0 < 0.0 {
            (low, high) = (high, 2.0 * high);
        }
        let mut beta = high;
        for _ in 0..200 {
            let (slope, curvature) = slopes(validation, beta);
            if slope < 0.0 {
                low = beta;
            } else {
                high = beta;
            }
            let newton = beta - slope / curvature;
            let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
            let done = (next - beta).abs() <= 1e-15 * beta;
            beta = next;
            if done {
                break;
            }
        }
        Self::new(1.0 / beta)
    }

    /// A temperature that is known.
    ///
    /// # Errors
    /// If it is not a positive number.
    pub fn new(value: f64) -> Result<Self, GovernError> {
        if value.is_finite() && value > 0.0 {
            Ok(Self { value })
        } else {
            Err(GovernError::OutOfRange { name: "the temperature", found: value, expected: "a number above 0" })
        }
    }

    /// T
    pub const fn value(self) -> f64 {
        self.value
    }
}

impl fmt::Display for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4}", self.value)
    }
}

/// The first and second derivative of the mean negative log-likelihood by β = 1/T: the means over the samples of
/// `Σ p·z − z_y` and of Σ p·z² − (Σ p·z)².
fn slopes<const N: usize>(scores: &Scores<N>, beta: f64) -> (f64, f64) {
    let (mut slope, mut curvature) = (0.0, 0.0);
    for (logits, truth) in scores.iter() {
        let p = crate::scores::probabilities(logits, 1.0 / beta);
        let mean: f64 = p.iter().zip(logits).map(|(p, z)| p * z).sum();
        slope += mean - logits[truth.index()];
        curvature += p.iter().zip(logits).map(|(p, z)| p * (z - mean) * (z - mean)).sum::<f64>();
    }
    (slope / scores.len() as f64, curvature / scores.len() as f64)
}
