//! Classes by their names.

use std::fmt;

use serde::{Deserialize, Serialize};
use typednet_tensor::{Class, Scalar};

use crate::{DataError, Table, TableError, json};

/// The names of `K` classes, all different: what a network's outputs stand for, to be kept with its weights.
///
/// ```
/// use typednet_data::{ClassNames, Table};
///
/// let table = Table::from_csv("animal\ndog\ncat\ndog\n")?;
/// let names = ClassNames::<2>::of(&table, "animal")?;
/// let targets = names.classes(&table, "animal")?;
/// assert_eq!((names.to_string(), names.name(targets[0])), ("cat, dog".to_owned(), "dog"));
/// assert_eq!(names.of_largest(&[0.9_f32, 0.1]), "cat");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassNames<const K: usize>(Box<[String]>);

/// What is saved of them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    kind: String,
    format: u32,
    names: Vec<String>,
}

const KIND: &str = "class names";
const FORMAT: u32 = 1;

impl<const K: usize> ClassNames<K> {
    /// These names, class 0 first.
    ///
    /// # Errors
    /// If two are the same.
    pub fn new<S: Into<String>>(names: [S; K]) -> Result<Self, TableError> {
        Self::checked(names.into_iter().map(Into::into).collect())
    }

    /// The different values of a column: numbers by size, text by its letters.
    ///
    /// # Errors
    /// If there is no such column, or there are not exactly `K` different values.
    pub fn of(table: &Table, column: &str) -> Result<Self, TableError> {
        let found = table.column(column)?.categories();
        if found.len() == K {
            Self::checked(found)
        } else {
            Err(TableError::WrongClassCount { column: column.to_owned(), expected: K, found })
        }
    }

    /// As many names as there are classes.
    pub(crate) fn checked(names: Vec<String>) -> Result<Self, TableError> {
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(TableError::DuplicateClass { name: pair[0].clone() }),
            None => Ok(Self(names.into())),
        }
    }

    /// A column of these names as classes.
    ///
    /// # Errors
    /// If there is no such column, or a value is missing or none of the names; with the line.
    pub fn classes(&self, table: &Table, column: &str) -> Result<Vec<Class<K>>, TableError> {
        table.classes_among(column, &self.0)
    }

    /// The name of a class.
    pub fn name(&self, class: Class<K>) -> &str {
        &self.0[class.index()]
    }

    /// The name of the class with the largest of `K` scores; the first of them where several are equally large.
    pub fn of_largest<T: Scalar>(&self, scores: &[T; K]) -> &str {
        self.name(Class::of_largest(scores))
    }

    /// All names, class 0 first.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The names as one line of JSON.
    ///
    /// # Errors
    /// None that is known: every text can be written.
    pub fn to_json(&self) -> Result<String, DataError> {
        let facts = Facts { kind: KIND.into(), format: FORMAT, names: self.0.to_vec() };
        json::line(&facts)
    }

    /// The names in such a text.
    ///
    /// # Errors
    /// If the text is damaged or cut off, or has something else or another number of names.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let facts: Facts = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        if (&*facts.kind, facts.format) != (KIND, FORMAT) {
            let found = format!("{} in format {}", facts.kind, facts.format);
            return Err(malformed(format!("expected {KIND} in format {FORMAT}, found {found}")));
        }
        if facts.names.len() != K {
            return Err(malformed(format!("expected {K} names, found {}", facts.names.len())));
        }
        Ok(Self::checked(facts.names)?)
    }
}

fn malformed(reason: String) -> DataError {
    TableError::MalformedNames { reason }.into()
}

/// The names with commas between them.
impl<const K: usize> fmt::Display for ClassNames<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}
