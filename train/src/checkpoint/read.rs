//! The state of a training in a file, compared with a trainer.

use super::CheckpointError;
use super::check::{BadField, Known};
use super::meta::{Meta, differences};
use crate::Run;

/// What a trainer is, to be compared with what a file says of one.
pub(super) struct Here<'a> {
    pub(super) network: String,
    pub(super) settings: Vec<(String, String)>,
    /// Whether a run is another one than the trainer would begin.
    pub(super) another: &'a dyn Fn(&Run) -> bool,
}

impl Here<'_> {
    /// The state in a file, if the trainer can go on with it; `path` says where it is from.
    pub(super) fn read(self, state: &str, path: String, known: &Known<'_>) -> Result<Meta, CheckpointError> {
        let meta = Meta::from_json(state, &path)?;
        let with_network = |settings: &[(String, String)], network: &str| {
            let network = ("network".to_owned(), network.to_owned());
            settings.iter().cloned().chain([network]).collect::<Vec<_>>()
        };
        let here = with_network(&self.settings, &self.network);
        let differences = differences(&here, &with_network(&meta.settings, &meta.network));
        if !differences.is_empty() {
            return Err(CheckpointError::OtherSettings { path, differences });
        }
        if let Some(run) = meta.run.as_ref().filter(|run| (self.another)(run)) {
            return Err(CheckpointError::OtherFirstWeights { path, run: run.name() });
        }
        match meta.check(known) {
            Ok(()) => Ok(meta),
            Err(BadField { field, found, expected }) => Err(CheckpointError::Field { path, field, found, expected }),
        }
    }
}
