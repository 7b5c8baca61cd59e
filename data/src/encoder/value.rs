//! One cell, from a table or from a program.

use std::borrow::Cow;

use super::error::Wrong;
use crate::table::shown;
use crate::{CellError, Column};

/// A number, a text or nothing: one cell of a row that a program gives.
///
/// Text may be a number, as a form on a page sends it; empty text is nothing. There is no conversion from `f32`: 0.1 of
/// that type is another number than the 0.1 that a file says.
///
/// ```
/// use typednet_data::Value;
///
/// assert_eq!(Value::from("Oslo"), Value::Text("Oslo"));
/// assert_eq!(Value::from(3), Value::Number(3.0));
/// assert_eq!([Value::from(Some(0.5)), Value::from(None::<f64>)], [Value::Number(0.5), Value::Missing]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'t> {
    /// A number; NaN is a missing value.
    Number(f64),
    /// A text, which may be the name of a category or a number.
    Text(&'t str),
    /// No value.
    Missing,
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Value<'_> {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl<'t> From<&'t str> for Value<'t> {
    fn from(text: &'t str) -> Self {
        Self::Text(text)
    }
}

impl<'t> From<&'t String> for Value<'t> {
    fn from(text: &'t String) -> Self {
        Self::Text(text)
    }
}

impl<'t, V: Into<Value<'t>>> From<Option<V>> for Value<'t> {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

impl<'t> Value<'t> {
    /// The number in a row of a column.
    pub(super) fn number_in(column: &Column, row: usize) -> Result<Self, Wrong> {
        if column.is_missing(row) { Ok(Self::Missing) } else { Ok(Self::Number(column.number(row)?)) }
    }

    /// The name of a category, or the number that it is, in a row of a column.
    pub(super) fn category_in(column: &'t Column, row: usize) -> Self {
        match (column.numbers(), column.as_text(row)) {
            (Some(numbers), _) => Self::Number(numbers[row]),
            (None, text) => text.into(),
        }
    }

    pub(super) fn is_missing(self) -> bool {
        match self {
            Self::Number(number) => number.is_nan(),
            Self::Text(text) => text.trim().is_empty(),
            Self::Missing => true,
        }
    }

    /// The number, which is finite.
    pub(super) fn number(self) -> Result<f64, Wrong> {
        let number = match self {
            Self::Missing => return Err(Wrong::Missing),
            Self::Number(number) => number,
            Self::Text(text) => match text.trim().parse() {
                Ok(number) => number,
                Err(_) => return Err(CellError::NotNumber { found: text.to_owned() }.into()),
            },
        };
        if number.is_finite() { Ok(number) } else { Err(CellError::NotFinite { found: number }.into()) }
    }

    /// The name of the category: where these are `numeric`, `2.0` is the same as `2`.
    pub(super) fn category(self, numeric: bool) -> Cow<'t, str> {
        match self {
            Self::Missing => Cow::Borrowed(""),
            Self::Number(number) => shown(number),
            Self::Text(text) => {
                let text = text.trim();
                match text.parse::<f64>() {
                    Ok(number) if numeric && !number.is_nan() => shown(number),
                    _ => Cow::Borrowed(text),
                }
            }
        }
    }
}
