//! Fitting an encoder: what is learnt from the training rows.

use std::collections::HashSet;

use super::columns::Sort;
use super::error::Wrong;
use super::rule::Rule;
use super::{Columns, EncodeError, Encoded, Scaling, Value};
use crate::scale::{is_width, moments, range, width_or};
use crate::table::shown;
use crate::{Column, ColumnKind, DataError, Fill, ScaleError, Table};

impl Columns {
    /// The rule of each column.
    pub(super) fn fit(&self, training: &Table) -> Result<Vec<Encoded>, DataError> {
        if self.named.is_empty() {
            return Err(EncodeError::NoColumns.into());
        }
        let mut seen = HashSet::new();
        if let Some((twice, _)) = self.named.iter().find(|(name, _)| !seen.insert(name)) {
            return Err(EncodeError::Twice { column: twice.clone() }.into());
        }
        let column = |(name, sort): &(String, Sort)| {
            let column = training.column(name)?;
            let rule = match sort {
                Sort::Number => self.number(training, column)?,
                Sort::Category => self.category(training, column)?,
            };
            Ok(Encoded { name: name.clone(), rule })
        };
        self.named.iter().map(column).collect()
    }

    fn number(&self, training: &Table, column: &Column) -> Result<Rule, DataError> {
        let wrong_fill = || EncodeError::Fill { column: column.name().to_owned(), sort: "numbers" };
        let fill = match self.fill_numbers.clone() {
            None => None,
            Some(fill) => match fill.computed(column, training.lines())? {
                Fill::Number(number) => Some(number),
                // The most frequent value of a column that was kept as text.
                Fill::Text(text) => Some(Value::Text(&text).number().map_err(|_| wrong_fill())?),
                _ => return Err(wrong_fill().into()),
            },
        };
        let mut values = Vec::with_capacity(training.rows());
        for (row, line) in training.lines().iter().enumerate() {
            let wrong = |wrong: Wrong| wrong.at(Some(*line), column.name());
            let value = Value::number_in(column, row).map_err(wrong)?;
            values.push(match fill {
                Some(fill) if value.is_missing() => fill,
                _ => value.number().map_err(wrong)?,
            });
        }
        let (shift, width) = match self.scaling {
            Scaling::None => (0.0, 1.0),
            Scaling::Standard => {
                moments(values.iter().copied(), self.constant, 0).map_err(|error| unscaled(column, &error))?
            }
            Scaling::MinMax => {
                let (low, high) = range(values.iter().copied());
                let width = width_or(high - low, self.constant, 0, low);
                (low, width.map_err(|error| unscaled(column, &error))?)
            }
        };
        // A mean of numbers at the end of the range may be beyond it.
        if !(shift.is_finite() && is_width(width)) {
            return Err(EncodeError::TooWide { column: column.name().to_owned() }.into());
        }
        Ok(Rule::Number { fill, shift, width })
    }

    fn category(&self, training: &Table, column: &Column) -> Result<Rule, DataError> {
        let name = || column.name().to_owned();
        let numeric = column.kind() == ColumnKind::Number;
        let fill = match self.fill_categories.clone() {
            None => None,
            Some(Fill::Text(text)) if !text.trim().is_empty() => {
                Some(Value::Text(&text).category(numeric).into_owned())
            }
            Some(fill @ (Fill::MostFrequent | Fill::Number(_))) => match fill.computed(column, training.lines())? {
                Fill::Number(number) => Some(shown(number).into_owned()),
                Fill::Text(text) => Some(text),
                _ => return Err(EncodeError::Fill { column: name(), sort: "categories" }.into()),
            },
            Some(_) => return Err(EncodeError::Fill { column: name(), sort: "categories" }.into()),
        };
        if let (None, Some(row)) = (&fill, (0..training.rows()).find(|row| column.is_missing(*row))) {
            return Err(Wrong::MissingCategory.at(Some(training.lines()[row]), column.name()).into());
        }
        let mut categories = column.categories();
        categories.extend(fill.clone().filter(|fill| !categories.contains(fill)));
        Ok(Rule::Category { categories, numeric, fill, unknown: self.unknown })
    }
}

fn unscaled(column: &Column, error: &ScaleError) -> EncodeError {
    let column = column.name().to_owned();
    match *error {
        ScaleError::ConstantColumn { value, .. } => EncodeError::Constant { column, value },
        _ => EncodeError::TooWide { column },
    }
}
