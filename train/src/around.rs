//! Options around a step: clipping, penalties, accumulation, averages; nothing unless it is asked for.

use typednet_layers::Layer;
use typednet_optim::schedule::{Plateau, Schedule};
use typednet_optim::{Accumulation, Clip, Groups, MovingAverage, OptimError, Penalty};

use crate::{GradientTransform, History, Objective, TrainError};

/// A schedule with its unit of time.
pub(crate) enum Clock {
    Steps(Box<dyn Schedule>),
    Epochs(Box<dyn Schedule>),
}

impl Clock {
    /// The factor of the step after `steps` steps, in epoch `epoch`.
    fn factor(&self, steps: u64, epoch: usize) -> f64 {
        match self {
            Self::Steps(schedule) => schedule.factor(steps),
            Self::Epochs(schedule) => schedule.factor(epoch.saturating_sub(1) as u64),
        }
    }

    /// The unit of time, in words.
    pub(crate) const fn unit(&self) -> &'static str {
        match self {
            Self::Steps(_) => "by steps",
            Self::Epochs(_) => "by epochs",
        }
    }

    /// Bytes that tell schedules apart: their factors at some times.
    pub(crate) fn fingerprint(&self) -> impl Iterator<Item = u8> {
        let (Self::Steps(schedule) | Self::Epochs(schedule)) = self;
        let times = (0..64).chain((6..24).flat_map(|power| [(1 << power) - 1, 1 << power, 3 << (power - 1)]));
        // The last digits may depend on the system's cosine.
        times.flat_map(|time| format!("{:.9e}", schedule.factor(time)).into_bytes())
    }

    fn check(&self) -> Result<(), OptimError> {
        let (Self::Steps(schedule) | Self::Epochs(schedule)) = self;
        schedule.check()
    }
}

/// The settings around a step that have nothing to do with the network's shape.
pub(crate) struct Options {
    pub(crate) clock: Option<Clock>,
    pub(crate) plateau: Option<Plateau>,
    /// What the plateau is of.
    pub(crate) plateau_by: Objective,
    pub(crate) penalty: Option<Penalty>,
    /// By norm first, then by value.
    pub(crate) clips: [Option<Clip>; 2],
    /// The blocks of rows that a step is made of, where it is made of several.
    pub(crate) blocks: usize,
    pub(crate) average_decay: Option<f64>,
}

impl Options {
    const fn new() -> Self {
        Self {
            clock: None,
            plateau: None,
            plateau_by: Objective::Loss,
            penalty: None,
            clips: [None; 2],
            blocks: 1,
            average_decay: None,
        }
    }

    /// What the optimiser's learning rate is multiplied with after `steps` steps, in epoch `epoch`.
    pub(crate) fn factor(&self, steps: u64, epoch: usize) -> f64 {
        let plateau = self.plateau.as_ref().map_or(1.0, Plateau::factor);
        self.clock.as_ref().map_or(plateau, |clock| plateau * clock.factor(steps, epoch))
    }

    /// Takes in the newest epoch of a history.
    pub(crate) fn observe(&mut self, history: &History) {
        if let Some(plateau) = &mut self.plateau {
            plateau.observe(self.plateau_by.newest(history));
        }
    }

    /// Whether everything can work with its numbers.
    pub(crate) fn check(&self) -> Result<(), TrainError> {
        if self.blocks == 0 {
            return Err(TrainError::Accumulation);
        }
        self.clock.as_ref().map_or(Ok(()), Clock::check)?;
        self.plateau.as_ref().map_or(Ok(()), Plateau::check)?;
        self.penalty.as_ref().map_or(Ok(()), Penalty::check)?;
        self.clips.iter().flatten().try_for_each(Clip::check)?;
        Ok(())
    }
}

/// The settings and the memory of everything between the gradient and the next step.
pub(crate) struct Around<M: Layer> {
    pub(crate) options: Options,
    /// What else changes a gradient.
    pub(crate) transforms: Vec<Box<dyn GradientTransform<M>>>,
    pub(crate) groups: Option<Groups<M>>,
    pub(crate) accumulation: Option<Accumulation<M>>,
    pub(crate) average: Option<MovingAverage<M>>,
}

impl<M: Layer> Around<M> {
    pub(crate) const fn new() -> Self {
        Self { options: Options::new(), transforms: Vec::new(), groups: None, accumulation: None, average: None }
    }

    /// How many blocks of rows wait for a step.
    pub(crate) fn waiting(&self) -> usize {
        self.accumulation.as_ref().map_or(0, Accumulation::blocks)
    }

    /// Empties what builds up between steps.
    pub(crate) fn forget(&mut self) {
        if let Some(accumulation) = &mut self.accumulation {
            accumulation.clear();
        }
        if let Some(decay) = self.options.average_decay {
            self.average = Some(MovingAverage::new(decay));
        }
    }

    /// Whether everything can work with its numbers.
    pub(crate) fn check(&self) -> Result<(), TrainError> {
        self.options.check()?;
        self.average.as_ref().map_or(Ok(()), MovingAverage::check)?;
        Ok(())
    }
}
