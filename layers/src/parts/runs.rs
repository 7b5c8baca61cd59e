//! The pass as each layer of a network sees it.

use crate::PassContext;

/// The pass through a network whose next layer is `index`.
///
/// Its functions know no types, so they are compiled once, in the library.
pub(super) struct Runs<'a> {
    run: PassContext<'a>,
    pub(super) index: usize,
}

impl<'a> Runs<'a> {
    pub(super) fn new(run: PassContext<'a>, index: usize) -> Self {
        Self { run, index }
    }

    /// The pass as layer `index` sees it, which is not the last.
    #[inline(never)]
    pub(super) fn child(&self) -> PassContext<'a> {
        self.run.child(self.index as u64)
    }

    /// The pass as the last layer sees it, which is layer `index`.
    #[inline(never)]
    pub(super) fn last(&self) -> PassContext<'a> {
        self.run.last(self.index as u64)
    }
}
