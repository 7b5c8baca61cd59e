//! The columns of a table that are encoded, each with its rule.

use crate::{Constant, Fill};

/// What is known to a [`TableEncoder`](super::TableEncoder) before it sees the training rows: which columns hold numbers
/// and which categories, and what is done about values that are missing or unknown.
///
/// ```
/// use typednet_data::{Columns, Fill, Scaling, Unknown};
///
/// let columns = Columns::new()
///     .numbers(["age", "fare"])
///     .categories(["port", "class"])
///     .fill_numbers(Fill::Median)
///     .fill_categories(Fill::Text("none".into()))
///     .scaling(Scaling::MinMax)
///     .unknown(Unknown::Zeros);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub(super) named: Vec<(String, Sort)>,
    pub(super) fill_numbers: Option<Fill>,
    pub(super) fill_categories: Option<Fill>,
    pub(super) scaling: Scaling,
    pub(super) constant: Constant,
    pub(super) unknown: Unknown,
}

/// What a column is said to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Number,
    Category,
}

/// How columns of numbers are brought to one scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scaling {
    /// To mean 0 and standard deviation 1, as [`Standard`](crate::Standard) does it.
    #[default]
    Standard,
    /// To the range 0 to 1, as [`MinMax`](crate::MinMax) does it.
    MinMax,
    /// Not at all.
    None,
}

/// What is done about a category that the training rows do not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// It is an error that names the categories.
    #[default]
    Refuse,
    /// It is none of the categories: the column's numbers are all 0.
    Zeros,
}

impl Columns {
    /// No column yet. Missing values, constant columns and unknown categories are errors; numbers are brought to mean 0
    /// and standard deviation 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Columns of numbers, each of which becomes one number, after the columns so far.
    #[must_use]
    pub fn numbers<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.named.extend(columns.into_iter().map(|column| (column.into(), Sort::Number)));
        self
    }

    /// Columns of categories, each of which becomes one number for each category of the training rows (1 for the row's
    /// own, 0 for the others), after the columns so far. Categories that are numbers are in order by size, others by
    /// their letters.
    #[must_use]
    pub fn categories<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.named.extend(columns.into_iter().map(|column| (column.into(), Sort::Category)));
        self
    }

    /// What stands in for a missing number; what is computed is computed from the training rows. Also where these have
    /// no gap, it is kept for later ones.
    #[must_use]
    pub fn fill_numbers(mut self, fill: Fill) -> Self {
        self.fill_numbers = Some(fill);
        self
    }

    /// What stands in for a missing category: [`Fill::MostFrequent`], or [`Fill::Text`], which is then a category of its
    /// own, also where the training rows have no gap.
    #[must_use]
    pub fn fill_categories(mut self, fill: Fill) -> Self {
        self.fill_categories = Some(fill);
        self
    }

    /// How numbers are scaled.
    #[must_use]
    pub fn scaling(mut self, scaling: Scaling) -> Self {
        self.scaling = scaling;
        self
    }

    /// What is done about a column of numbers that are all the same.
    #[must_use]
    pub fn constant(mut self, constant: Constant) -> Self {
        self.constant = constant;
        self
    }

    /// What is done about a category that the training rows do not have.
    #[must_use]
    pub fn unknown(mut self, unknown: Unknown) -> Self {
        self.unknown = unknown;
        self
    }
}
