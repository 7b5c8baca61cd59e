//! A file that a run goes on writing to after it was stopped.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use typednet_train::RunView;

use crate::WatchError;

/// A log on disk: lines of one run in the order of their steps.
///
/// To open it changes nothing; only when it is known which run begins is what stands there replaced or kept.
pub(super) struct LogFile {
    path: PathBuf,
    file: BufWriter<File>,
}

impl LogFile {
    /// Opens the file, in a folder that is made where it is missing.
    pub(super) fn open(path: &Path) -> Result<Self, WatchError> {
        super::make_folder(path)?;
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| WatchError::write(path, &error))?;
        Ok(Self { path: path.into(), file: BufWriter::new(file) })
    }

    /// Makes the file ready for a run: empty for a new one, else cut behind what the run had written when it was at
    /// `view`. `whose` tells how many of the file's bytes those are; it is asked only if the file is not empty.
    ///
    /// Says whether the file is empty.
    pub(super) fn start(
        &mut self,
        view: &RunView<'_>,
        whose: impl FnOnce(&File) -> io::Result<Option<u64>>,
    ) -> Result<bool, WatchError> {
        let file = self.file.get_ref();
        let length = file.metadata().map(|data| if data.is_file() { data.len() } else { 0 });
        let length = length.map_err(|error| WatchError::write(&self.path, &error))?;
        let goes_on = length > 0 && (view.step > 0 || view.epochs > 0);
        let kept = if goes_on { whose(file) } else { Ok(Some(0)) };
        let kept = kept.map_err(|error| WatchError::write(&self.path, &error))?;
        let Some(kept) = kept else {
            return Err(WatchError::OtherRun { path: self.path.clone(), run: view.run.name() });
        };
        if length > 0 {
            let cut = file.set_len(kept).and_then(|()| self.file.seek(SeekFrom::Start(kept)));
            cut.map_err(|error| WatchError::write(&self.path, &error))?;
        }
        Ok(kept == 0)
    }

    /// Calls `write` with the file.
    pub(super) fn write(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), WatchError> {
        write(&mut self.file).map_err(|error| WatchError::write(&self.path, &error))
    }

    pub(super) fn flush(&mut self) -> Result<(), WatchError> {
        self.file.flush().map_err(|error| WatchError::write(&self.path, &error))
    }
}

/// The number of bytes of the whole lines at the beginning of `file` that `keep` says yes to, one after the other; it gets
/// each with its number, from 0.
pub(super) fn leading_lines(file: &File, mut keep: impl FnMut(usize, &[u8]) -> bool) -> io::Result<u64> {
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(0))?;
    let (mut line, mut kept) = (Vec::new(), 0);
    for number in 0.. {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        // The line that a killed program was writing has no end.
        let Some(whole) = line.strip_suffix(b"\n") else { break };
        if !keep(number, whole) {
            break;
        }
        kept += length as u64;
    }
    Ok(kept)
}

/// A reader over the whole lines of `file` from its beginning: what follows the last line feed is left out.
pub(super) fn whole_lines(mut file: &File) -> io::Result<io::Take<BufReader<&File>>> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut block = [0; 4096];
    while end > 0 {
        let start = end.saturating_sub(block.len() as u64);
        let block = &mut block[..(end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            end = start + at as u64 + 1;
            break;
        }
        end = start;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(BufReader::new(file).take(end))
}
