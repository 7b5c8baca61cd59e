//! Runs whose checkpoints stand side by side in a folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use typednet_formats::{JsonFormat, make_folder};

use super::meta::differences;
use super::{CheckpointError, SettingDifference};
use crate::{DataMark, Run};

/// The file in a run's folder that says whose it is.
const CARD: &str = "run.json";

/// The form of that file.
const FORMAT: JsonFormat = JsonFormat::new("run", 2);

/// What the file of a run tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) run: Run,
    pub(crate) network: String,
    pub(crate) settings: Vec<(String, String)>,
}

/// What a trainer is before its first step, by which it knows its own runs again.
pub(crate) struct Identity {
    pub(crate) network: String,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) first_weights: u64,
    pub(crate) data: Option<DataMark>,
}

impl Card {
    pub(crate) fn new(run: Run, identity: &Identity) -> Self {
        let Identity { network, settings, .. } = identity;
        Self { run, network: network.clone(), settings: settings.clone() }
    }

    /// What is not the same in a trainer and in the run; nothing if the run is one that the trainer would make.
    fn differences(&self, here: &Identity) -> Vec<SettingDifference> {
        let of = |network: &str, data: Option<DataMark>, settings: &[(String, String)]| {
            let data = data.map_or_else(|| "batches of one's own".to_owned(), |data| data.to_string());
            [("network".to_owned(), network.to_owned()), ("data".to_owned(), data)]
                .into_iter()
                .chain(settings.iter().cloned())
                .collect::<Vec<_>>()
        };
        let (mut ours, mut theirs) =
            (of(&here.network, here.data, &here.settings), of(&self.network, self.run.data(), &self.settings));
        if !self.run.began_from(here.first_weights) {
            ours.push(("first weights".to_owned(), "other ones".to_owned()));
            theirs.push(("first weights".to_owned(), "its own".to_owned()));
        }
        differences(&ours, &theirs)
    }
}

/// A run whose checkpoints stand in a folder: see [`Checkpoints::runs`](super::Checkpoints::runs).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedRun {
    folder: PathBuf,
    card: Card,
    written: SystemTime,
}

impl SavedRun {
    /// What tells it from other runs.
    pub fn run(&self) -> &Run {
        &self.card.run
    }

    /// Where its checkpoints are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The network that is trained, as its type stands in `network!`.
    pub fn network(&self) -> &str {
        &self.card.network
    }

    /// The settings of the training, as names and values.
    pub fn settings(&self) -> &[(String, String)] {
        &self.card.settings
    }

    /// Its checkpoint that most steps were made before; `None` if there is none yet.
    ///
    /// # Errors
    /// If its folder cannot be read.
    pub fn newest(&self) -> Result<Option<PathBuf>, CheckpointError> {
        Ok(steps_in(&self.folder)?.pop().map(|(_, path)| path))
    }

    /// The checkpoint of its best epoch, if [that was asked for](super::Checkpoints::best) and is there.
    pub fn best(&self) -> Option<PathBuf> {
        let path = self.folder.join(BEST);
        path.is_file().then_some(path)
    }

    /// The run in `folder`, if that is one.
    fn read(folder: PathBuf) -> Option<Self> {
        // What cannot be read is no run of ours: it is neither resumed nor changed.
        let card: Card = FORMAT.read(folder.join(CARD)).ok()?;
        let modified = |path: PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
        let files = fs::read_dir(&folder).ok()?.flatten().filter_map(|entry| modified(entry.path()));
        let written = files.max().unwrap_or(UNIX_EPOCH);
        Some(Self { folder, card, written })
    }
}

/// The name of the best checkpoint.
pub(super) const BEST: &str = "best.safetensors";

/// The runs in a folder, the one that was written to last at the end.
pub(super) fn runs_in(folder: &Path) -> Result<Vec<SavedRun>, CheckpointError> {
    let mut runs = Vec::new();
    if !folder.exists() {
        return Ok(runs);
    }
    for entry in fs::read_dir(folder).map_err(|error| CheckpointError::folder(folder, &error))? {
        let path = entry.map_err(|error| CheckpointError::folder(folder, &error))?.path();
        if path.is_dir() {
            runs.extend(SavedRun::read(path));
        }
    }
    runs.sort_by_key(|run| (run.written, run.card.run.begun()));
    Ok(runs)
}

/// The numbered checkpoints of a run's folder with their steps, those of fewer steps first.
pub(super) fn steps_in(folder: &Path) -> Result<Vec<(u64, PathBuf)>, CheckpointError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| CheckpointError::folder(folder, &error))? {
        let path = entry.map_err(|error| CheckpointError::folder(folder, &error))?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let number = name.and_then(|name| name.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok());
        if let Some(step) = number {
            found.push((step, path));
        }
    }
    found.sort();
    Ok(found)
}

/// The folder of one run, which nobody else writes to while it is open.
pub(crate) struct RunFolder {
    pub(crate) path: PathBuf,
    /// Held for as long as the run is trained here; systems without locks go without.
    _lock: Option<File>,
}

impl RunFolder {
    /// Makes the folder of a new run, which gets another name where there is one of its name.
    pub(crate) fn begin(among: &Path, card: &mut Card) -> Result<Self, CheckpointError> {
        make_folder(among)?;
        loop {
            let path = among.join(card.run.name());
            match fs::create_dir(&path) {
                Ok(()) => return Self::write(path, card, None),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => card.run = card.run.again(),
                Err(error) => return Err(CheckpointError::folder(&path, &error)),
            }
        }
    }

    /// The folder of a run that goes on, with its lock where that is held already.
    pub(crate) fn go_on(among: &Path, card: &Card, lock: Option<File>) -> Result<Self, CheckpointError> {
        let path = among.join(card.run.name());
        make_folder(&path)?;
        match FORMAT.read::<Card>(path.join(CARD)) {
            Ok(there) if there.run == card.run => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(_) => return Err(CheckpointError::OtherRun { path: path.display().to_string(), run: card.run.name() }),
            Err(error) => return Err(error.into()),
        }
        Self::write(path, card, lock)
    }

    /// Writing the card is also the question whether the folder can be written to.
    fn write(path: PathBuf, card: &Card, lock: Option<File>) -> Result<Self, CheckpointError> {
        FORMAT.write(path.join(CARD), card)?;
        let lock = lock.or_else(|| if let Lock::Free(lock) = Lock::of(&path) { lock } else { None });
        Ok(Self { path, _lock: lock })
    }
}

/// Whether another trainer, here or in another process, has a run's folder open.
enum Lock {
    Taken,
    /// The lock, where the system has some.
    Free(Option<File>),
}

impl Lock {
    fn of(folder: &Path) -> Self {
        let options = || File::options().create(true).truncate(false).write(true).open(folder.join(".lock"));
        let Ok(file) = options() else { return Self::Free(None) };
        match file.try_lock() {
            Ok(()) => Self::Free(Some(file)),
            Err(TryLockError::WouldBlock) => Self::Taken,
            Err(TryLockError::Error(_)) => Self::Free(None),
        }
    }
}

/// What a folder holds for a trainer that wants to go on.
pub(crate) enum Found {
    /// A run of the trainer's own, which nobody else trains.
    Own(SavedRun, Option<File>),
    /// Only others: in what the last of them differs.
    Others(Vec<SettingDifference>),
    /// No run at all.
    Nothing,
}

/// Looks for the last run that `here` would make.
pub(crate) fn find(folder: &Path, here: &Identity) -> Result<Found, CheckpointError> {
    let mut found = Found::Nothing;
    for run in runs_in(folder)?.into_iter().rev() {
        let differences = run.card.differences(here);
        if differences.is_empty()
            && let Lock::Free(lock) = Lock::of(&run.folder)
        {
            return Ok(Found::Own(run, lock));
        }
        if matches!(found, Found::Nothing) {
            found = Found::Others(differences);
        }
    }
    Ok(found)
}
