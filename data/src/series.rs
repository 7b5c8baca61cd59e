//! Time series: windows of what was and what came of it, in the order of time.
//!
//! A series is a slice of rows, `&[[T; V]]`: V variables at equally spaced times, the oldest first. What a network is told and what it
//! is asked is cut out of it by [`windows`]. Three things keep the future out of it:
//!
//! 1. Parts in the order of time ([`split::in_order`](crate::split::in_order)), not at random: the later ones are for validation and test.
//! 2. A scaler that is fitted on the rows of the first part alone, `Standard::fit(&rows[train.clone()])`.
//! 3. Gaps that are filled by the value before ([`Table::fill_forward`](crate::Table::fill_forward)), not by one between.
//!
//! ```
//! use typednet_data::{Standard, series, split};
//!
//! let mut rows: Vec<[f32; 1]> = (0..40).map(|t| [0.1 * t as f32]).collect();
//! let [train, test] = split::in_order(rows.len(), [0.8, 0.2])?;
//! let scaler = Standard::fit(&rows[train.clone()])?;
//! scaler.transform(&mut rows);
//!
//! // From 4 steps to the 2 after them.
//! let train = series::windows::<_, 1, 4, 2>(&rows, train, 1)?;
//! let test = series::windows::<_, 1, 4, 2>(&rows, test, 1)?;
//! assert_eq!((train.len(), test.len()), (32 - 4 - 2 + 1, 8 - 2 + 1));
//! assert_eq!(test.targets()[0], rows[32..34]);
//! assert_eq!(test.samples()[0], rows[28..32]);
//!
//! // Whoever forecasts what was last seen has to be beaten.
//! assert_eq!(series::naive::<_, 1, 4, 2>(&test.samples()[0]), [rows[31]; 2]);
//! # Ok::<(), typednet_data::DataError>(())
//! ```

use std::ops::Range;
use std::{error, fmt};

use typednet_tensor::{Scalar, zeroed_samples};

use crate::{DataError, Dataset};

/// Samples of `N` steps of `V` variables, each with the `H` steps that follow.
pub type Windows<T, const V: usize, const N: usize, const H: usize> = Dataset<[[T; V]; N], [[T; V]; H]>;

/// Windows of a series: `N` steps, and as target the `H` steps that follow.
///
/// They are all those whose targets lie within the steps `targets`, every `stride`-th of them; the first target is the first of these
/// steps. What a window reads may lie before them, as it does in use, so validation and test lose no targets at their beginning; at
/// the beginning of the series the first `N` steps are no targets.
///
/// # Errors
/// If a value within reach is not a finite number (a gap), `targets` reaches beyond the series, there is not one window, or the
/// stride is 0.
pub fn windows<T: Scalar, const V: usize, const N: usize, const H: usize>(
    rows: &[[T; V]],
    targets: Range<usize>,
    stride: usize,
) -> Result<Windows<T, V, N, H>, DataError> {
    const { assert!(V > 0 && N > 0 && H > 0, "a window needs a variable, a step that is seen and a step that is not") };
    if stride == 0 {
        return Err(SeriesError::Stride.into());
    }
    if targets.end > rows.len() {
        return Err(SeriesError::Beyond { end: targets.end, steps: rows.len() }.into());
    }
    let first = targets.start.max(N);
    let places = (first..(targets.end + 1).saturating_sub(H)).step_by(stride);
    let count = places.len();
    if count == 0 {
        let (seen, asked) = (N, H);
        return Err(SeriesError::TooShort { seen, asked, targets }.into());
    }
    check_finite(&rows[..targets.end], first - N)?;
    let (mut samples, mut answers) = (zeroed_samples::<[[T; V]; N]>(count), zeroed_samples::<[[T; V]; H]>(count));
    for ((place, sample), answer) in places.zip(&mut samples).zip(&mut answers) {
        let (seen, asked) = rows[place - N..place + H].split_at(N);
        sample.copy_from_slice(seen);
        answer.copy_from_slice(asked);
    }
    Dataset::new(samples, answers)
}

/// The naive forecast: whatever was last seen goes on. A forecast that is not better is worth nothing.
pub fn naive<T: Scalar, const V: usize, const N: usize, const H: usize>(window: &[[T; V]; N]) -> [[T; V]; H] {
    seasonal_naive::<1, T, V, N, H>(window)
}

/// The seasonal naive forecast: what was seen `PERIOD` steps before, as 12 months before; of the last period that was seen where
/// more is asked.
///
/// ```
/// use typednet_data::series;
///
/// let quarters = [[1.0], [2.0], [3.0], [4.0], [11.0], [12.0], [13.0], [14.0]];
/// assert_eq!(series::seasonal_naive::<4, f64, 1, 8, 6>(&quarters), [[11.0], [12.0], [13.0], [14.0], [11.0], [12.0]]);
/// ```
///
/// A window of less than a period is an error when the program is built.
pub fn seasonal_naive<const PERIOD: usize, T: Scalar, const V: usize, const N: usize, const H: usize>(
    window: &[[T; V]; N],
) -> [[T; V]; H] {
    const { assert!(PERIOD > 0 && PERIOD <= N, "a window holds one period or more") };
    let last = &window[N - PERIOD..];
    std::array::from_fn(|step| last[step % PERIOD])
}

/// Whether all values from the step `from` on are numbers.
fn check_finite<T: Scalar, const V: usize>(rows: &[[T; V]], from: usize) -> Result<(), SeriesError> {
    let all = || rows.iter().enumerate().skip(from);
    let gaps =
        all().flat_map(|(step, row)| row.iter().enumerate().map(move |(variable, value)| (step, variable, *value)));
    let mut gaps = gaps.filter(|(.., value)| !value.is_finite());
    match gaps.next() {
        None => Ok(()),
        Some((step, variable, value)) => {
            Err(SeriesError::Gap { step, variable, found: value.to_f64_exact(), more: gaps.count() })
        }
    }
}

/// Why windows cannot be cut out of a series.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum SeriesError {
    /// A value is missing, or not finite.
    Gap {
        /// The step, counted from 0.
        step: usize,
        /// The variable, counted from 0.
        variable: usize,
        /// What stands there.
        found: f64,
        /// How many more there are.
        more: usize,
    },
    /// The steps of the targets reach beyond the series.
    Beyond {
        /// The end of the targets.
        end: usize,
        /// How many steps there are.
        steps: usize,
    },
    /// There is not one window.
    TooShort {
        /// How many steps a window reads.
        seen: usize,
        /// How many steps follow as its target.
        asked: usize,
        /// The steps in which the targets are to lie.
        targets: Range<usize>,
    },
    /// The stride was to be 0.
    Stride,
}

impl fmt::Display for SeriesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap { step, variable, found, more } => {
                let others = if *more == 0 { String::new() } else { format!(" (and {more} more)") };
                write!(
                    f,
                    "step {step} has no number for variable {variable}, but {found}{others}: fill gaps first, for instance by \
                     the value before (`Table::fill_forward`)"
                )
            }
            Self::Beyond { end, steps } => {
                write!(f, "targets up to step {end} are asked for, but the series has {steps} steps")
            }
            Self::TooShort { seen, asked, targets } => write!(
                f,
                "there is no window: {seen} steps before and {asked} steps within {}..{} are needed",
                targets.start, targets.end
            ),
            Self::Stride => f.write_str("expected a stride of 1 or more, found 0"),
        }
    }
}

typednet_tensor::debug_as_display!(SeriesError);

impl error::Error for SeriesError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Standard, split};

    fn rows(count: usize) -> Vec<[f64; 2]> {
        (0..count).map(|t| [t as f64, (t * t) as f64]).collect()
    }

    fn cut(rows: &[[f64; 2]], targets: Range<usize>, stride: usize) -> Result<Windows<f64, 2, 3, 2>, String> {
        windows(rows, targets, stride).map_err(|error| error.to_string())
    }

    #[test]
    fn a_target_follows_what_is_seen() {
        let rows = rows(10);
        let all = cut(&rows, 0..10, 1).expect("windows");
        assert_eq!(all.len(), 6);
        for (place, (seen, asked)) in all.iter().enumerate() {
            assert_eq!((&seen[..], &asked[..]), (&rows[place..place + 3], &rows[place + 3..place + 5]));
        }
        let every_third = cut(&rows, 0..10, 3).expect("windows");
        assert_eq!(every_third.samples(), [all.samples()[0], all.samples()[3]]);
        // Later parts read what was before them, and no part answers with steps of another.
        let late = cut(&rows, 6..9, 1).expect("windows");
        assert_eq!(late.targets(), [[rows[6], rows[7]], [rows[7], rows[8]]]);
        assert_eq!(late.samples()[0], rows[3..6]);
    }

    /// Whatever comes later changes neither a window, nor a scaler, nor a value that was filled in.
    #[test]
    fn nothing_looks_into_the_future() {
        let series = rows(60);
        let [train, test] = split::in_order(60, [0.5, 0.5]).expect("parts");
        assert_eq!((train.clone(), test.clone()), (0..30, 30..60));
        let scaled = |later: f64| {
            let mut rows = series.clone();
            rows[30..].iter_mut().for_each(|row| *row = [later; 2]);
            let scaler = Standard::fit(&rows[train.clone()]).expect("a scaler");
            scaler.transform(&mut rows);
            (scaler, cut(&rows, train.clone(), 1).expect("windows"), cut(&rows, test.clone(), 1).expect("windows"))
        };
        let (before, after) = (scaled(-1.0), scaled(1e6));
        assert_eq!(before.0, after.0);
        assert_eq!(before.1, after.1);
        assert_eq!(before.2.samples()[0], after.2.samples()[0], "what the first forecast is told");
        assert_ne!(before.2.targets(), after.2.targets());
    }

    #[test]
    fn what_cannot_be_cut_says_so() {
        let mut rows = rows(10);
        let error = |rows: &[[f64; 2]], targets, stride| cut(rows, targets, stride).expect_err("no windows");
        assert_eq!(error(&rows, 0..10, 0), "expected a stride of 1 or more, found 0");
        assert_eq!(error(&rows, 4..11, 1), "targets up to step 11 are asked for, but the series has 10 steps");
        assert_eq!(error(&rows, 9..10, 1), "there is no window: 3 steps before and 2 steps within 9..10 are needed");
        assert_eq!(error(&rows, 0..4, 1), "there is no window: 3 steps before and 2 steps within 0..4 are needed");
        assert_eq!(error(&[], 0..0, 1), "there is no window: 3 steps before and 2 steps within 0..0 are needed");
        let backwards = Range { start: 8, end: 5 };
        assert!(error(&rows, backwards, 1).starts_with("there is no window"));
        (rows[5][1], rows[7][0]) = (f64::NAN, f64::INFINITY);
        let gap = "step 5 has no number for variable 1, but NaN (and 1 more): fill gaps first, for instance by the value before \
                   (`Table::fill_forward`)";
        assert_eq!(error(&rows, 0..10, 1), gap);
        // Out of reach it is no gap.
        assert!(cut(&rows, 0..5, 1).is_ok());
        assert!(error(&rows, 8..10, 1).starts_with("step 5 has no number for variable 1"));
    }
}
