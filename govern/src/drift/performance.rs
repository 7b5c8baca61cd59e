//! Drift of the accuracy: whether a network is right as often as it was.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::proportion;

/// How often a network is right on samples of today whose targets have become known, against validation data.
///
/// The difference p − p₀ of both accuracies has a 95 % interval (Newcombe 1998). Where all of it is below 0, the network
/// has become worse by more than chance gives; where 0 is within it, the samples do not tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerformanceDrift {
    /// The cases of the validation data.
    pub cases_before: usize,
    /// How many of them were right.
    pub right_before: usize,
    /// The cases now.
    pub cases_now: usize,
    /// How many of them are right.
    pub right_now: usize,
    /// The 95 % interval of the difference, from its lower to its upper end.
    pub difference: [f64; 2],
}

impl PerformanceDrift {
    /// From the number that is right and that of all cases, before and now.
    pub(super) fn of(before: [usize; 2], now: [usize; 2]) -> Self {
        let difference = proportion::difference(now, before);
        let ([right_before, cases_before], [right_now, cases_now]) = (before, now);
        Self { cases_before, right_before, cases_now, right_now, difference }
    }

    /// The accuracy on validation data, from 0 to 1.
    pub fn accuracy_before(&self) -> f64 {
        self.right_before as f64 / self.cases_before as f64
    }

    /// The accuracy now, from 0 to 1.
    pub fn accuracy_now(&self) -> f64 {
        self.right_now as f64 / self.cases_now as f64
    }

    /// Whether the accuracy has fallen by more than chance gives.
    pub fn has_fallen(&self) -> bool {
        self.difference[1] < 0.0
    }

    /// Whether the accuracy has risen by more than chance gives.
    pub fn has_risen(&self) -> bool {
        self.difference[0] > 0.0
    }
}

/// As in `Of 400 validation samples 384 were right (96.0 %), of 500 with targets now 430 (86.0 %): the accuracy has fallen,
/// by 6.2 to 13.7 points.`
impl fmt::Display for PerformanceDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cases_before, right_before, cases_now, right_now, difference: [low, high] } = self;
        write!(
            f,
            "Of {cases_before} validation samples {right_before} were right ({:.1} %), of {cases_now} with targets now \
             {right_now} ({:.1} %): ",
            100.0 * self.accuracy_before(),
            100.0 * self.accuracy_now()
        )?;
        if self.has_fallen() {
            write!(f, "the accuracy has fallen, by {:.1} to {:.1} points.", -100.0 * high, -100.0 * low)
        } else if self.has_risen() {
            write!(f, "the accuracy has risen, by {:.1} to {:.1} points.", 100.0 * low, 100.0 * high)
        } else {
            let (low, high) = (100.0 * low, 100.0 * high);
            write!(f, "no more than chance gives ({low:+.1} to {high:+.1} points).")
        }
    }
}
