//! Class counts, and weights that make up for rare classes.

use typednet_tensor::{Class, Scalar};

use super::SplitError;

/// How many targets are of each class.
///
/// ```
/// use typednet_data::{split, tabular};
///
/// assert_eq!(split::class_counts(tabular::breast_cancer()?.targets()), [212, 357]);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
pub fn class_counts<const K: usize>(targets: &[Class<K>]) -> [usize; K] {
    let mut counts = [0; K];
    for class in targets {
        counts[class.index()] += 1;
    }
    counts
}

/// Weights with which all classes count the same: n / (K·nₖ) for class k with nₖ of n rows.
///
/// ```
/// use typednet_data::split;
/// use typednet_tensor::Class;
///
/// let targets = [0, 1, 1, 1].map(|label| Class::<2>::new(label).unwrap());
/// assert_eq!(split::balanced_weights::<f64, 2>(&targets)?, [2.0, 4.0 / 6.0]);
/// # Ok::<(), typednet_data::SplitError>(())
/// ```
///
/// # Errors
/// If a class has no rows.
pub fn balanced_weights<T: Scalar, const K: usize>(targets: &[Class<K>]) -> Result<[T; K], SplitError> {
    let counts = class_counts(targets);
    if let Some(class) = counts.iter().position(|count| *count == 0) {
        return Err(SplitError::AbsentClass { class });
    }
    Ok(counts.map(|count| T::of(targets.len() as f64 / (K * count) as f64)))
}
