//! The sum that all three passes are made of.
//!
//! A pass is a matrix product whose operands are never gathered into matrices: where row i and the t-th factor of its sum
//! lie follows from nested loops over images, rows, columns and channels, each with a distance of its own.

use super::operands::{Contraction, Loop, Nest, Start};
use super::tile;
use super::width::Width;
use crate::Scalar;

impl<T: Scalar> Contraction<'_, T> {
    /// Computes it.
    ///
    /// # Panics
    /// If it reads or writes behind an end.
    pub(super) fn run(mut self, width: Width) {
        if self.rows.count() == 0 || self.lanes == 0 {
            return;
        }
        let columns_of_a = if self.by_column { self.lanes } else { 1 };
        let fits = |last: Option<usize>, columns: usize, len: usize| {
            last.and_then(|last| last.checked_add(columns)).is_some_and(|end| end <= len)
        };
        let (row_a, row_c) = self.rows.last().unzip();
        assert!(fits(row_c, self.lanes, self.c.len()), "a result is longer than its elements");
        if let Start::Bias(bias) = self.start {
            assert_eq!(bias.len(), self.lanes, "a bias is as long as a row");
        }
        if self.sum.count() == 0 {
            self.sum = Nest([Loop { count: 0, read: 0, other: 0 }; 3]);
        } else {
            let (sum_a, sum_b) = self.sum.last().unzip();
            let last = row_a.zip(sum_a).and_then(|(a, b)| a.checked_add(b));
            assert!(fits(last, columns_of_a, self.a.len()), "an operand is longer than its elements");
            assert!(fits(sum_b, self.lanes, self.b.len()), "an operand is longer than its elements");
            self.sum = self.sum.merged();
        }
        self.rows = self.rows.merged();
        tile::run(width, &self);
    }
}
