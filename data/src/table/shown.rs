//! A table as text.

use std::fmt;

use super::{ColumnKind, Table};
use crate::short;

/// The longest name of a column that is shown whole.
const LONGEST: usize = 60;

/// One line for each column: name, kind, how many values are missing, and the range or the number of categories. Long
/// names are shortened.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.names().map(|name| short::name(name, LONGEST)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(6);
        writeln!(f, "{} rows, {} columns", self.rows(), self.columns.len())?;
        write!(f, "{:<width$}  kind    missing  values", "column")?;
        for (column, name) in self.columns.iter().zip(names) {
            write!(f, "\n{name:<width$}  {:<6}  {:>7}  ", column.kind(), column.missing())?;
            match column.numbers() {
                Some(numbers) if column.kind() == ColumnKind::Number => {
                    let low = numbers.iter().copied().fold(f64::NAN, f64::min);
                    let high = numbers.iter().copied().fold(f64::NAN, f64::max);
                    write!(f, "{low} to {high}")?;
                }
                Some(_) => write!(f, "none")?,
                None => {
                    write!(f, "{} different", column.categories().len())?;
                    if column.has_decimal_commas() {
                        write!(f, " (numbers with decimal commas? `Csv::decimal_comma` reads them)")?;
                    }
                }
            }
        }
        Ok(())
    }
}
