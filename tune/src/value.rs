//! Values of parameters.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value of a parameter, as it is shown, written to files, and read by [`Trial::get`](crate::Trial::get).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// As in `true`.
    Boolean(bool),
    /// As in `32`.
    Integer(i64),
    /// As in `0.001`.
    Number(f64),
    /// As in `adam`.
    Text(String),
}

impl Value {
    /// What kind of value it is, in words.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a truth value",
            Self::Integer(_) => "an integer",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
        }
    }
}

/// The value itself with all its digits, a text in quotes: `[3.8216, 32, "adam"]`.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => fmt::Debug::fmt(value, f),
            Self::Integer(value) => fmt::Debug::fmt(value, f),
            Self::Number(value) => fmt::Debug::fmt(value, f),
            Self::Text(value) => fmt::Debug::fmt(value, f),
        }
    }
}

/// Numbers with four significant digits, for people; files have all digits.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => f.pad(&value.to_string()),
            Self::Integer(value) => f.pad(&value.to_string()),
            Self::Number(value) => f.pad(&short(*value)),
            Self::Text(value) => f.pad(value),
        }
    }
}

/// A number with four significant digits, in the notation that is shorter to read.
pub(crate) fn short(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let rounded = format!("{number:.3e}");
    let (_, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        format!("{number:.*}", usize::try_from(3 - exponent).unwrap_or(0))
    } else {
        rounded
    }
}

/// A type that a [`Value`] can be read as.
pub trait FromValue: Sized {
    /// What values it is read from, in words.
    const EXPECTED: &'static str;

    /// The value, if it is of the right kind and fits.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for f64 {
    const EXPECTED: &'static str = "a number";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(*number),
            // Below 2⁵³ this is exact; larger ranges are refused and larger choices are the user's.
            Value::Integer(integer) => Some(*integer as Self),
            _ => None,
        }
    }
}

impl FromValue for f32 {
    const EXPECTED: &'static str = f64::EXPECTED;

    fn from_value(value: &Value) -> Option<Self> {
        f64::from_value(value).map(|number| number as Self)
    }
}

impl FromValue for bool {
    const EXPECTED: &'static str = "a truth value";

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Boolean(value) = value { Some(*value) } else { None }
    }
}

impl FromValue for String {
    const EXPECTED: &'static str = "a text";

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

macro_rules! integers {
    ($($t:ty: $expected:literal),*) => {$(
        impl FromValue for $t {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &Value) -> Option<Self> {
                if let Value::Integer(integer) = value { Self::try_from(*integer).ok() } else { None }
            }
        }
    )*};
}

integers!(
    usize: "an integer from 0",
    u64: "an integer from 0",
    u32: "an integer of 32 bits from 0",
    i64: "an integer",
    i32: "an integer of 32 bits"
);

macro_rules! from {
    ($($t:ty => $variant:ident),*) => {$(
        impl From<$t> for Value {
            fn from(value: $t) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from!(bool => Boolean, u8 => Integer, u16 => Integer, i32 => Integer, u32 => Integer, i64 => Integer);
from!(f32 => Number, f64 => Number, &str => Text, String => Text);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (number, text) in [
            (0.001, "0.001000"),
            (0.000_123_456, "0.0001235"),
            (0.000_012_345_6, "1.235e-5"),
            (1.0, "1.000"),
            (9.9999, "10.00"),
            (12_345.678, "12346"),
            (123_456_789.0, "1.235e8"),
            (0.0, "0"),
            (-0.25, "-0.2500"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(short(number), text);
        }
    }

    #[test]
    fn values_go_through_json_with_their_kind() {
        for value in [Value::from(true), 32.into(), 32.0.into(), 0.1.into(), "adam".into(), (-3).into(), 1e300.into()] {
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn values_are_read_only_as_what_they_are() {
        assert_eq!(usize::from_value(&32.into()), Some(32));
        assert_eq!(usize::from_value(&(-1).into()), None);
        assert_eq!(u32::from_value(&(1_i64 << 32).into()), None);
        assert_eq!(i64::from_value(&1.0.into()), None);
        assert_eq!(f64::from_value(&2.into()), Some(2.0));
        assert_eq!(f32::from_value(&0.5.into()), Some(0.5));
        assert_eq!(f64::from_value(&"2".into()), None);
        assert_eq!(String::from_value(&"adam".into()).as_deref(), Some("adam"));
        assert_eq!(bool::from_value(&true.into()), Some(true));
        assert_eq!(bool::from_value(&1.into()), None);
    }
}
