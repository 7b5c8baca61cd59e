//! The summary of one feature of the training data.

use serde::{Deserialize, Serialize};

use super::distance::Runs;
use super::{KolmogorovSmirnov, population_stability_index};
use crate::GovernError;

/// One feature: how many values fell into each part of its range, and a sample of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    /// The ends between the parts, sorted. A value belongs to the part below an end it is equal to. An end that stands
    /// twice is a value so frequent that it is a part by itself.
    edges: Vec<f64>,
    /// One more than edges: the values in each part.
    counts: Vec<u64>,
    sample: Runs,
}

/// How a feature differs from its reference.
pub(super) struct Compared {
    pub(super) index: f64,
    /// What the index seldom exceeds by chance.
    pub(super) noise: f64,
    pub(super) test: Option<KolmogorovSmirnov>,
    /// The share of values that are not finite.
    pub(super) missing: f64,
}

impl Column {
    /// The column of finite values, of which there are some, with `bins` parts of equally many; the values in the rows
    /// `kept` are the sample.
    pub(super) fn of(values: &[f64], kept: &[u32], bins: usize) -> Self {
        let sample = Runs::of(kept.iter().map(|row| values[*row as usize]).collect());
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let constant = sorted.first() == sorted.last();
        // The smallest value that at least i/bins of all are not above.
        let quantile = |i: usize| sorted[(i * sorted.len()).div_ceil(bins) - 1];
        let mut edges: Vec<f64> = (1..bins.max(2)).map(quantile).collect();
        #[allow(clippy::float_cmp, reason = "equal values are those that compare as equal")]
        let frequent = edges.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() > 1 || constant));
        edges = frequent.flat_map(|(edge, twice)| std::iter::repeat_n(edge, 1 + usize::from(twice))).collect();
        let mut column = Self { counts: vec![0; edges.len() + 1], edges, sample };
        for value in values {
            let part = column.part(*value);
            column.counts[part] += 1;
        }
        column
    }

    /// The part that a finite value falls into.
    fn part(&self, value: f64) -> usize {
        let below = self.edges.partition_point(|edge| *edge < value);
        let equal = self.edges[below..].iter().take_while(|edge| **edge <= value).count();
        below + usize::from(equal > 1)
    }

    /// The values of today against the reference; those that are not finite are a part of their own, which the reference
    /// has none of.
    pub(super) fn compare(&self, now: &[f64]) -> Result<Compared, GovernError> {
        let mut counts = vec![0; self.counts.len() + 1];
        let mut finite = Vec::with_capacity(now.len());
        for value in now {
            if value.is_finite() {
                counts[self.part(*value)] += 1;
                finite.push(*value);
            } else {
                counts[self.counts.len()] += 1;
            }
        }
        let missing = counts[self.counts.len()] as f64 / now.len() as f64;
        // Where nothing is missing, a part that neither has is none.
        if finite.len() == now.len() {
            counts.pop();
        }
        let index = population_stability_index(&self.counts, &counts)?;
        let test = (!finite.is_empty()).then(|| self.sample.test(&Runs::of(finite)));
        Ok(Compared { index, noise: noise(&self.counts, now.len()), test, missing })
    }

    /// Whether the parts fit together, as they do unless a file was changed.
    pub(super) fn is_sound(&self) -> bool {
        let Self { edges, counts, sample } = self;
        let sorted = |values: &[f64]| values.is_sorted() && values.iter().all(|value| value.is_finite());
        counts.len() == edges.len() + 1
            && sorted(edges)
            && sorted(&sample.values)
            && sample.values.len() == sample.counts.len()
            && counts.iter().any(|count| *count > 0)
            && sample.counts.iter().all(|count| *count > 0)
            && !sample.values.is_empty()
    }
}

/// What the index of `now` values seldom exceeds where nothing has changed: three standard deviations above its mean.
///
/// Without drift it is about (1/n + 1/m) times a χ² variable with one degree of freedom less than there are parts
/// (Yurdakul: *Statistical properties of population stability index*, 2018), whose mean is d and whose variance is 2·d.
pub(super) fn noise(reference: &[u64], now: usize) -> f64 {
    let parts = reference.iter().filter(|count| **count > 0).count();
    let freedom = parts.saturating_sub(1) as f64;
    let rows = reference.iter().sum::<u64>() as f64;
    (1.0 / rows + 1.0 / now as f64) * (freedom + 3.0 * (2.0 * freedom).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f64], bins: usize) -> Column {
        let rows: Vec<u32> = (0..values.len() as u32).collect();
        Column::of(values, &rows, bins)
    }

    #[test]
    fn parts_hold_equally_many_values() {
        let values: Vec<f64> = (0..100).rev().map(f64::from).collect();
        let column = column(&values, 4);
        assert_eq!((column.edges, column.counts), (vec![24.0, 49.0, 74.0], vec![25; 4]));
    }

    #[test]
    fn a_frequent_value_is_a_part_by_itself() {
        let mut values = vec![0.0; 90];
        values.extend((1..=10).map(f64::from));
        let column = column(&values, 4);
        assert_eq!((&column.edges[..], &column.counts[..]), (&[0.0, 0.0][..], &[0, 90, 10][..]));
        assert_eq!([-1.0, 0.0, 0.5].map(|value| column.part(value)), [0, 1, 2]);
    }

    #[test]
    fn what_leaves_a_constant_is_seen_on_both_sides() {
        for bins in [2, 10] {
            let column = column(&[5.0; 50], bins);
            let index = |value: f64| column.compare(&[value; 50]).expect("values").index;
            assert!(index(5.0).abs() < 1e-12);
            assert!(index(4.999) > 1.0 && index(5.001) > 1.0);
        }
    }

    #[test]
    fn missing_values_are_a_part_of_their_own() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let column = column(&values, 10);
        let mut now = values.clone();
        now[..20].fill(f64::NAN);
        let compared = column.compare(&now).expect("values");
        assert!((compared.missing - 0.2).abs() < 1e-12 && compared.index > 0.25, "{}", compared.index);
        let all = column.compare(&[f64::NAN; 60]).expect("values");
        assert!(all.test.is_none() && all.missing > 0.99 && all.index > 1.0);
    }
}
