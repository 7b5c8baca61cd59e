//! The writing of a monitor to its sinks.

use std::time::{Duration, Instant};

use typednet_layers::Layer;
use typednet_train::{CallbackResult, Control, RunView};

use super::Shared;
use crate::{Finding, Sink, WatchError};

/// How long what was measured may wait to be written.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

impl<M: Layer> Shared<M> {
    /// Writes what waits, if something was not written for long.
    pub(super) fn write_in_time(&mut self) -> CallbackResult {
        if self.written.is_none_or(|written| written.elapsed() >= LONGEST_WAIT) {
            self.write_all()?;
        }
        Ok(Control::Continue)
    }

    /// Whether something measured waits to be written.
    pub(super) fn waits(&self) -> bool {
        !self.sinks.is_empty() && self.work.as_ref().is_some_and(|work| !work.waiting.as_slice().is_empty())
    }

    /// Brings all that was measured to the files.
    pub(super) fn write_all(&mut self) -> Result<(), WatchError> {
        self.write_waiting()?;
        self.written = Some(Instant::now());
        self.write(|sink| sink.flush())
    }

    /// Takes in a finding about the end of a training, unless it is known.
    pub(super) fn found(&mut self, finding: Finding) -> Result<(), WatchError> {
        if !self.findings.contains(&finding) {
            self.write(|sink| sink.finding(&finding))?;
            self.findings.push(finding);
        }
        Ok(())
    }

    /// Tells the sinks which run it is, before anything else.
    pub(super) fn run(&mut self, view: &RunView<'_>) -> CallbackResult {
        if !std::mem::replace(&mut self.told, true) {
            let layers = std::mem::take(&mut self.layers);
            let started = self.write(|sink| sink.start(view, &layers));
            self.layers = layers;
            started?;
            self.write(|sink| sink.flush())?;
        }
        Ok(Control::Continue)
    }

    pub(super) fn write_waiting(&mut self) -> Result<(), WatchError> {
        let Some(mut work) = self.work.take() else { return Ok(()) };
        let layers = std::mem::take(&mut self.layers);
        let mut result = Ok(());
        for measurement in work.waiting.as_slice() {
            result = result.and(self.write(|sink| sink.measurement(&layers, measurement)));
        }
        work.waiting.clear();
        (self.work, self.layers) = (Some(work), layers);
        result
    }

    /// Calls all sinks, leaves out those that fail, and gives the first error.
    pub(super) fn write(
        &mut self,
        mut each: impl FnMut(&mut dyn Sink) -> Result<(), WatchError>,
    ) -> Result<(), WatchError> {
        let mut result = Ok(());
        self.sinks.retain_mut(|sink| match each(&mut **sink) {
            Ok(()) => true,
            Err(error) => {
                if result.is_ok() {
                    result = Err(error);
                }
                false
            }
        });
        result
    }
}
