//! Axes: what they say, from where to where they go, and what stands where on them.

use crate::ticks::{self, Tick};

/// An axis as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    /// The quantity, with its unit in brackets where it has one.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Its ends, where they do not follow from the data.
    pub(crate) range: Option<(f64, f64)>,
    /// Whether 0 is on it in any case.
    pub(crate) from_zero: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Linear,
    Logarithmic,
    /// Numbers stand at whole places only.
    Whole,
    /// Place i has the i-th of these names.
    Names(Vec<String>),
}

/// An axis whose ends are known.
#[derive(Clone, Debug)]
pub(crate) struct Scale<'a> {
    kind: &'a Kind,
    low: f64,
    high: f64,
}

/// Beyond these a place cannot be computed without leaving the numbers.
const LARGEST: f64 = 1e300;

impl Axis {
    pub(crate) fn new(name: String) -> Self {
        Self { name, kind: Kind::Linear, range: None, from_zero: false }
    }

    /// Whether the axis has a place for this value.
    pub(crate) fn takes(&self, value: f64) -> bool {
        value.is_finite() && value.abs() < LARGEST && (value > 0.0 || !matches!(self.kind, Kind::Logarithmic))
    }

    /// The axis for these values: as asked for, else around all of them with a little room.
    pub(crate) fn scale(&self, values: impl Iterator<Item = f64>) -> Scale<'_> {
        let (low, high) = match self.range {
            Some((from, to)) if self.takes(from) && self.takes(to) && from < to => (from, to),
            _ => self.around(values.filter(|value| self.takes(*value))),
        };
        Scale { kind: &self.kind, low, high }
    }

    fn around(&self, values: impl Iterator<Item = f64>) -> (f64, f64) {
        if let Kind::Names(names) = &self.kind {
            return (-0.5, names.len().max(1) as f64 - 0.5);
        }
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let zero = self.from_zero && !matches!(self.kind, Kind::Logarithmic);
        let (low, high) = match (low <= high, zero) {
            (true, false) => (low, high),
            (true, true) => (low.min(0.0), high.max(0.0)),
            (false, _) if matches!(self.kind, Kind::Logarithmic) => (0.1, 10.0),
            (false, _) => (0.0, 1.0),
        };
        match self.kind {
            Kind::Logarithmic if high > low => {
                let room = (high / low).powf(0.04);
                (low / room, high * room)
            }
            Kind::Logarithmic => (low / 3.0, high * 3.0),
            Kind::Whole => {
                let room = (0.03 * (high - low)).max(0.5);
                (low - room, high + room)
            }
            _ => {
                let room = 0.05 * (high - low);
                let room = if room > 0.0 { room } else { 0.5 * low.abs().max(1.0) };
                // A quantity that begins at 0 begins at the corner.
                (if zero && low == 0.0 { 0.0 } else { low - room }, if zero && high == 0.0 { 0.0 } else { high + room })
            }
        }
    }
}

impl Scale<'_> {
    /// The ends.
    pub(crate) const fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Where a value stands: 0 at the beginning of the axis, 1 at its end.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let (low, high, value) = match self.kind {
            Kind::Logarithmic => (self.low.log10(), self.high.log10(), value.log10()),
            _ => (self.low, self.high, value),
        };
        (value - low) / (high - low)
    }

    /// The places with numbers or names; `fits` says whether so many have room.
    pub(crate) fn ticks(&self, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
        match self.kind {
            Kind::Linear => ticks::linear(self.low, self.high, 0.0, fits),
            Kind::Whole => ticks::linear(self.low, self.high, 1.0, fits),
            Kind::Logarithmic => ticks::logarithmic(self.low, self.high, fits),
            Kind::Names(names) => {
                let named = names.iter().enumerate();
                named.map(|(place, name)| Tick { value: place as f64, label: name.clone() }).collect()
            }
        }
    }

    /// Whether names stand at it.
    pub(crate) const fn has_names(&self) -> bool {
        matches!(self.kind, Kind::Names(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(kind: Kind) -> Axis {
        Axis { kind, ..Axis::new("x".into()) }
    }

    #[test]
    fn an_axis_goes_around_its_values() {
        let linear = axis(Kind::Linear);
        assert_eq!(linear.scale([0.0, 10.0].into_iter()).ends(), (-0.5, 10.5));
        let zero = Axis { from_zero: true, ..axis(Kind::Linear) };
        assert_eq!(zero.scale([5.0, 10.0].into_iter()).ends(), (0.0, 10.5));
        assert_eq!(axis(Kind::Whole).scale([1.0, 3.0].into_iter()).ends(), (0.5, 3.5));
        let log = axis(Kind::Logarithmic);
        let scale = log.scale([0.1, 10.0, -5.0, 0.0, f64::NAN].into_iter());
        assert!((scale.place(1.0) - 0.5).abs() < 1e-12, "1 is in the middle between 0.1 and 10");
    }

    #[test]
    fn odd_values_have_an_axis() {
        for kind in [Kind::Linear, Kind::Logarithmic, Kind::Whole, Kind::Names(Vec::new())] {
            for values in [&[][..], &[0.0], &[7.0, 7.0], &[f64::NAN, f64::INFINITY], &[-1e299, 1e299], &[1e-299]] {
                let axis = axis(kind.clone());
                let (low, high) = axis.scale(values.iter().copied()).ends();
                assert!(low < high && low.is_finite() && high.is_finite(), "{kind:?}, {values:?}: {low} to {high}");
            }
        }
        let turned = Axis { range: Some((2.0, 1.0)), ..axis(Kind::Linear) };
        assert_eq!(turned.scale([0.0].into_iter()).ends(), (-0.5, 0.5));
    }
}
