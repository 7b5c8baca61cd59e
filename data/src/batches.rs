//! The order of the rows in an epoch, cut into batches.

use std::slice::Chunks;

use typednet_tensor::Key;

use crate::DataError;
use crate::dataset::check_count;

/// The row numbers of a data set in the order of one epoch (lecture section 4, mini-batches).
///
/// The memory is taken once; shuffling and cutting into batches take none.
///
/// ```
/// use typednet_data::Order;
/// use typednet_tensor::Key;
///
/// let mut order = Order::new(10)?;
/// let batches: Vec<&[u32]> = order.batches(4)?.collect();
/// assert_eq!(batches, [&[0, 1, 2, 3][..], &[4, 5, 6, 7], &[8, 9]]);
///
/// order.shuffle(Key::new(42).child(0));
/// assert_eq!(order.batches(4)?.len(), 3);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    rows: Vec<u32>,
}

impl Order {
    /// The rows 0 to `len` − 1 in order.
    ///
    /// # Errors
    /// If there are no rows, or more than 2³² − 1.
    pub fn new(len: usize) -> Result<Self, DataError> {
        Ok(Self { rows: (0..check_count(len)?).collect() })
    }

    /// Brings the rows into a random order that depends on nothing but `key` and their number.
    ///
    /// With one key per seed and epoch, `Key::new(seed).child(epoch)`, the order of an epoch does not depend on the
    /// epochs before it.
    pub fn shuffle(&mut self, key: Key) {
        for (row, index) in self.rows.iter_mut().zip(0..) {
            *row = index;
        }
        key.shuffle(&mut self.rows);
    }

    /// All rows in the order of this epoch.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The rows in batches of `batch`; the last one holds what is left.
    ///
    /// # Errors
    /// If `batch` is 0.
    pub fn batches(&self, batch: usize) -> Result<Chunks<'_, u32>, DataError> {
        if batch == 0 { Err(DataError::BatchOfZero) } else { Ok(self.rows.chunks(batch)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_comes_once_in_every_epoch() {
        let mut order = Order::new(1000).unwrap();
        for epoch in 0..3 {
            order.shuffle(Key::new(7).child(epoch));
            let mut seen: Vec<u32> = order.batches(64).unwrap().flatten().copied().collect();
            assert!(!seen.is_sorted());
            seen.sort_unstable();
            assert_eq!(seen, (0..1000).collect::<Vec<_>>());
            let lengths: Vec<usize> = order.batches(64).unwrap().map(<[u32]>::len).collect();
            assert_eq!(lengths.iter().filter(|len| **len == 64).count(), 15);
            assert_eq!(lengths.last(), Some(&40));
        }
    }

    #[test]
    fn an_order_depends_only_on_its_key() {
        let shuffled = |seeds: &[u64]| {
            let mut order = Order::new(100).unwrap();
            for seed in seeds {
                order.shuffle(Key::new(*seed));
            }
            order
        };
        assert_eq!(shuffled(&[1, 2, 3]), shuffled(&[3]));
        assert_ne!(shuffled(&[3]), shuffled(&[4]));
    }

    #[test]
    fn no_rows_and_batches_of_none_are_refused() {
        assert!(matches!(Order::new(0), Err(DataError::Empty)));
        let error = Order::new(3).unwrap().batches(0).unwrap_err();
        assert_eq!(error.to_string(), "a batch of 0 rows cannot be trained on; the batch size must be at least 1");
        assert_eq!(Order::new(3).unwrap().batches(usize::MAX).unwrap().len(), 1);
    }
}
