//! The targets that a loss takes.

use core::any::Any;
use core::error::Error;
use core::fmt;

use typednet_tensor::Sample;

/// A target that a loss does not take: what the loss takes, what was found, and what to do.
#[derive(Clone, Copy, PartialEq)]
pub struct TargetError {
    /// The loss, such as `BinaryCrossEntropy`.
    pub loss: &'static str,
    /// The step that it was found in, from 0, where each step has a target.
    pub step: Option<usize>,
    /// What it takes, such as `numbers from 0 to 1`.
    pub expected: &'static str,
    /// What stands against it.
    pub found: TargetFault,
    /// What to do.
    pub advice: &'static str,
}

/// What is wrong with a target.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TargetFault {
    /// One of its elements.
    Element {
        /// Its place in the target, from 0.
        place: usize,
        /// Its value.
        value: f64,
    },
    /// The sum of its elements.
    Sum {
        /// Its value.
        value: f64,
    },
    /// It has nothing that counts.
    Masked,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { loss, step, expected, found, advice } = self;
        if let Some(step) = step {
            write!(f, "step {step}: ")?;
        }
        match found {
            TargetFault::Element { place, value } => write!(f, "element {place} is {}", Short(*value))?,
            TargetFault::Sum { value } => write!(f, "its elements add up to {}", Short(*value))?,
            TargetFault::Masked => f.write_str("nothing of it counts")?,
        }
        write!(f, ", but `{loss}` takes {expected}; {advice}")
    }
}

typednet_tensor::debug_as_display!(TargetError);

impl Error for TargetError {}

/// A number with no more digits than it takes to tell it from others of its precision.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let single = self.0 as f32;
        if f64::from(single).to_bits() == self.0.to_bits() { single.fmt(f) } else { self.0.fmt(f) }
    }
}

/// What a loss says of its targets.
pub(super) struct Domain {
    pub(super) loss: &'static str,
    pub(super) expected: &'static str,
    pub(super) advice: &'static str,
}

/// How far from 1 the elements of a distribution may add up to: labels that were smoothed or computed in single precision,
/// or written with three digits, are distributions.
const SUM_TOLERANCE: f64 = 2e-3;

impl Domain {
    fn error(&self, found: TargetFault) -> TargetError {
        let Self { loss, expected, advice } = *self;
        TargetError { loss, step: None, expected, found, advice }
    }

    /// Whether every element of `target` is one that `takes` says yes to.
    pub(super) fn elements<Out: Sample>(&self, target: &Out, takes: impl Fn(f64) -> bool) -> Result<(), TargetError> {
        match target.as_flat().iter().map(number).enumerate().find(|(_, value)| !takes(*value)) {
            Some((place, value)) => Err(self.error(TargetFault::Element { place, value })),
            None => Ok(()),
        }
    }

    /// Whether `target` is a distribution: no element is below 0, and all add up to 1.
    pub(super) fn distribution<Out: Sample>(&self, target: &Out) -> Result<(), TargetError> {
        self.elements(target, |y| (0.0..=1.0 + SUM_TOLERANCE).contains(&y))?;
        let value: f64 = target.as_flat().iter().map(number).sum();
        if (value - 1.0).abs() <= SUM_TOLERANCE { Ok(()) } else { Err(self.error(TargetFault::Sum { value })) }
    }
}

/// The value of an element; what is no real number is 0.
fn number(element: &(impl Any + Copy)) -> f64 {
    let element: &dyn Any = element;
    let single = element.downcast_ref::<f32>().map(|x| f64::from(*x));
    single.or_else(|| element.downcast_ref::<f64>().copied()).unwrap_or(0.0)
}

/// Finite numbers, which every regression takes.
pub(super) fn finite<Out: Sample>(loss: &'static str, target: &Out) -> Result<(), TargetError> {
    let advice = "leave the row out, or fill the gap";
    Domain { loss, expected: "finite numbers", advice }.elements(target, f64::is_finite)
}

/// Probabilities of events that do not exclude each other.
pub(super) fn probabilities<Out: Sample>(loss: &'static str, target: &Out) -> Result<(), TargetError> {
    let advice = "labels -1 and 1 become 0 and 1 by (y + 1) / 2, and numbers of any size ask for `SquaredError`";
    Domain { loss, expected: "numbers from 0 to 1", advice }.elements(target, |y| (0.0..=1.0).contains(&y))
}

/// Probabilities of classes that exclude each other.
pub(super) fn distribution<Out: Sample>(loss: &'static str, target: &Out) -> Result<(), TargetError> {
    let advice = "divide each target by its sum, or take `BinaryCrossEntropy` where a row can be of several classes";
    Domain { loss, expected: "probabilities that add up to 1", advice }.distribution(target)
}

/// A number that tells targets apart.
pub(super) fn fingerprint<Out: Sample>(target: &Out) -> u64 {
    // FNV-1a, by elements.
    let join = |hash: u64, value: f64| (hash ^ value.to_bits()).wrapping_mul(0x0000_0100_0000_01B3);
    target.as_flat().iter().map(number).fold(0xCBF2_9CE4_8422_2325, join)
}
