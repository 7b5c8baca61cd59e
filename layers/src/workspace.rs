//! Sizes of working memory, and how it is cut.

use typednet_tensor::{AnyBits, Sample, rows_mut, size, zeroed_in};

/// A number of elements that depends on the number of rows in the batch: `per_row`·rows + `fixed`, and `several` more where there are
/// several rows.
///
/// It is const data, so a network's need is known before it runs, and its workspace can be a `static`.
///
/// ```
/// use typednet_layers::WorkspaceSize;
///
/// let need = WorkspaceSize::rows(784).and(WorkspaceSize::fixed(10));
/// assert!(need.of(32) >= 784 * 32 + 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkspaceSize {
    per_row: usize,
    fixed: usize,
    several: usize,
}

impl WorkspaceSize {
    /// Nothing.
    pub const NONE: Self = Self { per_row: 0, fixed: 0, several: 0 };

    /// Every cut starts on a cache line of 64 bytes: 16 elements of `f32`.
    const LINE: usize = 16;

    /// `elements` for each row of the batch.
    pub const fn rows(elements: usize) -> Self {
        // The end of a cut is rounded up to a line.
        Self { per_row: elements, fixed: if elements == 0 { 0 } else { Self::LINE }, ..Self::NONE }
    }

    /// The elements `T` in whose place samples `S` of other elements fit, for each row.
    pub const fn lent<S: Sample, T>() -> Self {
        Self::rows(size_of::<S>().div_ceil(size_of::<T>()))
    }

    /// `elements` for the batch as a whole.
    pub const fn fixed(elements: usize) -> Self {
        Self { fixed: elements.next_multiple_of(Self::LINE), ..Self::NONE }
    }

    /// `elements` for a batch of several rows, and none for a single one: room for what pays only where it is used again for the next row.
    ///
    /// ```
    /// use typednet_layers::WorkspaceSize;
    ///
    /// let need = WorkspaceSize::several(4096);
    /// assert_eq!([0, 1, 2, 64].map(|rows| need.of(rows)), [0, 0, 4096, 4096]);
    /// ```
    pub const fn several(elements: usize) -> Self {
        Self { several: elements.next_multiple_of(Self::LINE), ..Self::NONE }
    }

    /// Both, one behind the other.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            per_row: self.per_row + other.per_row,
            fixed: self.fixed + other.fixed,
            several: self.several + other.several,
        }
    }

    /// As much as a layer takes that sees each row of the batch as `rows` of its own, such as the pixels of an image.
    #[must_use]
    pub const fn times(self, rows: usize) -> Self {
        // One row of the batch is several to the layer.
        let (fixed, several) = if rows > 1 { (self.fixed + self.several, 0) } else { (self.fixed, self.several) };
        Self { per_row: size::product(&[self.per_row, rows]), fixed, several }
    }

    /// As much as either may take, one after the other in the same place.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        const fn max(a: usize, b: usize) -> usize {
            if a > b { a } else { b }
        }
        Self {
            per_row: max(self.per_row, other.per_row),
            fixed: max(self.fixed, other.fixed),
            several: max(self.several, other.several),
        }
    }

    /// The number of elements for a batch of `rows`.
    ///
    /// # Panics
    /// If those are more than can be addressed.
    pub const fn of(self, rows: usize) -> usize {
        let all = match size::product(&[self.per_row, rows]).checked_add(self.fixed) {
            Some(elements) if rows > 1 => elements.checked_add(self.several),
            elements => elements,
        };
        match all {
            Some(elements) => elements,
            None => panic!("the working memory is too large: its elements are more than can be addressed"),
        }
    }
}

/// A piece of working memory that is cut from the front.
pub struct Workspace<'a, T> {
    left: &'a mut [T],
    rows: usize,
}

impl<'a, T> Workspace<'a, T> {
    /// All of `memory`, for a batch of `rows`.
    pub fn new(memory: &'a mut [T], rows: usize) -> Self {
        Self { left: memory, rows }
    }

    /// The next piece, as large as `need`.
    ///
    /// # Panics
    /// If less is left: the layer's `SAVED` or `SCRATCH` promises less than it takes.
    #[inline]
    pub fn take(&mut self, need: WorkspaceSize) -> &'a mut [T] {
        let len = need.of(self.rows);
        self.cut(len, len)
    }

    /// The next piece as one `S` for each row.
    ///
    /// # Panics
    /// As [`take`](Self::take) with [`WorkspaceSize::rows`]`(S::LEN)`.
    #[inline]
    pub fn samples<S: Sample<Elem = T>>(&mut self) -> &'a mut [S] {
        let len = size::product(&[S::LEN, self.rows]);
        rows_mut(self.cut(len, len.next_multiple_of(WorkspaceSize::LINE)))
    }

    /// A sample for each row, of any elements that fit in the place of the memory's own; all are zero. They take what
    /// [`WorkspaceSize::lent`] says.
    ///
    /// # Panics
    /// If the memory is too small.
    #[inline]
    pub fn lent<S: Sample>(&mut self) -> &'a mut [S]
    where
        T: AnyBits,
    {
        let len = WorkspaceSize::lent::<S, T>().per_row * self.rows;
        zeroed_in(self.cut(len, len.next_multiple_of(WorkspaceSize::LINE)), self.rows)
    }

    /// The next `elements`.
    ///
    /// # Panics
    /// As [`take`](Self::take) with [`WorkspaceSize::fixed`]`(elements)`.
    #[inline]
    pub fn elements(&mut self, elements: usize) -> &'a mut [T] {
        self.cut(elements, elements.next_multiple_of(WorkspaceSize::LINE))
    }

    /// The next pieces: what a layer saves, and as many outputs of it, each of `width` elements, as there are rows.
    ///
    /// # Panics
    /// As [`take`](Self::take).
    #[inline(never)]
    pub(crate) fn kept(&mut self, saved: WorkspaceSize, width: usize) -> (&'a mut [T], &'a mut [T]) {
        let outputs = size::product(&[width, self.rows]);
        (self.take(saved), self.elements(outputs))
    }

    /// How many elements [`kept`](Self::kept) takes in all.
    pub(crate) fn kept_len(saved: WorkspaceSize, width: usize, rows: usize) -> usize {
        saved.of(rows) + size::product(&[width, rows]).next_multiple_of(WorkspaceSize::LINE)
    }

    /// What is left.
    #[inline]
    pub fn rest(self) -> &'a mut [T] {
        self.left
    }

    #[inline]
    fn cut(&mut self, used: usize, taken: usize) -> &'a mut [T] {
        let left = core::mem::take(&mut self.left);
        assert!(
            taken <= left.len(),
            "the workspace is too small: {taken} elements are needed, {} are left",
            left.len()
        );
        let (piece, left) = left.split_at_mut(taken);
        self.left = left;
        &mut piece[..used]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_covers_its_cuts() {
        for rows in [1, 2, 7, 64] {
            let need = WorkspaceSize::rows(3).and(WorkspaceSize::fixed(5)).and(WorkspaceSize::rows(16));
            let mut memory = vec![0_f32; need.of(rows)];
            let mut space = Workspace::new(&mut memory, rows);
            assert_eq!(space.samples::<[f32; 3]>().len(), rows);
            assert_eq!(space.elements(5).len(), 5);
            assert_eq!(space.samples::<[f32; 16]>().len(), rows);
        }
    }

    #[test]
    fn a_layer_over_parts_of_rows_has_enough() {
        let need = WorkspaceSize::rows(3).and(WorkspaceSize::fixed(5)).and(WorkspaceSize::several(40));
        for (rows, parts) in [(1, 1), (1, 7), (2, 40), (3, 784), (100, 2), (0, 5)] {
            assert!(need.times(parts).of(rows) >= need.of(rows * parts), "{rows} rows of {parts}");
        }
    }

    #[test]
    fn what_several_rows_take_one_does_not() {
        let (several, fixed) = (WorkspaceSize::several(33), WorkspaceSize::fixed(16));
        for need in [several, several.or(fixed), fixed.and(several), several.times(1)] {
            assert_eq!(need.of(2) - need.of(1), 48, "{need:?}");
        }
        assert_eq!(several.times(7).of(1), 48, "a row is seven to the layer");
        assert!(several.or(fixed).of(1) >= 16 && several.or(fixed).of(2) >= 48);
        let mut memory = [0_f32; 48];
        assert_eq!([1, 2].map(|rows| Workspace::new(&mut memory, rows).take(several).len()), [0, 48]);
    }

    #[test]
    #[should_panic(expected = "64 elements are needed, 8 are left")]
    fn a_space_that_is_too_small_says_so() {
        Workspace::new(&mut [0_f32; 8], 4).samples::<[f32; 16]>();
    }
}
