//! What a contraction reads and writes: nested loops over elements that lie wherever a pass has them.

use core::marker::PhantomData;

/// One of nested loops: how often, and how far it is from one turn to the next in the operand that is read, and in the other
/// operand or the result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub(super) count: usize,
    pub(super) read: usize,
    pub(super) other: usize,
}

impl Loop {
    /// One turn.
    pub(super) const ONCE: Self = Self { count: 1, read: 0, other: 0 };
}

/// Nested loops, the outermost first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nest(pub(super) [Loop; 3]);

impl Nest {
    /// How often the innermost loop turns.
    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|l| l.count).product()
    }

    /// The same turns, with loops that go on where the one within them ends made one.
    pub(super) fn merged(self) -> Self {
        let [a, b, c] = self.0;
        let joined = |outer: Loop, inner: Loop| {
            let goes_on = outer.read == inner.count * inner.read && outer.other == inner.count * inner.other;
            match (outer.count, inner.count) {
                (1, _) => Some(inner),
                (_, 1) => Some(outer),
                _ => goes_on.then(|| Loop { count: outer.count * inner.count, ..inner }),
            }
        };
        match (joined(b, c), joined(a, b)) {
            (Some(bc), _) => match joined(a, bc) {
                Some(abc) => Self([Loop::ONCE, Loop::ONCE, abc]),
                None => Self([Loop::ONCE, a, bc]),
            },
            (None, Some(ab)) => Self([Loop::ONCE, ab, c]),
            (None, None) => self,
        }
    }

    /// The furthest places of both, or nothing where a `usize` cannot hold them.
    pub(super) fn last(&self) -> Option<(usize, usize)> {
        self.0.iter().try_fold((0_usize, 0_usize), |(read, other), l| {
            let turns = l.count.checked_sub(1)?;
            Some((read.checked_add(turns.checked_mul(l.read)?)?, other.checked_add(turns.checked_mul(l.other)?)?))
        })
    }
}

/// Elements that one thread writes, among which others may write others.
#[derive(Clone, Copy)]
pub(super) struct Target<'a, T> {
    start: *mut T,
    len: usize,
    borrowed: PhantomData<&'a mut [T]>,
}

impl<'a, T> Target<'a, T> {
    pub(super) fn new(elements: &'a mut [T]) -> Self {
        Self { start: elements.as_mut_ptr(), len: elements.len(), borrowed: PhantomData }
    }

    /// The `len` elements at `start`.
    ///
    /// # Safety
    /// They must be writable for `'a`, and what contractions with this target read and write of them nobody else may read or
    /// write meanwhile.
    pub(super) unsafe fn shared(start: *mut T, len: usize) -> Self {
        Self { start, len, borrowed: PhantomData }
    }

    /// Those from place `first` on.
    pub(super) fn behind(self, first: usize) -> Self {
        let first = first.min(self.len);
        Self { start: self.start.wrapping_add(first), len: self.len - first, ..self }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn as_mut_ptr(&self) -> *mut T {
        self.start
    }
}

/// What the sums start from.
#[derive(Clone, Copy)]
pub(super) enum Start<'a, T> {
    Zero,
    /// These, the same for every row.
    Bias(&'a [T]),
    /// What the result holds.
    Result,
}

/// c\[i]\[j] ← f(start + Σ over t of a\[i, t] · b\[t]\[j]) for the rows i, the turns t of the sum, and `lanes` columns j that lie
/// side by side.
///
/// With `by_column`, a is a\[i, t]\[j].
pub(super) struct Contraction<'a, T> {
    pub(super) a: &'a [T],
    pub(super) b: &'a [T],
    pub(super) c: Target<'a, T>,
    /// The rows: distances in a and c.
    pub(super) rows: Nest,
    /// The sum of each: distances in a and b.
    pub(super) sum: Nest,
    pub(super) lanes: usize,
    pub(super) start: Start<'a, T>,
    pub(super) relu: bool,
    pub(super) by_column: bool,
    /// So many rows, one after the other, have no element of c in common.
    pub(super) apart: usize,
}
