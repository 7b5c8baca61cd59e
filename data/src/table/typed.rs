//! Typed rows, labels and classes out of a table.

use typednet_tensor::{Class, Scalar, zeroed_samples};

use super::{CellError, Column, Table, TableError};

impl Table {
    /// The chosen columns as rows of `N` numbers, in the order in which the columns are named.
    ///
    /// Targets that are numbers are rows of one, `[f32; 1]`.
    ///
    /// ```
    /// use typednet_data::{Dataset, Table};
    ///
    /// let table = Table::from_csv("rooms,area,price\n2,51.5,200\n3,80,310\n")?;
    /// let samples: Vec<[f32; 2]> = table.samples(table.names_except(&["price"]))?;
    /// let prices: Vec<[f32; 1]> = table.samples(["price"])?;
    /// let homes = Dataset::new(samples, prices)?;
    /// assert_eq!(homes.samples()[1], [3.0, 80.0]);
    ///
    /// let error = table.samples::<f32, 4>(["rooms", "area"]).unwrap_err();
    /// assert_eq!(error.to_string(), "a row of 4 numbers needs 4 columns, but 2 were chosen: rooms, area");
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If not `N` columns are chosen, a column is not there, or a value is missing, not a number, infinite or beyond
    /// the range of `T`; with the line and the column.
    pub fn samples<T: Scalar, const N: usize>(
        &self,
        columns: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Vec<[T; N]>, TableError> {
        let places = self.places(columns)?;
        let columns: Vec<&Column> = places.into_iter().map(|place| &self.columns[place]).collect();
        if columns.len() != N {
            let found = columns.iter().map(|column| column.name().to_owned()).collect();
            return Err(TableError::WrongColumnCount { expected: N, found });
        }
        let mut samples = zeroed_samples::<[T; N]>(self.rows());
        for (row, sample) in samples.iter_mut().enumerate() {
            for (place, column) in sample.iter_mut().zip(&columns) {
                *place = finite(column, row).map_err(|error| self.cell_error(row, column, error))?;
            }
        }
        Ok(samples)
    }

    /// A column of numbers 0 to `K` − 1 as classes.
    ///
    /// # Errors
    /// If there is no such column, or a value is missing or no number of a class; with the line.
    pub fn labels<const K: usize>(&self, column: &str) -> Result<Vec<Class<K>>, TableError> {
        let column = self.column(column)?;
        let label = |row| {
            let found = column.number(row)?;
            if found.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&found) {
                return Err(CellError::NotLabel { found });
            }
            #[allow(clippy::cast_sign_loss, reason = "it is not negative")]
            Class::new(found as usize).map_err(CellError::Label)
        };
        self.classes_by(column, label)
    }

    /// A column of names as classes, and the names that were found, in order: numbers by size, text by its letters.
    ///
    /// ```
    /// # use typednet_data::Table;
    /// let table = Table::from_csv("animal\ndog\ncat\ndog\n")?;
    /// let (targets, names) = table.classes::<2>("animal")?;
    /// assert_eq!(names, ["cat", "dog"]);
    /// assert_eq!(targets.iter().map(|class| class.index()).collect::<Vec<_>>(), [1, 0, 1]);
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such column, a value is missing, or there are not exactly `K` different ones.
    pub fn classes<const K: usize>(&self, column: &str) -> Result<(Vec<Class<K>>, [String; K]), TableError> {
        let found = self.column(column)?.categories();
        let names: [String; K] = found.try_into().map_err(|found| TableError::WrongClassCount {
            column: column.to_owned(),
            expected: K,
            found,
        })?;
        let classes = self.classes_named(column, names.each_ref().map(String::as_str))?;
        Ok((classes, names))
    }

    /// A column of names as classes in the order of `names`; not every name need occur.
    ///
    /// # Errors
    /// If there is no such column, or a value is missing or none of the names; with the line.
    pub fn classes_named<const K: usize>(&self, column: &str, names: [&str; K]) -> Result<Vec<Class<K>>, TableError> {
        self.classes_among(column, &names)
    }

    /// As [`classes_named`](Self::classes_named), with as many names as there are classes.
    pub(crate) fn classes_among<const K: usize>(
        &self,
        column: &str,
        names: &[impl AsRef<str>],
    ) -> Result<Vec<Class<K>>, TableError> {
        let column = self.column(column)?;
        let named = |row| {
            let text = column.text(row)?;
            let index = names.iter().position(|name| name.as_ref() == text).ok_or_else(|| CellError::UnknownClass {
                found: text.into_owned(),
                known: names.iter().map(|name| name.as_ref().to_owned()).collect(),
            })?;
            Class::new(index).map_err(CellError::Label)
        };
        self.classes_by(column, named)
    }

    fn classes_by<const K: usize>(
        &self,
        column: &Column,
        class: impl Fn(usize) -> Result<Class<K>, CellError>,
    ) -> Result<Vec<Class<K>>, TableError> {
        (0..self.rows()).map(|row| class(row).map_err(|error| self.cell_error(row, column, error))).collect()
    }
}

/// The value in `row`, which `T` can hold.
fn finite<T: Scalar>(column: &Column, row: usize) -> Result<T, CellError> {
    let found = column.number(row)?;
    let value = T::of(found);
    if value.is_finite() { Ok(value) } else { Err(CellError::NotFinite { found }) }
}
