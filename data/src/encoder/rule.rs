//! The encoding of one column.

use serde::{Deserialize, Serialize};
use typednet_tensor::Scalar;

use super::error::Wrong;
use super::{Unknown, Value};
use crate::scale::is_width;
use crate::{CellError, Column};

/// What is made of the values of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Rule {
    /// (x − shift) / width
    Number {
        /// What stands in for a missing value.
        fill: Option<f64>,
        shift: f64,
        width: f64,
    },
    /// 1 at the place of the category, 0 at the others.
    Category {
        categories: Vec<String>,
        /// Whether all categories of the training rows are numbers, so that `2` and `2.0` are the same.
        numeric: bool,
        /// What stands in for a missing value: one of the categories.
        fill: Option<String>,
        unknown: Unknown,
    },
}

impl Rule {
    /// How many numbers it makes.
    pub(super) fn width(&self) -> usize {
        self.categories().map_or(1, <[String]>::len)
    }

    pub(super) fn categories(&self) -> Option<&[String]> {
        match self {
            Self::Number { .. } => None,
            Self::Category { categories, .. } => Some(categories),
        }
    }

    /// The names of the numbers.
    pub(super) fn features(&self, column: &str) -> Vec<String> {
        match self {
            Self::Number { .. } => vec![column.to_owned()],
            Self::Category { categories, .. } => {
                categories.iter().map(|category| format!("{column}={category}")).collect()
            }
        }
    }

    /// What stands in a row of a column of a table.
    pub(super) fn value_in<'t>(&self, column: &'t Column, row: usize) -> Result<Value<'t>, Wrong> {
        match self {
            Self::Number { .. } => Value::number_in(column, row),
            Self::Category { .. } => Ok(Value::category_in(column, row)),
        }
    }

    /// Writes the numbers of `value` to `to`, which is 0 so far.
    pub(super) fn encode<T: Scalar>(&self, value: Value<'_>, to: &mut [T]) -> Result<(), Wrong> {
        match self {
            Self::Number { fill, shift, width } => {
                let found = match fill {
                    Some(fill) if value.is_missing() => *fill,
                    None if value.is_missing() => return Err(Wrong::Missing),
                    _ => value.number()?,
                };
                let number = T::of((found - shift) / width);
                if !number.is_finite() {
                    return Err(CellError::NotFinite { found }.into());
                }
                to.fill(number);
            }
            Self::Category { categories, numeric, fill, unknown } => {
                let name = match fill {
                    Some(fill) if value.is_missing() => fill.into(),
                    None if value.is_missing() => return Err(Wrong::MissingCategory),
                    _ => value.category(*numeric),
                };
                match place(categories, &name, value) {
                    Some(place) => to[place] = T::one(),
                    None if *unknown == Unknown::Zeros => {}
                    None => return Err(Wrong::Unknown { found: name.into_owned(), known: categories.clone() }),
                }
            }
        }
        Ok(())
    }

    /// What is wrong with a rule from a file.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Number { fill, shift, width } => {
                let sound = shift.is_finite() && is_width(*width) && fill.is_none_or(f64::is_finite);
                if sound { Ok(()) } else { Err("its numbers are not those of a scaled column") }
            }
            Self::Category { categories, fill, .. } => {
                let mut names: Vec<&String> = categories.iter().collect();
                names.sort_unstable();
                names.dedup();
                if names.is_empty() || names.len() != categories.len() {
                    Err("its categories are none, or not all different")
                } else if fill.as_ref().is_some_and(|fill| !categories.contains(fill)) {
                    Err("the category to fill with is none of its categories")
                } else {
                    Ok(())
                }
            }
        }
    }
}

/// The place of the category. A number also finds a category that was text when the encoder was fitted, where it is the
/// only one with this value: a part of a table may hold nothing but numbers where the whole has words too.
fn place(categories: &[String], name: &str, value: Value<'_>) -> Option<usize> {
    categories.iter().position(|category| category == name).or_else(|| {
        let Value::Number(number) = value else { return None };
        let is_same = |category: &String| category.parse() == Ok(number);
        let mut same = categories.iter().enumerate().filter(|(_, category)| is_same(category));
        match (same.next(), same.next()) {
            (Some((place, _)), None) => Some(place),
            _ => None,
        }
    })
}
