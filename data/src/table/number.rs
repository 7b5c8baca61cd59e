//! The notation of numbers in a table.

use std::borrow::Cow;

/// How numbers are written in a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Numerals {
    /// With a decimal point, `2.6`.
    #[default]
    Point,
    /// With a decimal comma, `2,6`.
    Comma,
}

impl Numerals {
    /// The number that `text` is; `nan` is none, since NaN stands for a missing value.
    pub(super) fn number(self, text: &str) -> Option<f64> {
        let text = match self {
            Self::Point => Cow::Borrowed(text),
            Self::Comma if text.contains('.') => return None,
            Self::Comma => Cow::Owned(text.replace(',', ".")),
        };
        text.parse().ok().filter(|number: &f64| !number.is_nan())
    }

    /// Whether a column of numbers keeps all that `text` says.
    ///
    /// An integer of more than 2⁵³ may share its nearest `f64` with its neighbours, and `007` would become the same as
    /// `7`: such texts are names, which must stay different.
    pub(super) fn keeps(self, text: &str) -> bool {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse::<f64>() {
            Ok(number) if integer => number.to_string() == digits,
            _ => self.number(text).is_some(),
        }
    }
}

/// What stands in a cell of numbers, as text.
pub(crate) fn shown(number: f64) -> Cow<'static, str> {
    if number.is_nan() { Cow::Borrowed("") } else { Cow::Owned((number + 0.0).to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_their_decimal_mark() {
        for (text, point, comma) in [
            ("2.6", Some(2.6), None),
            ("2,6", None, Some(2.6)),
            ("-200", Some(-200.0), Some(-200.0)),
            ("+7e1", Some(70.0), Some(70.0)),
            ("1.234,5", None, None),
            ("1,2,3", None, None),
            ("nan", None, None),
            ("", None, None),
        ] {
            assert_eq!((Numerals::Point.number(text), Numerals::Comma.number(text)), (point, comma), "{text}");
        }
    }

    #[test]
    fn integers_that_a_number_would_change_are_names() {
        for text in ["9007199254740993", "-9007199254740993", "007", "00", "+01", "20251128123456789", "x", ""] {
            assert!(!Numerals::Point.keeps(text), "{text}");
        }
        for text in ["9007199254740992", "0", "-0", "+7", "10", "0.10", "1e3", "100000000000000000000"] {
            assert!(Numerals::Point.keeps(text), "{text}");
        }
    }

    /// Two integers of one column of numbers are never the same number.
    #[test]
    fn integers_that_are_kept_stay_different() {
        let near = |power: u32| (0..100_u128).map(move |more| (2_u128.pow(power) - 50 + more).to_string());
        for power in [20, 52, 53, 54, 63, 64, 90] {
            let kept: Vec<f64> =
                near(power).filter(|text| Numerals::Point.keeps(text)).filter_map(|text| text.parse().ok()).collect();
            assert!(kept.is_sorted_by(|a, b| a < b), "2^{power}: {kept:?}");
            assert!(kept.len() == 100 || power > 52, "2^{power}: {kept:?}");
        }
    }
}
