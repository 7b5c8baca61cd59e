//! Samples with their targets.

use std::iter::Zip;
use std::slice;

use typednet_tensor::{Sample, reshaped};

use crate::DataError;

/// Samples in memory, at least one, each with its target.
///
/// `X` is a sample such as `[f32; 30]`, or `[u8; 784]` for pixels that stay bytes until they are used; `Y` is what the
/// loss compares with, such as `Class<10>` or `[f32; 1]`.
///
/// ```
/// use typednet_data::Dataset;
///
/// let xor = Dataset::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]])?;
/// assert_eq!(xor.len(), 4);
/// let (train, test) = xor.split_at(3)?;
/// assert_eq!((train.len(), test.samples()), (3, &[[1.0_f32, 1.0]][..]));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset<X, Y> {
    samples: Vec<X>,
    targets: Vec<Y>,
}

impl<X, Y> Dataset<X, Y> {
    /// The data set of these samples and their targets, in the same order.
    ///
    /// # Errors
    /// If the counts differ, if there are no samples, or if there are more than 2³² − 1.
    pub fn new(samples: impl Into<Vec<X>>, targets: impl Into<Vec<Y>>) -> Result<Self, DataError> {
        let (samples, targets) = (samples.into(), targets.into());
        if samples.len() != targets.len() {
            return Err(DataError::CountsDiffer { samples: samples.len(), targets: targets.len() });
        }
        check_count(samples.len())?;
        Ok(Self { samples, targets })
    }

    /// How many samples there are; never 0.
    #[allow(clippy::len_without_is_empty, reason = "a data set is never empty")]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// All samples in order.
    pub fn samples(&self) -> &[X] {
        &self.samples
    }

    /// All samples in order, to be changed: for instance scaled.
    pub fn samples_mut(&mut self) -> &mut [X] {
        &mut self.samples
    }

    /// All targets in order.
    pub fn targets(&self) -> &[Y] {
        &self.targets
    }

    /// The samples in order, each with its target.
    pub fn iter(&self) -> Zip<slice::Iter<'_, X>, slice::Iter<'_, Y>> {
        self.samples.iter().zip(&self.targets)
    }

    /// The first `n` samples, and the others.
    ///
    /// # Errors
    /// If one of the two would have no samples.
    pub fn split_at(mut self, n: usize) -> Result<(Self, Self), DataError> {
        if n == 0 || n >= self.len() {
            return Err(DataError::Empty);
        }
        let rest = Self { samples: self.samples.split_off(n), targets: self.targets.split_off(n) };
        Ok((self, rest))
    }

    /// The first `n` samples, or all where there are fewer.
    ///
    /// # Errors
    /// If `n` is 0.
    pub fn take(mut self, n: usize) -> Result<Self, DataError> {
        if n == 0 {
            return Err(DataError::Empty);
        }
        self.samples.truncate(n);
        self.targets.truncate(n);
        Ok(self)
    }

    /// The same samples under another shape of as many elements, such as `[[[u8; 1]; 28]; 28]` for `[u8; 784]`: nothing
    /// is copied, and the elements stay in their order. Another number of elements is an error when the program is
    /// built.
    ///
    /// ```
    /// use typednet_data::{Image, mnist};
    ///
    /// let digits = mnist::embedded()?.train;
    /// let ink = digits.samples()[3][28 * 10 + 12];
    /// let digits = digits.reshape::<Image<28, 28, 1>>();
    /// assert_eq!(digits.samples()[3][10][12], [ink]);
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// ```compile_fail
    /// use typednet_data::{Image, mnist};
    ///
    /// let digits = mnist::embedded()?.train.reshape::<Image<28, 27, 1>>();
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    #[must_use]
    pub fn reshape<R>(self) -> Dataset<R, Y>
    where
        X: Sample,
        R: Sample<Elem = X::Elem>,
    {
        Dataset { samples: reshaped(self.samples), targets: self.targets }
    }

    /// The same samples with other targets: what `f` makes of each.
    ///
    /// ```
    /// use typednet_data::{Dataset, classes_of};
    ///
    /// let data = Dataset::new([[0.5_f32], [1.5]], classes_of::<2>(&[1, 0])?)?;
    /// let numbers = data.map_targets(|class| [class.index() as f32]);
    /// assert_eq!(numbers.targets(), [[1.0], [0.0]]);
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    #[must_use]
    pub fn map_targets<Z>(self, f: impl FnMut(Y) -> Z) -> Dataset<X, Z> {
        Dataset { samples: self.samples, targets: self.targets.into_iter().map(f).collect() }
    }

    /// As many samples of another type, with the same targets.
    pub(crate) fn map_samples<Z>(self, f: impl FnOnce(Vec<X>) -> Vec<Z>) -> Dataset<Z, Y> {
        let samples = f(self.samples);
        assert_eq!(samples.len(), self.targets.len(), "there is a target for each sample");
        Dataset { samples, targets: self.targets }
    }

    /// The samples and the targets.
    pub fn into_parts(self) -> (Vec<X>, Vec<Y>) {
        (self.samples, self.targets)
    }
}

impl<'a, X, Y> IntoIterator for &'a Dataset<X, Y> {
    type Item = (&'a X, &'a Y);
    type IntoIter = Zip<slice::Iter<'a, X>, slice::Iter<'a, Y>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Rows are numbered with `u32`, and there is at least one.
pub(crate) fn check_count(samples: usize) -> Result<u32, DataError> {
    match u32::try_from(samples) {
        Ok(0) => Err(DataError::Empty),
        Ok(count) => Ok(count),
        Err(_) => Err(DataError::TooMany { samples }),
    }
}

/// One set to train on and one to test on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split<X, Y> {
    /// The samples to train on.
    pub train: Dataset<X, Y>,
    /// The samples that training never sees.
    pub test: Dataset<X, Y>,
}

impl<X, Y> Split<X, Y> {
    /// Both parts as [`Dataset::reshape`] gives them.
    ///
    /// ```
    /// use typednet_data::{Image, mnist};
    ///
    /// let digits = mnist::embedded()?.reshape::<Image<28, 28, 1>>();
    /// let picture: &[[[u8; 1]; 28]; 28] = &digits.test.samples()[0];
    /// # let _ = picture;
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    #[must_use]
    pub fn reshape<R>(self) -> Split<R, Y>
    where
        X: Sample,
        R: Sample<Elem = X::Elem>,
    {
        Split { train: self.train.reshape(), test: self.test.reshape() }
    }

    /// Both parts as [`Dataset::map_targets`] gives them.
    #[must_use]
    pub fn map_targets<Z>(self, mut f: impl FnMut(Y) -> Z) -> Split<X, Z> {
        Split { train: self.train.map_targets(&mut f), test: self.test.map_targets(&mut f) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_sets_are_refused() {
        let text = |result: Result<Dataset<[f32; 1], u8>, DataError>| result.unwrap_err().to_string();
        assert!(text(Dataset::new([[1.0], [2.0]], [1])).starts_with("there are 2 samples but 1 targets (labels)"));
        assert!(text(Dataset::new([], [1])).starts_with("there are 0 samples but 1 targets (labels)"));
        assert_eq!(text(Dataset::new([], [])), "there are no samples; at least one is needed");
        let three = || Dataset::new([[1.0], [2.0], [3.0]], [1, 2, 3]).unwrap();
        assert!(matches!(three().take(0), Err(DataError::Empty)));
        for n in [0, 3, 4, usize::MAX] {
            assert!(matches!(three().split_at(n), Err(DataError::Empty)), "{n}");
        }
    }

    #[test]
    fn parts_keep_samples_with_their_targets() {
        let five = || Dataset::new([[1], [2], [3], [4], [5]], [1, 2, 3, 4, 5]).unwrap();
        assert_eq!(five().take(9).unwrap(), five());
        assert_eq!(five().take(2).unwrap(), Dataset::new([[1], [2]], [1, 2]).unwrap());
        let (train, test) = five().split_at(3).unwrap();
        assert_eq!(train, five().take(3).unwrap());
        assert_eq!(test, Dataset::new([[4], [5]], [4, 5]).unwrap());
        assert!(five().iter().all(|(x, y)| x[0] == *y) && (&five()).into_iter().count() == 5);
    }

    /// Not a copy: the samples stand where they stood.
    #[test]
    fn another_shape_is_the_same_memory() {
        let mut samples: Vec<[u8; 12]> = (0..5).map(|i| std::array::from_fn(|j| (12 * i + j) as u8)).collect();
        samples.reserve(7);
        let place = samples.as_ptr().addr();
        let shaped = Dataset::new(samples, [0_u8, 1, 2, 3, 4]).unwrap().reshape::<[[[u8; 2]; 3]; 2]>();
        assert_eq!((shaped.samples().as_ptr().addr(), shaped.len()), (place, 5));
        for (i, (image, target)) in shaped.iter().enumerate() {
            assert_eq!(usize::from(*target), i);
            for (y, row) in image.iter().enumerate() {
                for (x, pixel) in row.iter().enumerate() {
                    assert_eq!(pixel.map(usize::from), [0, 1].map(|c| 12 * i + 6 * y + 2 * x + c));
                }
            }
        }
        // The vector can still grow and be freed.
        let (mut samples, _) = shaped.reshape::<[u8; 12]>().into_parts();
        samples.extend_from_within(..);
        assert_eq!((samples.len(), samples[9][11]), (10, 59));
    }

    #[test]
    fn more_rows_than_a_number_can_name_are_refused() {
        assert!(matches!(check_count(u32::MAX as usize), Ok(u32::MAX)));
        assert!(matches!(check_count(u32::MAX as usize + 1), Err(DataError::TooMany { .. })));
    }
}
