//! Numbers as they stand at an axis.

/// A power of ten, such as 10⁻³.
fn power(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = exponent.unsigned_abs().to_string();
    let sign = if exponent < 0 { "⁻" } else { "" };
    let raised: String = digits.bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect();
    format!("10{sign}{raised}")
}

/// Without zeros behind the point, and where they are `grouped` with commas between thousands.
fn plain(value: f64, digits: usize, is_grouped: bool) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if is_grouped && place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0.0 && (grouped != "0" || !fraction.is_empty()) { "−" } else { "" };
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

/// A number with two significant digits, as it would stand at an axis: `0.96`, `2.1·10⁻⁹`.
///
/// ```
/// assert_eq!(typednet_plot::number(0.957), "0.96");
/// assert_eq!(typednet_plot::number(2.14e-9), "2.1·10⁻⁹");
/// ```
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let step = if value == 0.0 { 1.0 } else { 10_f64.powi(exponent(value) - 1) };
    of_steps(&[value], step).remove(0)
}

/// The whole number at or below the logarithm of `value` to the base 10, also where `log10` is a little off.
pub(crate) fn exponent(value: f64) -> i32 {
    (value.abs().log10() + 1e-9).floor() as i32
}

/// The multiples of `step` as they are written: all in decimals, or all with the same power of ten.
pub(crate) fn of_steps(values: &[f64], step: f64) -> Vec<String> {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let digits = |step: f64| usize::try_from(-exponent(step)).unwrap_or(0);
    if largest == 0.0 || (1e-3..1e6).contains(&largest) && step >= 1e-5 {
        // Four digits need none, and years have none.
        let is_grouped = largest >= 1e4;
        return values.iter().map(|value| plain(*value, digits(step), is_grouped)).collect();
    }
    let common = exponent(largest);
    // A power that no number holds is reached in two steps.
    let mantissa = |value: f64| value / 10_f64.powi(common / 2) / 10_f64.powi(common - common / 2);
    let text = |value: &f64| match plain(mantissa(*value), digits(mantissa(step)).min(12), false) {
        zero if zero == "0" => zero,
        text => format!("{text}·{}", power(common)),
    };
    values.iter().map(text).collect()
}

/// Values that are 1, 2 or 5 times a power of ten: all in decimals, or all as powers.
pub(crate) fn of_powers(values: &[f64]) -> Vec<String> {
    if values.iter().all(|value| (0.99e-4..1.01e5).contains(value)) {
        let digits = |value: f64| usize::try_from(-exponent(value)).unwrap_or(0);
        return values.iter().map(|value| plain(*value, digits(*value), true)).collect();
    }
    let text = |value: &f64| {
        let exponent = exponent(*value);
        let first = (value / 10_f64.powi(exponent / 2) / 10_f64.powi(exponent - exponent / 2)).round();
        match (first, exponent) {
            (_, 0) => plain(first, 0, false),
            _ if first > 1.5 => format!("{}·{}", plain(first, 0, false), power(exponent)),
            (_, 1) => "10".into(),
            _ => power(exponent),
        }
    };
    values.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_written_alike() {
        assert_eq!(of_steps(&[0.0, 0.05, 0.1], 0.05), ["0", "0.05", "0.1"]);
        assert_eq!(of_steps(&[-0.2, -1e-17, 0.2], 0.2), ["−0.2", "0", "0.2"]);
        assert_eq!(of_steps(&[0.0, 20_000.0, 40_000.0], 20_000.0), ["0", "20,000", "40,000"]);
        assert_eq!(of_steps(&[1990.0, 1995.0, 2000.0], 5.0), ["1990", "1995", "2000"]);
        assert_eq!(of_steps(&[0.0, 5e-6, 1e-5], 5e-6), ["0", "0.5·10⁻⁵", "1·10⁻⁵"]);
        assert_eq!(of_steps(&[0.0, 2e300], 2e300), ["0", "2·10³⁰⁰"]);
        assert_eq!(of_steps(&[2e-320, 4e-320], 2e-320)[1], "4·10⁻³²⁰");
        assert_eq!(of_steps(&[0.0], 1.0), ["0"]);
    }

    #[test]
    fn powers_are_written_alike() {
        assert_eq!(of_powers(&[0.001, 0.1, 1000.0, 100_000.0]), ["0.001", "0.1", "1,000", "100,000"]);
        assert_eq!(of_powers(&[1e-6, 2e-6, 1.0, 10.0]), ["10⁻⁶", "2·10⁻⁶", "1", "10"]);
        assert_eq!(of_powers(&[5e-310, 1e308]), ["5·10⁻³¹⁰", "10³⁰⁸"]);
    }
}
