//! Lines to read while a network is trained.

use std::io::{self, Write};
use std::path::Path;

use typednet_train::Record;

use crate::{Finding, Sink, WatchError};

/// Writes a line for each epoch and each finding, to the terminal's error stream or elsewhere.
///
/// Give it to a trainer that is [`quiet`](typednet_train::Trainer::quiet), or use [`findings`](Terminal::findings).
pub struct Terminal<W> {
    writer: W,
    epochs: bool,
}

impl Terminal<io::Stderr> {
    /// Epochs and findings, to the error stream.
    pub fn new() -> Self {
        Self::to(io::stderr())
    }

    /// Findings only, to the error stream.
    pub fn findings() -> Self {
        Self { epochs: false, ..Self::new() }
    }
}

impl Default for Terminal<io::Stderr> {
    fn default() -> Self {
        Self::new()
    }
}

impl<W: Write> Terminal<W> {
    /// Epochs and findings, to `writer`.
    pub fn to(writer: W) -> Self {
        Self { writer, epochs: true }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<(), WatchError> {
        let written = writeln!(self.writer, "{line}").and_then(|()| self.writer.flush());
        written.map_err(|error| WatchError::write(Path::new("terminal"), &error))
    }
}

impl<W: Write + Send> Sink for Terminal<W> {
    fn epoch(&mut self, record: &Record, _: u64) -> Result<(), WatchError> {
        if self.epochs { self.line(format_args!("epoch {}: {record}", record.epoch)) } else { Ok(()) }
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), WatchError> {
        self.line(format_args!("{finding}"))
    }
}
