//! Means and spreads of a few numbers, without a loss of digits.

/// The mean; NaN where there is none.
///
/// What is summed is the distance from the first number, so that the mean of equal numbers is that number, and no digits are
/// lost where all are far from 0.
pub(crate) fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let from = values.clone().next().filter(|first| first.is_finite()).unwrap_or(0.0);
    from + values.clone().map(|value| value - from).sum::<f64>() / values.count() as f64
}

/// Σ (x − mean)², in a second pass: exactly 0 where all numbers are equal.
pub(crate) fn squares(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let mean = mean(values.clone());
    values.map(|value| (value - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_have_no_spread_and_large_ones_keep_theirs() {
        for x in [0.1, 36.6, -1e-300, 1e16 / 3.0, 5.0] {
            for count in 1..20 {
                let values = std::iter::repeat_n(x, count);
                assert_eq!((mean(values.clone()), squares(values)), (x, 0.0), "{count} × {x}");
            }
        }
        let far = [1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0].into_iter();
        assert_eq!((mean(far.clone()), squares(far)), (1e9 + 2.0, 2.0));
        assert!(mean(std::iter::empty()).is_nan());
        for values in [[f64::INFINITY, 1.0], [1.0, f64::INFINITY]] {
            assert!(mean(values.into_iter()).is_infinite());
        }
        assert!(squares([1.0, f64::NAN].into_iter()).is_nan());
    }
}
