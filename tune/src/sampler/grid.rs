//! Grid search.

use std::sync::Arc;

use typednet_tensor::Key;

use super::Sampler;
use crate::{Finished, Parameter, Range, Setting, Space, TuneError};

/// Tries each point of a grid once, the last parameter changing fastest.
///
/// A choice gives all its values; a range gives as many points as asked for, from end to end, evenly spaced, by their
/// logarithms where the range is logarithmic. A range of whole numbers gives no point twice.
///
/// ```
/// use typednet_tune::{Grid, Space, Study};
///
/// let space = Space::new().log_uniform("rate", 1e-3, 1e-1)?.choice("batch", [8, 16])?;
/// let results = Study::new(space, Grid::new(3)).quiet().run(|trial| Ok(trial.get::<f64>("rate")?))?;
/// let tried: Vec<String> = results.trials().iter().map(|trial| format!("{:?}", results.values(trial))).collect();
/// assert_eq!(tried.len(), 6);
/// assert!(tried[0].contains("0.001") && tried[0].contains('8') && tried[1].contains("16"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    points: usize,
    own: Vec<(String, usize)>,
}

impl Grid {
    /// A grid with `points` points for each range; with 1 it is the middle.
    pub const fn new(points: usize) -> Self {
        Self { points, own: Vec::new() }
    }

    /// Another number of points for one parameter.
    #[must_use]
    pub fn points(mut self, name: impl Into<String>, points: usize) -> Self {
        self.own.push((name.into(), points));
        self
    }

    /// The settings of one parameter.
    fn axis(&self, parameter: &Parameter) -> Vec<Setting> {
        let own = self.own.iter().rev().find(|(name, _)| name == parameter.name());
        let points = own.map_or(self.points, |own| own.1);
        // Whole numbers begin and end on themselves, not half a step outside.
        let ends = match *parameter.range() {
            Range::Choice { ref values } => return (0..values.len()).map(Setting::Choice).collect(),
            Range::Uniform { low, high } => (low, high),
            Range::LogUniform { low, high } => (low.ln(), high.ln()),
            Range::Integer { low, high } => (low as f64, high as f64),
            Range::LogInteger { low, high } => ((low as f64).ln(), (high as f64).ln()),
        };
        let share = |i: usize| if points == 1 { 0.5 } else { i as f64 / (points - 1) as f64 };
        let mut axis: Vec<Setting> =
            (0..points).map(|i| parameter.setting_on_line(ends.0 + share(i) * (ends.1 - ends.0))).collect();
        axis.dedup();
        axis
    }
}

impl Sampler for Grid {
    fn sample(&self, space: &Space, _known: &[Arc<Finished>], index: usize, _key: Key) -> Vec<Setting> {
        let mut rest = index;
        let mut settings: Vec<Setting> = space
            .parameters()
            .iter()
            .rev()
            .map(|parameter| {
                let axis = self.axis(parameter);
                let setting = axis[rest % axis.len()];
                rest /= axis.len();
                setting
            })
            .collect();
        settings.reverse();
        settings
    }

    fn learns(&self) -> bool {
        false
    }

    fn limit(&self, space: &Space) -> Result<Option<usize>, TuneError> {
        let count = space
            .parameters()
            .iter()
            .try_fold(1_usize, |count, parameter| count.checked_mul(self.axis(parameter).len()))
            .ok_or(TuneError::GridTooLarge)?;
        Ok(Some(count))
    }

    fn check(&self, space: &Space) -> Result<(), TuneError> {
        for (name, _) in &self.own {
            space.find(name)?;
        }
        let counts = self.own.iter().map(|own| own.1).chain([self.points]);
        for points in counts {
            if !(1..=MOST).contains(&points) {
                let expected = "from 1 to 1,000,000";
                return Err(TuneError::Setting {
                    name: "the number of a grid's points",
                    found: points as f64,
                    expected,
                });
            }
        }
        Ok(())
    }
}

/// More points of one parameter than anybody tries.
const MOST: usize = 1_000_000;
