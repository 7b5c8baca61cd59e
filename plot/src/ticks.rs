//! Ticks of an axis: at 1, 2 or 5 times a power of ten, and at least at two places.

use crate::number;

/// A place with its text, or a line of the grid without one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// In the unit of the axis.
    pub(crate) value: f64,
    pub(crate) label: String,
}

/// The most lines that an axis may ask for.
const MOST: f64 = 64.0;

/// The multiples of 1, 2 or 5 times a power of ten between `low` and `high`, as many as `fits` accepts; `least` is the
/// least step.
pub(crate) fn linear(low: f64, high: f64, least: f64, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
    let mut last = Vec::new();
    // Halves, since the whole may be more than a number holds.
    let width = high / 2.0 - low / 2.0;
    for step in steps_from(width / (MOST / 4.0)).filter(|step| *step >= least) {
        let values = multiples(low, high, step);
        if values.len() < 2 && !last.is_empty() {
            break;
        }
        let ticks = labelled(&values, number::of_steps(&values, step));
        if fits(&ticks) {
            return ticks;
        }
        last = ticks;
        if values.len() < 2 {
            break;
        }
    }
    last
}

/// The powers of ten between `low` and `high`, with 2 and 5 times them where there is room; where there are not two of them,
/// equal steps. Between lone powers stand lines without a label.
pub(crate) fn logarithmic(low: f64, high: f64, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
    let decades = high.log10() - low.log10();
    let inside = |value: &f64| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(value);
    let (first, last) = (number::exponent(low), number::exponent(high));
    let powers = |stride: i32, firsts: &[f64]| -> Vec<f64> {
        let exponents = (first..=last).filter(|exponent| exponent.rem_euclid(stride) == 0);
        exponents.flat_map(|e| firsts.iter().map(move |first| first * 10_f64.powi(e))).filter(inside).collect()
    };
    if decades < 6.0 {
        let values = powers(1, &[1.0, 2.0, 5.0]);
        let ticks = labelled(&values, number::of_powers(&values));
        if values.len() >= 3 && fits(&ticks) {
            return ticks;
        }
    }
    if decades < 1.0 {
        return linear(low, high, 0.0, fits);
    }
    for stride in [1, 2, 3, 5, 10, 20, 50, 100, 200] {
        let values = powers(stride, &[1.0]);
        let ticks = labelled(&values, number::of_powers(&values));
        if values.len() < 2 {
            break;
        }
        if fits(&ticks) {
            return if stride == 1 { with_lines_between(ticks, powers(1, &[2.0, 5.0])) } else { ticks };
        }
    }
    let values = powers(1, &[1.0, 2.0, 5.0]);
    let ends = [values.first(), values.last()].into_iter().flatten().copied().collect::<Vec<_>>();
    labelled(&ends, number::of_powers(&ends))
}

/// Up to four decades have lines at 2 and 5 as well; more of them would be a hatching.
fn with_lines_between(mut ticks: Vec<Tick>, between: Vec<f64>) -> Vec<Tick> {
    if ticks.len() <= 4 {
        ticks.extend(between.into_iter().map(|value| Tick { value, label: String::new() }));
        ticks.sort_by(|a, b| a.value.total_cmp(&b.value));
    }
    ticks
}

fn labelled(values: &[f64], labels: Vec<String>) -> Vec<Tick> {
    values.iter().zip(labels).map(|(value, label)| Tick { value: *value, label }).collect()
}

/// 1, 2 or 5 times powers of ten, from about `least` upwards.
fn steps_from(least: f64) -> impl Iterator<Item = f64> {
    let first = if least > 0.0 && least.is_finite() { number::exponent(least) } else { 0 };
    let steps = (first..).take(8).flat_map(|e| [1.0, 2.0, 5.0].map(|step| step * 10_f64.powi(e)));
    steps.filter(move |step| *step >= 0.5 * least && step.is_finite() && *step > 0.0)
}

fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let first = (low / step - 1e-9).ceil();
    let count = ((high / step + 1e-9).floor() - first).clamp(-1.0, MOST) as i32;
    (0..=count).map(|i| (first + f64::from(i)) * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).filter(|label| !label.is_empty()).collect()
    }

    /// Room for so many numbers.
    fn room(most: usize) -> impl Fn(&[Tick]) -> bool {
        move |ticks| ticks.len() <= most
    }

    #[test]
    fn linear_steps_are_1_2_or_5() {
        assert_eq!(texts(&linear(0.0, 1.0, 0.0, room(6))), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(texts(&linear(0.0, 1.0, 0.0, room(4))), ["0", "0.5", "1"]);
        assert_eq!(texts(&linear(-3.7, 4.2, 0.0, room(5))), ["−2", "0", "2", "4"]);
        assert_eq!(texts(&linear(0.5, 3.5, 1.0, room(20))), ["1", "2", "3"]);
        assert_eq!(texts(&linear(0.0, 49.0, 1.0, room(10)))[..3], ["0", "5", "10"]);
    }

    #[test]
    fn logarithmic_ticks_are_1_2_5_or_powers() {
        assert_eq!(texts(&logarithmic(0.9, 40.0, room(9))), ["1", "2", "5", "10", "20"]);
        assert_eq!(texts(&logarithmic(1.0, 4096.0, room(6))), ["1", "10", "100", "1,000"]);
        assert_eq!(texts(&logarithmic(1e-9, 1.0, room(6))), ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1"]);
        assert_eq!(texts(&logarithmic(0.3, 0.72, room(6))), ["0.3", "0.4", "0.5", "0.6", "0.7"]);
    }

    /// An axis with one number says nothing about its scale.
    #[test]
    fn every_axis_has_two_numbers() {
        let edges: Vec<f64> = (-40..40).map(|i| 10_f64.powf(f64::from(i) / 7.0)).collect();
        for low in &edges {
            for factor in [1.05, 1.3, 1.9, 3.0, 8.0, 30.0, 900.0, 1e5, 1e12] {
                let high = low * factor;
                for most in [3, 5, 9] {
                    assert!(texts(&logarithmic(*low, high, room(most))).len() >= 2, "{low} to {high}, log, {most}");
                    assert!(texts(&linear(*low, high, 0.0, room(most))).len() >= 2, "{low} to {high}, {most}");
                }
            }
        }
    }

    #[test]
    fn odd_ends_have_ticks() {
        for (low, high) in [(-1.7e308, 1.7e308), (0.0, 5e-324), (1e308, 1.1e308), (-1e-300, 1e-300)] {
            assert!(linear(low, high, 0.0, room(6)).len() < 70, "{low} to {high}");
        }
        assert!(!logarithmic(1e-320, 1e300, room(6)).is_empty());
    }
}
