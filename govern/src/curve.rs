//! The coverage-accuracy curve: how many cases are decided, and how many decisions are right, at each threshold.

use serde::{Deserialize, Serialize};
use typednet_tensor::Better;

use crate::proportion::wilson;
use crate::{GovernError, Scores, Temperature};

/// What a threshold is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// As many cases as can be decided so that this share of the decisions is right, such as 0.99.
    Accuracy(f64),
    /// The highest threshold at which this share of the cases is decided, such as 0.9.
    Coverage(f64),
}

/// What a threshold does to the validation data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// A case is decided where the confidence is at least this.
    pub threshold: f64,
    /// The number of cases that are decided.
    pub decided: usize,
    /// The number of cases.
    pub cases: usize,
    /// How many of the decisions are right.
    pub right: usize,
}

impl CurvePoint {
    /// The share of the cases that are decided.
    pub fn coverage(&self) -> f64 {
        self.decided as f64 / self.cases as f64
    }

    /// The share of the decisions that are right.
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.decided as f64
    }

    /// The lower end of the accuracy's 95 % interval (Wilson 1927): what can be promised for new cases of the same kind,
    /// which is less the fewer decisions there are.
    pub fn least_accuracy(&self) -> f64 {
        wilson(self.right, self.decided)[0]
    }
}

/// Coverage and accuracy at every threshold that makes a difference on the validation data.
///
/// ```
/// use typednet_govern::{Curve, Scores, Temperature, Target};
/// use typednet_tensor::Class;
///
/// // Right where the network is sure, by chance where it is not.
/// let cases = (0..100).map(|i| ([f64::from(i) / 10.0, 0.0], Class::<2>::new(usize::from(i < 40 && i % 2 == 0)).unwrap()));
/// let curve = Curve::of(&Scores::from_logits(cases)?, Temperature::ONE);
/// let point = curve.choose(Target::Accuracy(1.0))?;
/// assert_eq!((point.decided, point.right), (61, 61));
/// assert_eq!(curve.choose(Target::Coverage(0.5))?.decided, 50);
/// # Ok::<(), typednet_govern::GovernError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// From the highest threshold to 0.
    points: Vec<CurvePoint>,
}

impl Curve {
    /// How many decisions there must be at least for an accuracy to be believed.
    pub const FEWEST: usize = 10;

    /// The curve of the scores at a temperature.
    ///
    /// A threshold stands in the middle between two confidences that occur, so that rounding does not decide.
    pub fn of<const N: usize>(scores: &Scores<N>, temperature: Temperature) -> Self {
        let mut decisions: Vec<(f64, bool)> = scores.decisions(temperature.value()).collect();
        decisions.sort_by(|a, b| Better::Higher.order(a.0, b.0));
        let (mut decided, mut right, mut points) = (0, 0, Vec::new());
        let mut groups = decisions.chunk_by(|a, b| Better::Higher.order(a.0, b.0).is_eq()).peekable();
        while let Some(equal) = groups.next() {
            decided += equal.len();
            right += equal.iter().filter(|(_, right)| *right).count();
            let threshold = groups.peek().map_or(0.0, |next| f64::midpoint(equal[0].0, next[0].0));
            points.push(CurvePoint { threshold, decided, cases: decisions.len(), right });
        }
        Self { points }
    }

    /// All points, from the highest threshold to 0, where every case is decided.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// The point that a wish leads to.
    ///
    /// # Errors
    /// If the wish is not above 0 and at most 1, there are fewer than [`FEWEST`](Self::FEWEST) cases, or no threshold
    /// gives the accuracy over at least that many decisions.
    pub fn choose(&self, wish: Target) -> Result<CurvePoint, GovernError> {
        let (Target::Accuracy(share) | Target::Coverage(share)) = wish;
        if !(share > 0.0 && share <= 1.0) {
            let name = if matches!(wish, Target::Accuracy(_)) { "the wished accuracy" } else { "the wished coverage" };
            return Err(GovernError::OutOfRange { name, found: share, expected: "above 0 and at most 1" });
        }
        let enough = || self.points.iter().copied().filter(|point| point.decided >= Self::FEWEST);
        // Of equally accurate points, the last decides most.
        let best = Better::Higher.first_of(enough().rev(), CurvePoint::accuracy);
        let Some(best) = best else {
            let found = self.points.last().map_or(0, |point| point.cases);
            return Err(GovernError::TooFew { purpose: "the choice of a threshold", found, needed: Self::FEWEST });
        };
        let chosen = match wish {
            Target::Accuracy(share) => enough().rfind(|point| point.accuracy() >= share),
            Target::Coverage(share) => enough().find(|point| point.coverage() >= share),
        };
        chosen.ok_or(GovernError::NotReached { wished: share, best: best.accuracy(), coverage: best.coverage() })
    }
}
