//! Random parts of given shares.

use std::ops::Range;
use std::{array, slice};

use typednet_tensor::{Better, Class, Key};

use super::SplitError;
use crate::{DataError, Dataset};

/// The rows 0 to `rows` − 1 in `P` random parts of about these shares, each in ascending order.
///
/// Each part has its share of the rows, rounded up or down, but at least one row.
///
/// ```
/// use typednet_data::split;
/// use typednet_tensor::Key;
///
/// let [train, validation, test] = split::random(10, [0.6, 0.2, 0.2], Key::new(1))?;
/// assert_eq!((train.len(), validation.len(), test.len()), (6, 2, 2));
/// # Ok::<(), typednet_data::SplitError>(())
/// ```
///
/// # Errors
/// If the shares are not positive or their sum is not 1, or there are fewer rows than parts.
pub fn random<const P: usize>(rows: usize, shares: [f64; P], key: Key) -> Result<[Vec<u32>; P], SplitError> {
    check(&shares)?;
    if rows < P {
        return Err(SplitError::TooFewRows { rows, parts: P });
    }
    let mut order: Vec<u32> = (0..rows as u32).collect();
    key.shuffle(&mut order);
    let mut parts = array::from_fn(|_| Vec::new());
    deal(&order, shares.map(|share| share * rows as f64), &mut parts);
    Ok(sorted(parts))
}

/// The rows 0 to `rows` − 1 in `P` parts of about these shares, one behind the other: for time series, whose later rows must not
/// teach what the earlier ones are asked.
///
/// ```
/// use typednet_data::split;
///
/// let [train, validation, test] = split::in_order(10, [0.6, 0.2, 0.2])?;
/// assert_eq!((train, validation, test), (0..6, 6..8, 8..10));
/// # Ok::<(), typednet_data::SplitError>(())
/// ```
///
/// # Errors
/// If the shares are not positive or their sum is not 1, or there are fewer rows than parts.
pub fn in_order<const P: usize>(rows: usize, shares: [f64; P]) -> Result<[Range<usize>; P], SplitError> {
    check(&shares)?;
    if rows < P {
        return Err(SplitError::TooFewRows { rows, parts: P });
    }
    let mut end = 0;
    Ok(counts(rows, shares.map(|share| share * rows as f64)).map(|count| {
        let start = end;
        end += count;
        start..end
    }))
}

/// As [`random`], with each class having its share in each part.
///
/// Of each class a part has its share, rounded up or down, but at least one row; what is rounded away in one class is
/// made up for in the next, so that the parts have their shares of all rows too. Classes without rows do not count.
///
/// # Errors
/// If the shares are not positive or their sum is not 1, or a class has fewer rows than there are parts.
pub fn stratified<const K: usize, const P: usize>(
    targets: &[Class<K>],
    shares: [f64; P],
    key: Key,
) -> Result<[Vec<u32>; P], SplitError> {
    check(&shares)?;
    if targets.len() < P {
        return Err(SplitError::TooFewRows { rows: targets.len(), parts: P });
    }
    let mut parts = array::from_fn(|_| Vec::new());
    let mut owed = [0.0; P];
    for (class, rows) in shuffled_classes(targets, P, key)? {
        debug_assert!(rows.iter().all(|row| targets[*row as usize].index() == class));
        let before: [usize; P] = parts.each_ref().map(Vec::len);
        let wanted: [f64; P] = array::from_fn(|part| shares[part] * rows.len() as f64 + owed[part]);
        deal(&rows, wanted, &mut parts);
        owed = array::from_fn(|part| wanted[part] - (parts[part].len() - before[part]) as f64);
    }
    Ok(sorted(parts))
}

/// The rows of each class that has some, in random order; the classes in the order in which they first occur.
pub(super) fn shuffled_classes<const K: usize>(
    targets: &[Class<K>],
    parts: usize,
    key: Key,
) -> Result<Vec<(usize, Vec<u32>)>, SplitError> {
    let mut classes: Vec<(usize, Vec<u32>)> = Vec::new();
    for (row, class) in (0..).zip(targets) {
        match classes.iter_mut().find(|(index, _)| *index == class.index()) {
            Some((_, rows)) => rows.push(row),
            None => classes.push((class.index(), vec![row])),
        }
    }
    if let Some((class, rows)) =
        classes.iter().filter(|(_, rows)| rows.len() < parts).min_by_key(|(_, rows)| rows.len())
    {
        return Err(SplitError::TooFewOfClass { class: *class, rows: rows.len(), parts });
    }
    for (class, rows) in &mut classes {
        key.child(*class as u64).shuffle(rows);
    }
    Ok(classes)
}

fn check(shares: &[f64]) -> Result<(), SplitError> {
    let positive = shares.iter().all(|share| *share > 0.0);
    if positive && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-6 {
        Ok(())
    } else {
        Err(SplitError::Shares { found: shares.to_vec() })
    }
}

/// How many of `rows` each part gets: at least one, and as near to `wanted` as whole numbers are.
fn counts<const P: usize>(rows: usize, wanted: [f64; P]) -> [usize; P] {
    let mut counts = [1; P];
    for _ in P..rows {
        let owed = |part: &usize| wanted[*part] - counts[*part] as f64;
        let neediest = Better::Higher.first_of(0..P, owed).unwrap_or(0);
        counts[neediest] += 1;
    }
    counts
}

/// Deals `rows` so that every part gets its [`counts`].
fn deal<const P: usize>(rows: &[u32], wanted: [f64; P], parts: &mut [Vec<u32>; P]) {
    let mut rest = rows;
    for (part, count) in parts.iter_mut().zip(counts(rows.len(), wanted)) {
        let (rows, others) = rest.split_at(count);
        part.extend(rows);
        rest = others;
    }
}

fn sorted<const P: usize>(mut parts: [Vec<u32>; P]) -> [Vec<u32>; P] {
    for part in &mut parts {
        part.sort_unstable();
    }
    parts
}

impl<X: Clone, Y: Clone> Dataset<X, Y> {
    /// The samples with these row numbers, in this order.
    ///
    /// # Errors
    /// If there are no rows.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn select(&self, rows: &[u32]) -> Result<Self, DataError> {
        let (mut samples, mut targets) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for row in rows {
            // From slice to slice, so that a sample does not pass over the stack.
            samples.extend_from_slice(slice::from_ref(&self.samples()[*row as usize]));
            targets.extend_from_slice(slice::from_ref(&self.targets()[*row as usize]));
        }
        Self::new(samples, targets)
    }

    /// Random parts of about these shares, each in the order of the whole.
    ///
    /// ```
    /// use typednet_data::tabular;
    /// use typednet_tensor::Key;
    ///
    /// let flowers = tabular::iris()?;
    /// let [train, validation, test] = flowers.split([0.7, 0.15, 0.15], Key::new(42))?;
    /// assert_eq!((train.len(), validation.len() + test.len()), (105, 45));
    /// println!("test part {}", test.content_hash());
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`split::random`](random).
    pub fn split<const P: usize>(&self, shares: [f64; P], key: Key) -> Result<[Self; P], DataError> {
        self.parts(&random(self.len(), shares, key)?)
    }

    fn parts<const P: usize>(&self, rows: &[Vec<u32>; P]) -> Result<[Self; P], DataError> {
        let parts: Vec<Self> = rows.iter().map(|rows| self.select(rows)).collect::<Result<_, DataError>>()?;
        // As many as there are lists of rows.
        <[Self; P]>::try_from(parts).map_err(|_| DataError::Empty)
    }
}

impl<X: Clone, const K: usize> Dataset<X, Class<K>> {
    /// As [`split`](Dataset::split), with each class having its share in each part.
    ///
    /// ```
    /// use typednet_data::{split, tabular};
    /// use typednet_tensor::Key;
    ///
    /// let [train, test] = tabular::iris()?.split_stratified([0.8, 0.2], Key::new(42))?;
    /// assert_eq!(split::class_counts(train.targets()), [40, 40, 40]);
    /// assert_eq!(split::class_counts(test.targets()), [10, 10, 10]);
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`split::stratified`](stratified).
    pub fn split_stratified<const P: usize>(&self, shares: [f64; P], key: Key) -> Result<[Self; P], DataError> {
        self.parts(&stratified(self.targets(), shares, key)?)
    }
}
