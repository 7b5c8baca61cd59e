//! Search spaces: named parameters and what each may be.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{TuneError, Value, Variants};

/// Named parameters, each with the values that it may take.
///
/// ```
/// use typednet_tune::{Space, TuneError};
///
/// let space = Space::new()
///     .log_uniform("rate", 1e-4, 1e-1)?
///     .uniform("momentum", 0.0, 0.99)?
///     .integer("epochs", 5, 50)?
///     .choice("batch", [8, 16, 32, 64])?
///     .choice("optimizer", ["momentum", "adam"])?;
/// assert_eq!(space.parameters()[0].to_string(), "`rate`, logarithmic from 0.0001 to 0.1");
///
/// let error = Space::new().log_uniform("rate", 0.0, 0.1).unwrap_err();
/// assert!(error.to_string().starts_with("parameter `rate` is logarithmic and begins at 0"));
/// # Ok::<(), TuneError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Space {
    parameters: Vec<Parameter>,
}

/// A parameter of a [`Space`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    name: String,
    range: Range,
}

/// What values a parameter may take. Bounds belong to the range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Range {
    /// Numbers, each as likely as any other.
    Uniform {
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// Numbers whose logarithms are as likely as any other.
    LogUniform {
        /// The lower bound, above 0.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// Whole numbers.
    Integer {
        /// The lower bound.
        low: i64,
        /// The upper bound.
        high: i64,
    },
    /// Whole numbers of which small ones are more likely, as their logarithms are spread evenly.
    LogInteger {
        /// The lower bound, at least 1.
        low: i64,
        /// The upper bound.
        high: i64,
    },
    /// Listed values without an order.
    Choice {
        /// The values, no two of them equal.
        values: Vec<Value>,
    },
}

/// What a parameter is set to, in the form that samplers work with.
#[derive(Clone, Copy, PartialEq)]
pub enum Setting {
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// The place in the list of a choice, from 0.
    Choice(usize),
}

/// A number as a number, and the place in a list as `choice 2`.
impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => fmt::Debug::fmt(number, f),
            Self::Integer(number) => fmt::Debug::fmt(number, f),
            Self::Choice(place) => write!(f, "choice {place}"),
        }
    }
}

impl Setting {
    /// What tells settings apart; 0 and −0 are the same.
    pub(crate) fn bits(settings: &[Self]) -> Vec<(u8, u64)> {
        let bits = |setting: &Self| match *setting {
            Self::Number(number) => (0, (number + 0.0).to_bits()),
            Self::Integer(integer) => (1, integer.cast_unsigned()),
            Self::Choice(place) => (2, place as u64),
        };
        settings.iter().map(bits).collect()
    }
}

/// Every whole number up to here is an `f64`.
const EXACT: i64 = 1 << 53;

impl Space {
    /// A space without parameters.
    pub const fn new() -> Self {
        Self { parameters: Vec::new() }
    }

    /// Adds a number from `low` to `high`.
    ///
    /// # Errors
    /// If a bound is not finite, `low` is not below `high`, or the name is taken.
    pub fn uniform(self, name: impl Into<String>, low: f64, high: f64) -> Result<Self, TuneError> {
        let name = name.into();
        // The comparison also refuses NaN.
        if !(low < high && (high - low).is_finite()) {
            return Err(TuneError::Range { name, low, high });
        }
        self.add(name, Range::Uniform { low, high })
    }

    /// Adds a number from `low` to `high` whose logarithm is spread evenly: for learning rates and penalties.
    ///
    /// # Errors
    /// If a bound is not finite, `low` is not above 0 or not below `high`, or the name is taken.
    pub fn log_uniform(self, name: impl Into<String>, low: f64, high: f64) -> Result<Self, TuneError> {
        let name = name.into();
        if low <= 0.0 {
            return Err(TuneError::LogRange { name, low });
        }
        if !(low < high && high.is_finite()) {
            return Err(TuneError::Range { name, low, high });
        }
        self.add(name, Range::LogUniform { low, high })
    }

    /// Adds a whole number from `low` to `high`, both included.
    ///
    /// # Errors
    /// If `low` is above `high`, a bound is beyond ±2⁵³, or the name is taken.
    pub fn integer(self, name: impl Into<String>, low: i64, high: i64) -> Result<Self, TuneError> {
        let name = name.into();
        if low > high || low < -EXACT || high > EXACT {
            return Err(TuneError::Range { name, low: low as f64, high: high as f64 });
        }
        self.add(name, Range::Integer { low, high })
    }

    /// Adds a whole number from `low` to `high`, both included, whose logarithm is spread evenly.
    ///
    /// # Errors
    /// If `low` is below 1 or above `high`, `high` is beyond 2⁵³, or the name is taken.
    pub fn log_integer(self, name: impl Into<String>, low: i64, high: i64) -> Result<Self, TuneError> {
        let name = name.into();
        if low < 1 {
            return Err(TuneError::LogRange { name, low: low as f64 });
        }
        if low > high || high > EXACT {
            return Err(TuneError::Range { name, low: low as f64, high: high as f64 });
        }
        self.add(name, Range::LogInteger { low, high })
    }

    /// Adds a choice among listed values: numbers, texts or truth values.
    ///
    /// # Errors
    /// If the list is empty, has a value twice or one that is not finite, or the name is taken.
    pub fn choice<V: Into<Value>>(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, TuneError> {
        let name = name.into();
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        let refuse = |reason: String| Err(TuneError::Choice { name: name.clone(), reason });
        if values.is_empty() {
            return refuse("its list is empty, but it needs at least one value".into());
        }
        if let Some(value) = values.iter().find(|value| matches!(value, Value::Number(n) if !n.is_finite())) {
            return refuse(format!("its list has {value}, but numbers must be finite"));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = values.iter().find(|value| !seen.insert(value.to_string())) {
            return refuse(format!("its list shows `{twice}` twice, but results could not tell the two apart"));
        }
        self.add(name, Range::Choice { values })
    }

    /// Adds a choice among networks, or whatever else [`variants!`](crate::variants) has made from types.
    ///
    /// # Errors
    /// As [`choice`](Space::choice).
    pub fn variants<T, const N: usize>(
        self,
        name: impl Into<String>,
        variants: &Variants<T, N>,
    ) -> Result<Self, TuneError> {
        self.choice(name, *variants.names())
    }

    fn add(mut self, name: String, range: Range) -> Result<Self, TuneError> {
        if self.parameters.iter().any(|parameter| parameter.name == name) {
            return Err(TuneError::Duplicate { name });
        }
        self.parameters.push(Parameter { name, range });
        Ok(self)
    }

    /// All parameters, in the order in which they were added.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// How many different settings there are; `None` where a parameter is any number of a range, or they cannot be counted.
    pub fn points(&self) -> Option<usize> {
        self.parameters.iter().try_fold(1, |points: usize, parameter| points.checked_mul(parameter.points()?))
    }

    /// The settings with number `index` of the [`points`](Space::points), the last parameter changing fastest.
    pub(crate) fn point(&self, mut index: usize) -> Vec<Setting> {
        let mut settings: Vec<Setting> = Vec::with_capacity(self.parameters.len());
        for parameter in self.parameters.iter().rev() {
            let points = parameter.points().unwrap_or(1);
            let place = index % points;
            settings.push(match parameter.range {
                Range::Integer { low, .. } | Range::LogInteger { low, .. } => {
                    Setting::Integer(low.saturating_add_unsigned(place as u64))
                }
                Range::Choice { .. } => Setting::Choice(place),
                Range::Uniform { low, .. } | Range::LogUniform { low, .. } => Setting::Number(low),
            });
            index /= points;
        }
        settings.reverse();
        settings
    }

    /// The place of a parameter.
    pub(crate) fn find(&self, name: &str) -> Result<usize, TuneError> {
        self.parameters.iter().position(|parameter| parameter.name == name).ok_or_else(|| TuneError::Unknown {
            name: name.to_owned(),
            known: self.parameters.iter().map(|parameter| parameter.name.clone()).collect(),
        })
    }
}

impl Parameter {
    /// How many settings it has; `None` where it is any number of a range.
    fn points(&self) -> Option<usize> {
        match &self.range {
            Range::Uniform { .. } | Range::LogUniform { .. } => None,
            Range::Integer { low, high } | Range::LogInteger { low, high } => {
                usize::try_from(high.checked_sub(*low)?.checked_add(1)?).ok()
            }
            Range::Choice { values } => Some(values.len()),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it may be.
    pub const fn range(&self) -> &Range {
        &self.range
    }

    /// The setting at the share `u`, from 0 to 1, of the range: a uniform `u` gives each setting its chance.
    pub fn at(&self, u: f64) -> Setting {
        match (&self.range, self.line()) {
            (Range::Choice { values }, _) => {
                let place = u * values.len() as f64;
                Setting::Choice((1..values.len()).filter(|next| place >= *next as f64).count())
            }
            (_, Some((low, high))) => self.setting_on_line(low + u * (high - low)),
            (_, None) => Setting::Choice(0),
        }
    }

    /// The value that a setting stands for.
    ///
    /// # Panics
    /// If the setting is none of this parameter.
    pub fn value(&self, setting: Setting) -> Value {
        match (&self.range, setting) {
            (Range::Choice { values }, Setting::Choice(place)) => values[place].clone(),
            (Range::Uniform { .. } | Range::LogUniform { .. }, Setting::Number(number)) => Value::Number(number),
            (Range::Integer { .. } | Range::LogInteger { .. }, Setting::Integer(integer)) => Value::Integer(integer),
            (_, setting) => panic!("{setting:?} is no setting of {self}"),
        }
    }

    /// The setting that stands for a value, if the parameter may take it.
    pub fn setting(&self, value: &Value) -> Option<Setting> {
        match (&self.range, value) {
            (Range::Choice { values }, value) => values.iter().position(|v| v == value).map(Setting::Choice),
            (&(Range::Uniform { low, high } | Range::LogUniform { low, high }), &Value::Number(number)) => {
                (low <= number && number <= high).then_some(Setting::Number(number))
            }
            (&(Range::Integer { low, high } | Range::LogInteger { low, high }), &Value::Integer(integer)) => {
                (low <= integer && integer <= high).then_some(Setting::Integer(integer))
            }
            _ => None,
        }
    }

    /// Whether its numbers are spread by their logarithms.
    pub const fn is_logarithmic(&self) -> bool {
        matches!(self.range, Range::LogUniform { .. } | Range::LogInteger { .. })
    }

    /// The range as a stretch of the line on which its settings are spread evenly: logarithms where it is logarithmic, ½
    /// more at both ends where it is whole. `None` for a choice.
    pub(crate) fn line(&self) -> Option<(f64, f64)> {
        match self.range {
            Range::Uniform { low, high } => Some((low, high)),
            Range::LogUniform { low, high } => Some((low.ln(), high.ln())),
            Range::Integer { low, high } => Some((low as f64 - 0.5, high as f64 + 0.5)),
            Range::LogInteger { low, high } => Some(((low as f64 - 0.5).ln(), (high as f64 + 0.5).ln())),
            Range::Choice { .. } => None,
        }
    }

    /// How many values a choice has; 0 for a range.
    pub(crate) const fn choices(&self) -> usize {
        if let Range::Choice { values } = &self.range { values.len() } else { 0 }
    }

    /// The setting at a place of the [`line`](Parameter::line).
    pub(crate) fn setting_on_line(&self, place: f64) -> Setting {
        match self.range {
            Range::Uniform { low, high } => Setting::Number(place.clamp(low, high)),
            // The ends themselves, which the exponential of the logarithm misses by its rounding.
            Range::LogUniform { low, .. } if place <= low.ln() => Setting::Number(low),
            Range::LogUniform { high, .. } if place >= high.ln() => Setting::Number(high),
            Range::LogUniform { low, high } => Setting::Number(place.exp().clamp(low, high)),
            Range::Integer { low, high } => Setting::Integer((place.round() as i64).clamp(low, high)),
            Range::LogInteger { low, high } => Setting::Integer((place.exp().round() as i64).clamp(low, high)),
            Range::Choice { .. } => Setting::Choice(0),
        }
    }

    /// The place of a setting on the [`line`](Parameter::line), and for a whole number the stretch that is its own.
    pub(crate) fn on_line(&self, setting: Setting) -> (f64, Option<(f64, f64)>) {
        let scale = |x: f64| if self.is_logarithmic() { x.ln() } else { x };
        match setting {
            Setting::Number(number) => (scale(number), None),
            Setting::Integer(integer) => {
                let x = integer as f64;
                (scale(x), Some((scale(x - 0.5), scale(x + 0.5))))
            }
            Setting::Choice(place) => (place as f64, None),
        }
    }
}

/// As in `` `rate`, logarithmic from 0.0001 to 0.1 ``.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, ", self.name)?;
        match &self.range {
            Range::Uniform { low, high } => write!(f, "uniform from {low} to {high}"),
            Range::LogUniform { low, high } => write!(f, "logarithmic from {low} to {high}"),
            Range::Integer { low, high } => write!(f, "an integer from {low} to {high}"),
            Range::LogInteger { low, high } => write!(f, "a logarithmic integer from {low} to {high}"),
            Range::Choice { values } => {
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                write!(f, "a choice of {}", values.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests;
