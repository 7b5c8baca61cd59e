//! Distances between two distributions.

use serde::{Deserialize, Serialize};

use crate::GovernError;

/// The least share that a part counts with: the logarithm of 0 is not finite.
const LEAST_SHARE: f64 = 1e-4;

/// The population stability index Σ (qᵢ − pᵢ)·ln(qᵢ/pᵢ) of two lists of counts over the same parts, where pᵢ and qᵢ are
/// the parts' shares of each list; a share below 0.0001 counts as 0.0001.
///
/// By custom, below 0.1 nothing has changed, from 0.1 to 0.25 something has, and from 0.25 on much has (Siddiqi: *Credit
/// risk scorecards*, 2006).
///
/// ```
/// use typednet_govern::population_stability_index;
///
/// let index = population_stability_index(&[50, 50], &[40, 60])?;
/// assert!((index - 0.1 * (1.5_f64).ln()).abs() < 1e-12);
/// # Ok::<(), typednet_govern::GovernError>(())
/// ```
///
/// # Errors
/// If a list is empty of counts. Parts that only one of the lists has count as 0 in the other.
pub fn population_stability_index(reference: &[u64], now: &[u64]) -> Result<f64, GovernError> {
    let total = |counts: &[u64]| match counts.iter().sum::<u64>() {
        0 => Err(GovernError::TooFew { purpose: "the population stability index", found: 0, needed: 1 }),
        total => Ok(total as f64),
    };
    let (a, b) = (total(reference)?, total(now)?);
    let share = |counts: &[u64], part: usize, total: f64| {
        counts.get(part).map_or(LEAST_SHARE, |count| (*count as f64 / total).max(LEAST_SHARE))
    };
    let parts = 0..reference.len().max(now.len());
    Ok(parts.map(|part| (share(reference, part, a), share(now, part, b))).map(|(p, q)| (q - p) * (q / p).ln()).sum())
}

/// The two-sample test of Kolmogorov and Smirnov.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KolmogorovSmirnov {
    /// D = max |F₁(x) − F₂(x)|, the largest distance of the two distribution functions, from 0 to 1.
    pub statistic: f64,
    /// How probable a distance of at least D is where both samples are of one distribution.
    ///
    /// It is the asymptotic value Q(λ) = 2·Σ (−1)^(k−1)·e^(−2k²λ²) at λ = (√n + 0.12 + 0.11/√n)·D with n = n₁·n₂/(n₁ + n₂)
    /// (Stephens 1970). Where values occur several times it is too large rather than too small.
    pub p_value: f64,
}

/// The test of whether two samples are of one distribution.
///
/// ```
/// use typednet_govern::kolmogorov_smirnov;
///
/// let early: Vec<f64> = (0..100).map(f64::from).collect();
/// let late: Vec<f64> = (0..100).map(|x| f64::from(x) + 30.0).collect();
/// let test = kolmogorov_smirnov(&early, &late)?;
/// assert!((test.statistic - 0.3).abs() < 1e-12 && test.p_value < 0.001);
/// # Ok::<(), typednet_govern::GovernError>(())
/// ```
///
/// # Errors
/// If a sample is empty or a value is not finite.
pub fn kolmogorov_smirnov(first: &[f64], second: &[f64]) -> Result<KolmogorovSmirnov, GovernError> {
    let sorted = |row: usize, sample: &[f64]| -> Result<Runs, GovernError> {
        if sample.is_empty() {
            return Err(GovernError::TooFew { purpose: "the test of Kolmogorov and Smirnov", found: 0, needed: 1 });
        }
        if let Some(column) = sample.iter().position(|x| !x.is_finite()) {
            return Err(GovernError::NotFinite { what: "value", row, column });
        }
        Ok(Runs::of(sample.to_vec()))
    };
    Ok(sorted(0, first)?.test(&sorted(1, second)?))
}

/// A sorted sample in which equal values stand once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Runs {
    pub(super) values: Vec<f64>,
    pub(super) counts: Vec<u64>,
}

impl Runs {
    pub(super) fn of(mut sample: Vec<f64>) -> Self {
        sample.sort_by(f64::total_cmp);
        // 0 and −0 are one value, though `total_cmp` puts them apart.
        #[allow(clippy::float_cmp, reason = "equal values are those that compare as equal")]
        let runs = sample.chunk_by(|a, b| a == b);
        let (values, counts) = runs.map(|equal| (equal[0], equal.len() as u64)).unzip();
        Self { values, counts }
    }

    pub(super) fn len(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The test against another sample; both have a value.
    pub(super) fn test(&self, other: &Self) -> KolmogorovSmirnov {
        let (n1, n2) = (self.len(), other.len());
        let (mut i, mut j, mut below, mut statistic) = (0, 0, (0, 0), 0.0_f64);
        while i < self.values.len() || j < other.values.len() {
            let next = |runs: &Self, place: usize| runs.values.get(place).copied().unwrap_or(f64::INFINITY);
            let x = next(self, i).min(next(other, j));
            if next(self, i) <= x {
                below.0 += self.counts[i];
                i += 1;
            }
            if next(other, j) <= x {
                below.1 += other.counts[j];
                j += 1;
            }
            statistic = statistic.max((below.0 as f64 / n1 as f64 - below.1 as f64 / n2 as f64).abs());
        }
        let root = (n1 as f64 * n2 as f64 / (n1 as f64 + n2 as f64)).sqrt();
        KolmogorovSmirnov { statistic, p_value: kolmogorov((root + 0.12 + 0.11 / root) * statistic) }
    }
}

/// Q(λ) = 2·Σ (−1)^(k−1)·e^(−2k²λ²), for k from 1 on; for small λ by the series that converges there,
/// 1 − √(2π)/λ·Σ e^(−(2k−1)²π²/(8λ²)).
fn kolmogorov(lambda: f64) -> f64 {
    use std::f64::consts::PI;
    if lambda < 0.04 {
        // Below, the difference from 1 is less than the smallest number.
        return 1.0;
    }
    let terms = (1..=20).map(f64::from);
    let q = if lambda < 1.0 {
        let sum: f64 = terms.map(|k| (-((2.0 * k - 1.0) * PI / lambda).powi(2) / 8.0).exp()).sum();
        1.0 - (2.0 * PI).sqrt() / lambda * sum
    } else {
        2.0 * terms.map(|k| if k % 2.0 > 0.0 { 1.0 } else { -1.0 } * (-2.0 * (k * lambda).powi(2)).exp()).sum::<f64>()
    };
    q.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_series_meet() {
        let (below, above) = (kolmogorov(1.0 - 1e-12), kolmogorov(1.0));
        assert!((below - above).abs() < 1e-11, "{below} {above}");
        assert!((above - 0.269_999_671_677_355).abs() < 1e-12, "{above}");
        assert_eq!((kolmogorov(0.0).to_bits(), kolmogorov(40.0).to_bits()), (1_f64.to_bits(), 0));
    }

    #[test]
    fn empty_and_bad_samples_are_refused() {
        assert!(matches!(kolmogorov_smirnov(&[], &[1.0]), Err(GovernError::TooFew { .. })));
        assert!(matches!(
            kolmogorov_smirnov(&[1.0], &[1.0, f64::NAN]),
            Err(GovernError::NotFinite { row: 1, column: 1, .. })
        ));
        assert!(matches!(population_stability_index(&[0, 0], &[1, 1]), Err(GovernError::TooFew { .. })));
        let same = kolmogorov_smirnov(&[0.0, 3.0], &[-0.0, 3.0]).expect("two samples");
        assert_eq!((same.statistic.to_bits(), same.p_value.to_bits()), (0, 1_f64.to_bits()));
    }
}
