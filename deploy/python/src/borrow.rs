//! Which memory the calls of this module are using. The arrays of Python know only whether they were made of one another: two that
//! were made of one buffer, such as `frombuffer`'s, share their memory without a trace, which their addresses show.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

static IN_USE: Mutex<Vec<Use>> = Mutex::new(Vec::new());

/// What a call does with a range of addresses.
#[derive(Clone, Debug, PartialEq)]
struct Use {
    range: Range<usize>,
    is_written: bool,
}

impl Use {
    fn conflicts(&self, other: &Self) -> bool {
        let is_shared = self.range.start < other.range.end && other.range.start < self.range.end;
        is_shared && (self.is_written || other.is_written)
    }
}

/// Memory that a call uses as long as this lives.
#[derive(Debug)]
pub(crate) struct Borrow(Use);

impl Borrow {
    /// To read numbers, unless another call writes there.
    pub(crate) fn read<T>(numbers: *const [T]) -> Option<Self> {
        Self::of(numbers, false)
    }

    /// To write numbers, unless a call uses any of them, this one included.
    pub(crate) fn write<T>(numbers: *const [T]) -> Option<Self> {
        Self::of(numbers, true)
    }

    fn of<T>(numbers: *const [T], is_written: bool) -> Option<Self> {
        let start = numbers.cast::<T>().addr();
        let range = start..start + numbers.len() * size_of::<T>();
        let own = Use { range, is_written };
        if !own.range.is_empty() {
            let mut all = in_use();
            if all.iter().any(|other| own.conflicts(other)) {
                return None;
            }
            all.push(own.clone());
        }
        Some(Self(own))
    }
}

impl Drop for Borrow {
    fn drop(&mut self) {
        let mut all = in_use();
        // Of several that are alike any will do.
        if let Some(at) = all.iter().position(|own| *own == self.0) {
            all.swap_remove(at);
        }
    }
}

fn in_use() -> MutexGuard<'static, Vec<Use>> {
    IN_USE.lock().unwrap_or_else(PoisonError::into_inner)
}
