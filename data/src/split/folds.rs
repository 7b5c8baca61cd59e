//! Cross-validation: each row is tested on once.

use typednet_tensor::{Class, Key};

use super::SplitError;
use super::shares::shuffled_classes;
use crate::{DataError, Dataset, Split};

/// The rows of a data set in `k` folds, each of which is the test part once (lecture section 8, k-fold
/// cross-validation).
///
/// ```
/// use typednet_data::{Folds, tabular};
/// use typednet_tensor::Key;
///
/// let tumours = tabular::breast_cancer()?;
/// let folds = Folds::stratified(tumours.targets(), 5, Key::new(42))?;
/// for fold in folds.iter() {
///     let parts = fold.of(&tumours)?;
///     println!("{}: train on {}, test on {}", parts.test.content_hash(), parts.train.len(), parts.test.len());
/// }
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folds {
    /// The fold that tests each row.
    fold_of: Vec<u32>,
    k: usize,
}

/// The rows to train on and those to test on, each in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The rows to train on.
    pub train: Vec<u32>,
    /// The rows that training never sees.
    pub test: Vec<u32>,
}

impl Folds {
    /// The rows 0 to `rows` − 1 in `k` random folds whose sizes differ by one at most.
    ///
    /// # Errors
    /// If `k` is below 2 or above the number of rows.
    pub fn random(rows: usize, k: usize, key: Key) -> Result<Self, SplitError> {
        check(rows, k)?;
        let mut order: Vec<u32> = (0..rows as u32).collect();
        key.shuffle(&mut order);
        Ok(Self::dealt(&order, k))
    }

    /// As [`random`](Self::random), with each class spread evenly over the folds: any two of them differ by one at
    /// most. The counts are those of scikit-learn's `StratifiedKFold`.
    ///
    /// Classes without rows do not count.
    ///
    /// # Errors
    /// If `k` is below 2 or above the number of rows of some class.
    pub fn stratified<const K: usize>(targets: &[Class<K>], k: usize, key: Key) -> Result<Self, SplitError> {
        check(targets.len(), k)?;
        let classes = shuffled_classes(targets, k, key)?;
        let order: Vec<u32> = classes.into_iter().flat_map(|(_, rows)| rows).collect();
        Ok(Self::dealt(&order, k))
    }

    /// One row to each fold in turn.
    fn dealt(order: &[u32], k: usize) -> Self {
        let mut fold_of = vec![0; order.len()];
        for (row, fold) in order.iter().zip((0..k as u32).cycle()) {
            fold_of[*row as usize] = fold;
        }
        Self { fold_of, k }
    }

    /// How many folds there are; 2 or more.
    #[allow(clippy::len_without_is_empty, reason = "there are always folds")]
    pub fn len(&self) -> usize {
        self.k
    }

    /// The fold with this number, counted from 0.
    ///
    /// # Panics
    /// If there is no such fold.
    pub fn fold(&self, number: usize) -> Fold {
        assert!(number < self.k, "there is no fold {number}: there are {}, counted from 0", self.k);
        let (test, train) =
            (0..self.fold_of.len() as u32).partition(|row| self.fold_of[*row as usize] as usize == number);
        Fold { train, test }
    }

    /// All folds in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Fold> {
        (0..self.k).map(|number| self.fold(number))
    }
}

impl Fold {
    /// The samples of `data` to train on and to test on.
    ///
    /// # Errors
    /// If `data` has other rows than those that were split into folds.
    pub fn of<X: Clone, Y: Clone>(&self, data: &Dataset<X, Y>) -> Result<Split<X, Y>, DataError> {
        let rows = self.train.len() + self.test.len();
        if rows != data.len() {
            return Err(DataError::CountsDiffer { samples: data.len(), targets: rows });
        }
        Ok(Split { train: data.select(&self.train)?, test: data.select(&self.test)? })
    }
}

fn check(rows: usize, k: usize) -> Result<(), SplitError> {
    if k < 2 {
        Err(SplitError::Folds { found: k })
    } else if k > rows {
        Err(SplitError::TooFewRows { rows, parts: k })
    } else {
        Ok(())
    }
}
