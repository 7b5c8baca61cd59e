//! Lists of arguments that are put together at compile time.

use crate::Arg;

/// The arguments of a layer whose number depends on which of them differ from their defaults.
#[derive(Clone, Copy)]
pub(crate) struct Args {
    args: [Arg; Self::MOST],
    len: usize,
}

impl Args {
    const MOST: usize = 8;

    /// The arguments that are always there.
    pub(crate) const fn new(first: &[Arg]) -> Self {
        let mut args = Self { args: [Arg::Flag(false); Self::MOST], len: 0 };
        let mut i = 0;
        while i < first.len() {
            args = args.and(true, first[i]);
            i += 1;
        }
        args
    }

    /// With `arg` behind them, if `shown`.
    pub(crate) const fn and(mut self, shown: bool, arg: Arg) -> Self {
        if shown {
            self.args[self.len] = arg;
            self.len += 1;
        }
        self
    }

    pub(crate) const fn as_slice(&self) -> &[Arg] {
        self.args.split_at(self.len).0
    }
}
