//! Metrics of outputs: how good the scores are, not only the decisions.

use std::borrow::Borrow;
use std::fmt;

use typednet_tensor::{Better, Class, Scalar};

use crate::confusion::share;
use crate::statistics::squares;

/// The share of samples whose class is among the `k` with the highest scores; `None` without samples.
///
/// Of equal scores the lower class comes first, as in [`Class::of_largest`], so that with k = 1 this is the accuracy. A
/// score that is not a number is below all others. Scores may be lent, as `&trainer.outputs(&data)?` lends them.
///
/// ```
/// use typednet_tensor::Class;
/// use typednet_train::top_k;
///
/// let scores = [([0.5, 0.3, 0.2], Class::<3>::new(1)?), ([0.5, 0.3, 0.2], Class::new(2)?)];
/// assert_eq!(top_k(scores, 1), Some(0.0));
/// assert_eq!(top_k(scores, 2), Some(0.5));
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
pub fn top_k<T: Scalar, const N: usize>(
    scores: impl IntoIterator<Item = (impl Borrow<[T; N]>, impl Borrow<Class<N>>)>,
    k: usize,
) -> Option<f64> {
    let (mut right, mut total) = (0, 0);
    for (scores, truth) in scores {
        right += u64::from(is_among(scores.borrow(), *truth.borrow(), k));
        total += 1;
    }
    share(right, total)
}

/// Whether the class `truth` is among the `k` with the highest scores.
pub(crate) fn is_among<T: Scalar, const N: usize>(scores: &[T; N], truth: Class<N>, k: usize) -> bool {
    let own = truth.index();
    let rank = |other: &usize| Better::Higher.order(scores[*other], scores[own]).then(other.cmp(&own));
    (0..N).filter(|other| rank(other).is_lt()).count() < k
}

/// The area under the ROC curve: how probable it is that a positive sample scores higher than a negative one, equal
/// scores counting half (Fawcett 2006).
///
/// `None` if there are no positive or no negative samples, or if a score is not a number. For one class against the
/// others, give the class's score and whether the sample is of it.
///
/// ```
/// use typednet_train::roc_auc;
///
/// assert_eq!(roc_auc([(0.1, false), (0.4, false), (0.35, true), (0.8, true)]), Some(0.75));
/// ```
pub fn roc_auc(scores: impl IntoIterator<Item = (f64, bool)>) -> Option<f64> {
    area(&mut scores.into_iter().collect::<Vec<_>>())
}

/// [`roc_auc`] of scores that it may sort.
pub(crate) fn area(scores: &mut [(f64, bool)]) -> Option<f64> {
    if scores.iter().any(|(score, _)| score.is_nan()) {
        return None;
    }
    // Equal scores count together, so their order does not matter.
    scores.sort_unstable_by(|a, b| Better::Lower.order(a.0, b.0));
    let (mut wins, mut negatives, mut positives) = (0.0, 0.0, 0.0);
    #[allow(clippy::float_cmp, reason = "equal scores are those with the same value")]
    for equal in scores.chunk_by(|a, b| a.0 == b.0) {
        let more = equal.iter().filter(|(_, positive)| *positive).count() as f64;
        let others = equal.len() as f64 - more;
        wins += more * (negatives + 0.5 * others);
        negatives += others;
        positives += more;
    }
    (positives > 0.0 && negatives > 0.0).then(|| wins / (positives * negatives))
}

/// The expected calibration error: how far confidence and accuracy are apart, in `bins` equal parts of the range from 0
/// to 1, as the mean over the samples (Guo et al. 2017).
///
/// Each sample comes with its confidence, the largest of the probabilities, and with whether the decision is right. Part
/// b of B holds confidences above (b − 1)/B up to b/B. `None` without samples or parts, or if a confidence is not a
/// number.
///
/// ```
/// use typednet_train::calibration_error;
///
/// // Of the decisions with confidence 0.75, one half is right.
/// assert_eq!(calibration_error([(0.75, true), (0.75, false)], 10), Some(0.25));
/// ```
pub fn calibration_error(decisions: impl IntoIterator<Item = (f64, bool)>, bins: usize) -> Option<f64> {
    // Of each part, the right decisions less the sum of the confidences.
    let mut excess = vec![0.0; bins];
    let mut total = 0_u64;
    for (confidence, right) in decisions {
        if confidence.is_nan() {
            return None;
        }
        let part = confidence * bins as f64;
        let bin = (1..bins).position(|edge| part <= edge as f64).unwrap_or(bins.checked_sub(1)?);
        excess[bin] += f64::from(u8::from(right)) - confidence;
        total += 1;
    }
    (total > 0).then(|| excess.into_iter().map(f64::abs).sum::<f64>() / total as f64)
}

/// How far predicted numbers are from the true ones.
///
/// ```
/// use typednet_train::Regression;
///
/// let found = Regression::of([(1.0, 1.0), (2.0, 3.0), (6.0, 5.0)]).expect("three numbers");
/// assert_eq!((found.mean_absolute_error, found.mean_squared_error), (2.0 / 3.0, 2.0 / 3.0));
/// assert_eq!(found.r2, Some(0.75));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regression {
    /// MAE = 1/n Σ |ŷ − y|
    pub mean_absolute_error: f64,
    /// MSE = 1/n Σ (ŷ − y)²
    pub mean_squared_error: f64,
    /// R² = 1 − Σ (ŷ − y)² / Σ (y − ȳ)², the part of the variance that the predictions explain; `None` where all true
    /// numbers are equal.
    pub r2: Option<f64>,
}

impl Regression {
    /// From pairs of predicted and true number; `None` if there are none.
    pub fn of(pairs: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let pairs: Vec<(f64, f64)> = pairs.into_iter().collect();
        if pairs.is_empty() {
            return None;
        }
        let mean = |of: &dyn Fn(f64, f64) -> f64| {
            pairs.iter().map(|&(predicted, truth)| of(predicted, truth)).sum::<f64>() / pairs.len() as f64
        };
        let mean_squared_error = mean(&|predicted, truth| (predicted - truth).powi(2));
        let variance = squares(pairs.iter().map(|pair| pair.1)) / pairs.len() as f64;
        Some(Self {
            mean_absolute_error: mean(&|predicted, truth| (predicted - truth).abs()),
            mean_squared_error,
            r2: (variance > 0.0).then(|| 1.0 - mean_squared_error / variance),
        })
    }
}

/// As in `MAE 0.6667  MSE 0.6667  R² 0.7500`.
impl fmt::Display for Regression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MAE {:.4}  MSE {:.4}  R² ", self.mean_absolute_error, self.mean_squared_error)?;
        match self.r2 {
            Some(r2) => write!(f, "{r2:.4}"),
            None => f.write_str("-"),
        }
    }
}
