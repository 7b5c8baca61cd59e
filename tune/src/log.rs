//! The file of a study: one line of JSON for the study, then one for each finished trial, each with its checksum.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use typednet_formats::{FileError, JsonFormat};

use crate::line::Line;
use crate::{Finished, Space, TuneError};

/// The first line.
const STUDY: JsonFormat = JsonFormat::new("study", 2);

/// Every other line.
const TRIAL: JsonFormat = JsonFormat::new("trial", 2);

/// What a study is, so that none goes on with the trials of another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) seed: u64,
    pub(crate) sampler: String,
    pub(crate) pruner: Option<String>,
    /// How many trials may be under way at a time, where that decides what a trial knows. Files did not always say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) concurrent: Option<usize>,
    pub(crate) space: Space,
}

impl Header {
    /// The first difference between this study and another one: what differs, what it is here, and what it is there.
    pub(crate) fn difference(&self, other: &Self) -> Option<[String; 3]> {
        let none = || "none".to_owned();
        let pruner = |header: &Self| header.pruner.clone().unwrap_or_else(none);
        let (here, there) = (self.space.parameters(), other.space.parameters());
        let parameters = (0..here.len().max(there.len())).map(|place| {
            let text = |list: &[crate::Parameter]| list.get(place).map_or_else(none, ToString::to_string);
            [format!("parameter {}", place + 1), text(here), text(there)]
        });
        let others = [
            ["the seed".to_owned(), self.seed.to_string(), other.seed.to_string()],
            ["the sampler".to_owned(), self.sampler.clone(), other.sampler.clone()],
            ["the pruner".to_owned(), pruner(self), pruner(other)],
        ];
        let concurrent = self.concurrent.zip(other.concurrent);
        let concurrent =
            concurrent.map(|(here, there)| ["how many are concurrent".to_owned(), here.to_string(), there.to_string()]);
        parameters.chain(others).chain(concurrent).find(|[_, here, there]| here != there)
    }
}

/// The open file, at its end.
pub(crate) struct Log {
    path: PathBuf,
    file: File,
}

/// What the file held.
pub(crate) struct Contents {
    pub(crate) trials: Vec<Finished>,
    pub(crate) torn: bool,
}

impl Log {
    /// Opens or makes the file, and reads what is there.
    ///
    /// A last line that is cut off is what a program leaves that is ended while it writes: it is taken away.
    pub(crate) fn open(path: &Path, header: &Header) -> Result<(Self, Contents), TuneError> {
        let refuse = |error: io::Error| io_error(path, &error);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(refuse)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(TuneError::InUse { path: path.display().to_string() }),
            Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => return Err(refuse(error)),
            _ => {}
        }
        let mut log = Self { path: path.to_owned(), file };
        let mut bytes = Vec::new();
        log.file.read_to_end(&mut bytes).map_err(refuse)?;
        let (read, whole) = Reader { path, header }.read(&bytes)?;
        let end =
            if whole { bytes.len() } else { bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
        log.file.set_len(end as u64).and_then(|()| log.file.seek(SeekFrom::Start(end as u64))).map_err(refuse)?;
        if end == 0 {
            log.write(STUDY, header)?;
        } else if !bytes[..end].ends_with(b"\n") {
            log.file.write_all(b"\n").map_err(refuse)?;
        }
        Ok((log, read))
    }

    /// Adds a trial.
    pub(crate) fn append(&mut self, space: &Space, trial: &Finished) -> Result<(), TuneError> {
        self.write(TRIAL, &Line::of(space, trial))
    }

    fn write(&mut self, format: JsonFormat, line: &impl Serialize) -> Result<(), TuneError> {
        let mut text = format.to_line(line).map_err(|error| io_error(&self.path, &error.into()))?;
        text.push('\n');
        // In one call, so that a program that is ended leaves at most one line that is not whole.
        self.file.write_all(text.as_bytes()).and_then(|()| self.file.flush()).map_err(|e| io_error(&self.path, &e))
    }
}

fn io_error(path: &Path, error: &io::Error) -> TuneError {
    TuneError::Io { path: path.display().to_string(), message: error.to_string() }
}

struct Reader<'a> {
    path: &'a Path,
    header: &'a Header,
}

impl Reader<'_> {
    /// What the bytes hold, and whether their last line is whole.
    fn read(&self, bytes: &[u8]) -> Result<(Contents, bool), TuneError> {
        let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        // What stands after the last end of a line.
        let rest = lines.pop().unwrap_or_default();
        let mut read = Contents { trials: Vec::new(), torn: false };
        let mut seen = BTreeMap::new();
        for (number, line) in (1..).zip(&lines) {
            self.line(number, line, &mut read.trials, &mut seen)?;
        }
        if rest.is_empty() {
            return Ok((read, true));
        }
        if lines.is_empty() {
            // Only a beginning of what would be written here is overwritten.
            let own = STUDY.to_line(self.header).unwrap_or_default();
            read.torn = own.as_bytes().starts_with(rest) && own.len() > rest.len();
            if !read.torn {
                self.line(1, rest, &mut read.trials, &mut seen)?;
            }
        } else if serde_json::from_slice::<serde_json::Value>(rest).is_ok() {
            self.line(lines.len() + 1, rest, &mut read.trials, &mut seen)?;
        } else {
            read.torn = true;
        }
        let whole = !read.torn;
        Ok((read, whole))
    }

    fn line(
        &self,
        number: usize,
        line: &[u8],
        trials: &mut Vec<Finished>,
        seen: &mut BTreeMap<usize, usize>,
    ) -> Result<(), TuneError> {
        if number == 1 {
            return self.compare(&self.content(STUDY, number, line)?);
        }
        let line: Line = self.content(TRIAL, number, line)?;
        if let Some(before) = seen.insert(line.trial, number) {
            return Err(self.malformed(number, format!("trial {} stands in line {before} too", line.trial)));
        }
        trials.push(line.finished(&self.header.space).map_err(|reason| self.malformed(number, reason))?);
        Ok(())
    }

    /// What a line says, if it is what was written.
    fn content<T: DeserializeOwned>(&self, format: JsonFormat, number: usize, line: &[u8]) -> Result<T, TuneError> {
        let text = str::from_utf8(line).map_err(|error| self.malformed(number, error.to_string()))?;
        format.parse(text, self.path).map_err(|error| match error {
            FileError::Checksum { .. } => TuneError::Damaged { path: self.path.display().to_string(), line: number },
            FileError::OtherFormat { expected, found, .. } => {
                let found = found.map_or_else(|| "not stated".to_owned(), |found| found.to_string());
                self.malformed(number, format!("its format is {found}, but this version reads format {expected}"))
            }
            FileError::OtherKind { expected, found, .. } => {
                let found = found.unwrap_or_else(|| "something that does not say what it is".to_owned());
                self.malformed(number, format!("a {expected} is expected, but it holds {found}"))
            }
            FileError::Malformed { reason, .. } => self.malformed(number, reason),
            other => self.malformed(number, other.to_string()),
        })
    }

    fn malformed(&self, line: usize, reason: String) -> TuneError {
        TuneError::Malformed { path: self.path.display().to_string(), line, reason }
    }

    /// Refuses the file of another study.
    fn compare(&self, found: &Header) -> Result<(), TuneError> {
        match self.header.difference(found) {
            Some([what, here, file]) => {
                Err(TuneError::OtherStudy { path: self.path.display().to_string(), what, here, file })
            }
            None => Ok(()),
        }
    }
}
