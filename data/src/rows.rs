//! Samples and classes out of rows whose widths are known only at run time.

use typednet_tensor::Class;

use crate::{DataError, Dataset};

/// Rows of any width as samples of `N` numbers.
///
/// ```
/// use typednet_data::samples_of;
///
/// let rows = vec![vec![0.5_f32, 1.0], vec![2.0, 3.0]];
/// let samples: Vec<[f32; 2]> = samples_of(&rows)?;
/// assert_eq!(samples[1], [2.0, 3.0]);
///
/// let error = samples_of::<f32, 3>(&rows).unwrap_err();
/// assert_eq!(error.to_string(), "row 0 has 2 numbers, but a sample of the expected type has 3");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If a row has another width, with its number; counted from 0.
pub fn samples_of<T: Copy, const N: usize>(rows: &[impl AsRef<[T]>]) -> Result<Vec<[T; N]>, DataError> {
    let mut samples = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        push(&mut samples, number, row.as_ref())?;
    }
    Ok(samples)
}

/// Adds a row that must be as wide as a sample, without passing it over the stack.
fn push<T: Copy, const N: usize>(samples: &mut Vec<[T; N]>, number: usize, row: &[T]) -> Result<(), DataError> {
    match row.as_chunks::<N>() {
        (sample @ [_], []) => {
            samples.extend_from_slice(sample);
            Ok(())
        }
        _ => Err(DataError::RowWidth { row: number, expected: N, found: row.len() }),
    }
}

/// Labels 0 to `K` − 1 as classes.
///
/// ```
/// use typednet_data::classes_of;
///
/// assert_eq!(classes_of::<3>(&[0, 2, 1])?[1].index(), 2);
/// let error = classes_of::<3>(&[0, 3]).unwrap_err().to_string();
/// assert_eq!(error, "row 1: label 3 is out of range: there are 3 classes, 0 to 2");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If a label is no class, with its row.
pub fn classes_of<const K: usize>(labels: &[usize]) -> Result<Vec<Class<K>>, DataError> {
    let class = |(row, label): (usize, &usize)| Class::new(*label).map_err(|error| DataError::Label { row, error });
    labels.iter().enumerate().map(class).collect()
}

impl<T: Copy, const N: usize, Y> Dataset<[T; N], Y> {
    /// The data set of rows of any width, which must be that of the samples.
    ///
    /// ```
    /// use typednet_data::{Dataset, classes_of};
    ///
    /// let rows = vec![vec![5.1_f32, 3.5], vec![4.9, 3.0]];
    /// let data = Dataset::<[f32; 2], _>::from_rows(&rows, classes_of::<2>(&[0, 1])?)?;
    /// assert_eq!(data.samples()[1], [4.9, 3.0]);
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If a row has another width, or as [`new`](Self::new).
    pub fn from_rows(rows: &[impl AsRef<[T]>], targets: impl Into<Vec<Y>>) -> Result<Self, DataError> {
        Self::new(samples_of(rows)?, targets)
    }
}

/// `Dataset::try_from((samples, targets))`, as [`Dataset::from_rows`].
impl<T: Copy, const N: usize, Y> TryFrom<(Vec<Vec<T>>, Vec<Y>)> for Dataset<[T; N], Y> {
    type Error = DataError;

    fn try_from((rows, targets): (Vec<Vec<T>>, Vec<Y>)) -> Result<Self, DataError> {
        Self::from_rows(&rows, targets)
    }
}

#[cfg(feature = "ndarray")]
mod arrays {
    use ndarray::{Array2, ArrayBase, ArrayView2, Data, Ix2};

    use super::push;
    use crate::{DataError, Dataset};

    /// The rows of an array of the crate ndarray as samples of `N` numbers, whatever its layout in memory.
    ///
    /// # Errors
    /// If a row has another width.
    pub fn samples_of_array<T: Copy, const N: usize>(
        array: &ArrayBase<impl Data<Elem = T>, Ix2>,
    ) -> Result<Vec<[T; N]>, DataError> {
        let mut samples = Vec::with_capacity(array.nrows());
        let mut row = Vec::with_capacity(array.ncols());
        for (number, numbers) in array.rows().into_iter().enumerate() {
            row.clear();
            row.extend(numbers.iter().copied());
            push(&mut samples, number, &row)?;
        }
        Ok(samples)
    }

    /// Samples or outputs as an array of the crate ndarray, with one row for each; nothing is copied.
    ///
    /// # Panics
    /// If there are more than `isize::MAX` elements, as only elements without a size can be.
    pub fn array_of<T, const N: usize>(samples: &[[T; N]]) -> ArrayView2<'_, T> {
        let rows = (samples.len(), N);
        // The numbers are as many as the shape says, so there is no other way.
        ArrayView2::from_shape(rows, samples.as_flattened()).unwrap_or_else(|error| panic!("{error}"))
    }

    impl<T: Copy, const N: usize, Y> Dataset<[T; N], Y> {
        /// The data set of the rows of an array of the crate ndarray.
        ///
        /// ```
        /// use ndarray::array;
        /// use typednet_data::{Dataset, array_of, classes_of};
        ///
        /// let x = array![[5.1_f32, 3.5], [4.9, 3.0]];
        /// let data = Dataset::<[f32; 2], _>::from_array(&x, classes_of::<2>(&[0, 1])?)?;
        /// assert_eq!(data.samples()[1], [4.9, 3.0]);
        /// assert_eq!(array_of(data.samples()), x);
        /// # Ok::<(), typednet_data::DataError>(())
        /// ```
        ///
        /// # Errors
        /// If the array has another width, or as [`new`](Self::new).
        pub fn from_array(
            array: &ArrayBase<impl Data<Elem = T>, Ix2>,
            targets: impl Into<Vec<Y>>,
        ) -> Result<Self, DataError> {
            Self::new(samples_of_array(array)?, targets)
        }
    }

    /// As [`Dataset::from_array`].
    impl<T: Copy, const N: usize, Y> TryFrom<(Array2<T>, Vec<Y>)> for Dataset<[T; N], Y> {
        type Error = DataError;

        fn try_from((array, targets): (Array2<T>, Vec<Y>)) -> Result<Self, DataError> {
            Self::from_array(&array, targets)
        }
    }

    #[cfg(test)]
    mod tests {
        use ndarray::{Array2, Axis, Slice, array};

        use super::*;

        #[test]
        fn any_layout_gives_the_rows() {
            let x = array![[1.0_f64, 2.0, 3.0], [4.0, 5.0, 6.0]];
            let rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
            assert_eq!(samples_of_array::<_, 3>(&x).unwrap(), rows);
            assert_eq!(samples_of_array::<_, 2>(&x.t()).unwrap(), [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]);
            assert_eq!(
                samples_of_array::<_, 2>(&x.slice_axis(Axis(1), Slice::new(0, None, 2))).unwrap(),
                [[1.0, 3.0], [4.0, 6.0]]
            );
            assert_eq!(
                samples_of_array::<_, 3>(&x.slice_axis(Axis(0), Slice::new(0, None, -1))).unwrap(),
                [rows[1], rows[0]]
            );
            assert_eq!(array_of(&rows), x);
            let error = samples_of_array::<_, 4>(&x).unwrap_err().to_string();
            assert_eq!(error, "row 0 has 3 numbers, but a sample of the expected type has 4");
            assert!(samples_of_array::<f64, 3>(&Array2::zeros((0, 7))).unwrap().is_empty());
            let data = Dataset::<[f64; 3], u8>::try_from((x, vec![0, 1])).unwrap();
            assert_eq!(data.samples(), rows);
        }
    }
}

#[cfg(feature = "ndarray")]
pub use arrays::{array_of, samples_of_array};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_another_width_are_named() {
        let rows = |widths: &[usize]| widths.iter().map(|width| vec![1.0_f32; *width]).collect::<Vec<_>>();
        for (widths, row, found) in [(&[3, 2][..], 1, 2), (&[6], 0, 6), (&[3, 3, 0], 2, 0), (&[4], 0, 4)] {
            let error = samples_of::<f32, 3>(&rows(widths)).unwrap_err();
            assert!(
                matches!(error, DataError::RowWidth { row: r, expected: 3, found: f } if (r, f) == (row, found)),
                "{widths:?}: {error}"
            );
        }
        assert!(samples_of::<f32, 3>(&rows(&[])).unwrap().is_empty());
        let data = Dataset::<[f32; 3], u8>::try_from((rows(&[3, 3]), vec![1, 2])).unwrap();
        assert_eq!((data.samples(), data.targets()), (&[[1.0; 3]; 2][..], &[1, 2][..]));
        let uneven = Dataset::<[f32; 3], u8>::from_rows(&rows(&[3, 3]), [1]).unwrap_err();
        assert!(matches!(uneven, DataError::CountsDiffer { samples: 2, targets: 1 }));
        // Slices and arrays are rows too.
        assert_eq!(samples_of::<u8, 2>(&[&[1, 2][..], &[3, 4]]).unwrap(), [[1, 2], [3, 4]]);
    }
}
