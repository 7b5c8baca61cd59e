//! Histograms of values.

use serde::Serialize;
use typednet_tensor::Scalar;

/// How many values of a run lie in each of [`BINS`](Histogram::BINS) ranges of one width between the least and the
/// largest.
///
/// Of more than 4,096 values, that many are counted, evenly spread over the run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// The least value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
    /// The counts, from the least values to the largest.
    pub counts: [u32; Self::BINS],
}

impl Histogram {
    /// The number of ranges.
    pub const BINS: usize = 32;

    /// The most values that are counted.
    const MOST: usize = 4_096;

    /// Of no values.
    pub const EMPTY: Self = Self { low: 0.0, high: 0.0, counts: [0; Self::BINS] };

    /// Counts the values of all `runs`; what is not finite is left out.
    ///
    /// `width` is the size of the last axis: the step between counted values has no factor in common with it, so that all
    /// columns are counted alike.
    pub(crate) fn of<'a, T: Scalar>(runs: impl Iterator<Item = &'a [T]> + Clone, width: usize) -> Self {
        let len: usize = runs.clone().map(<[T]>::len).sum();
        let mut step = len.div_ceil(Self::MOST).max(1);
        while step > 1 && !have_no_common_factor(step, width) {
            step += 1;
        }
        // Together on the stack first: the loops below are short then.
        let (mut values, mut count) = ([T::ZERO; Self::MOST], 0);
        for value in runs.flat_map(|run| run.iter().step_by(step)).take(Self::MOST) {
            values[count] = *value;
            count += usize::from(value.is_finite());
        }
        let values = &values[..count];
        let (mut low, mut high) = (T::infinity(), T::neg_infinity());
        for &value in values {
            low = if value < low { value } else { low };
            high = if value > high { value } else { high };
        }
        if low > high {
            return Self::EMPTY;
        }
        let (low_exact, high_exact) = (low.to_f64_exact(), high.to_f64_exact());
        // Halves, so that the width of the widest range is finite.
        let half = high_exact / 2.0 - low_exact / 2.0;
        let scale = if half > 0.0 { Self::BINS as f64 / half } else { 0.0 };
        let mut counts = [0; Self::BINS];
        for value in values {
            let place = (value.to_f64_exact() / 2.0 - low_exact / 2.0) * scale;
            #[allow(
                clippy::cast_sign_loss,
                reason = "a float is cut to the range of the integer, and it is not negative"
            )]
            let bin = (place as usize).min(Self::BINS - 1);
            counts[bin] += 1;
        }
        Self { low: low_exact, high: high_exact, counts }
    }

    /// How many values were counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }

    /// The value at which range `bin` begins; that of [`BINS`](Histogram::BINS) is where the last one ends.
    pub fn edge(&self, bin: usize) -> f64 {
        let share = bin as f64 / Self::BINS as f64;
        self.low * (1.0 - share) + self.high * share
    }
}

fn have_no_common_factor(a: usize, b: usize) -> bool {
    if b == 0 { a == 1 } else { have_no_common_factor(b, a % b) }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use super::*;

    fn of(values: &[f32]) -> Histogram {
        Histogram::of(std::iter::once(values), 1)
    }

    #[test]
    fn values_are_counted_where_they_lie() {
        let values: Vec<f32> = (0..=32).map(|i| i as f32).collect();
        let histogram = of(&values);
        assert_eq!((histogram.low, histogram.high, histogram.total()), (0.0, 32.0, 33));
        assert!(histogram.counts[..31].iter().all(|count| *count == 1), "{:?}", histogram.counts);
        assert_eq!(histogram.counts[31], 2, "the largest value belongs to the last range");
        assert_eq!([histogram.edge(0), histogram.edge(16), histogram.edge(32)], [0.0, 16.0, 32.0]);
    }

    #[test]
    fn odd_values_are_no_trouble() {
        assert_eq!(of(&[]), Histogram::EMPTY);
        assert_eq!(of(&[f32::NAN, f32::INFINITY]), Histogram::EMPTY);
        assert_eq!(of(&[2.0, f32::NAN, 2.0]).total(), 2);
        let widest = of(&[f32::MIN, 0.0, f32::MAX]);
        assert_eq!((widest.counts[0], widest.counts[16], widest.counts[31]), (1, 1, 1));
        let doubles = Histogram::of(std::iter::once(&[f64::MIN, 0.0, f64::MAX][..]), 1);
        assert_eq!((doubles.counts[0], doubles.counts[16], doubles.counts[31]), (1, 1, 1));
    }

    #[test]
    fn a_part_of_many_values_shows_all_columns_alike() {
        // In 10 columns, one value each: a step of 10 would see only one of them.
        let values: Vec<f32> = (0..160_000).map(|i| (i % 10) as f32).collect();
        let histogram = Histogram::of(std::iter::once(&values[..]), 10);
        assert!(histogram.total() < 4_200);
        let seen: Vec<u32> = histogram.counts.iter().copied().filter(|count| *count > 0).collect();
        assert_eq!(seen.len(), 10);
        assert!(seen.iter().all(|count| count.abs_diff(seen[0]) <= 1), "{seen:?}");
    }
}
