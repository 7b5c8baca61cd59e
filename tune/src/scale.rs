//! The axes of a picture.

use crate::{Parameter, Range, Setting};

/// An axis: what stands where on it, and what is written beside it.
pub(crate) struct Scale {
    low: f64,
    high: f64,
    kind: Kind,
}

enum Kind {
    Linear,
    /// Places are decimal logarithms.
    Logarithmic,
    Whole,
    /// Place i is the i-th of these.
    Names(Vec<String>),
}

/// How many characters of a name there is room for, in all names of an axis together.
const ROOM: usize = 40;

impl Scale {
    /// The axis of losses: logarithmic if they are positive and far apart. There is room beyond both ends.
    pub(crate) fn of_losses(losses: impl Iterator<Item = f64>) -> Self {
        let (low, high) = losses.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), loss| (l.min(loss), h.max(loss)));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let (low, high, kind) = if low > 0.0 && high / low > 10.0 {
            (low.log10(), high.log10(), Kind::Logarithmic)
        } else {
            (low, high, Kind::Linear)
        };
        // Losses that are all alike stand in the middle; halves first, so that nothing overflows.
        let room = (0.08 * (high / 2.0 - low / 2.0)).max(1e-6 * low.abs().max(high.abs())).max(1e-300);
        Self { low: (low - room).max(f64::MIN), high: (high + room).min(f64::MAX), kind }
    }

    /// The axis of whole numbers from `low` to `high`.
    pub(crate) fn whole(low: f64, high: f64) -> Self {
        let room = (0.02 * (high - low)).max(0.5);
        Self { low: low - room, high: high + room, kind: Kind::Whole }
    }

    /// The axis of a parameter.
    pub(crate) fn of(parameter: &Parameter) -> Self {
        let wider = |low: f64, high: f64, kind| {
            let room = 0.03 * (high / 2.0 - low / 2.0);
            Self { low: (low - room).max(f64::MIN), high: (high + room).min(f64::MAX), kind }
        };
        match parameter.range() {
            Range::Uniform { low, high } => wider(*low, *high, Kind::Linear),
            Range::LogUniform { low, high } => wider(low.log10(), high.log10(), Kind::Logarithmic),
            Range::Integer { low, high } => Self::whole(*low as f64, *high as f64),
            Range::LogInteger { low, high } => {
                wider((*low as f64 - 0.4).log10(), (*high as f64 + 0.4).log10(), Kind::Logarithmic)
            }
            Range::Choice { values } => {
                let room = (ROOM / values.len()).max(3);
                let short = |name: String| {
                    if name.chars().count() <= room {
                        return name;
                    }
                    // The end tells variants of one network apart.
                    let end = (room - 1) / 2;
                    let skipped = name.chars().count() - end;
                    name.chars().take(room - 1 - end).chain(['…']).chain(name.chars().skip(skipped)).collect()
                };
                let names: Vec<String> = values.iter().map(|value| short(value.to_string())).collect();
                Self { low: -0.5, high: names.len() as f64 - 0.5, kind: Kind::Names(names) }
            }
        }
    }

    pub(crate) const fn low(&self) -> f64 {
        self.low
    }

    pub(crate) const fn high(&self) -> f64 {
        self.high
    }

    /// A setting as the number that [`to`](Scale::to) takes.
    pub(crate) const fn place(setting: Setting) -> f64 {
        match setting {
            Setting::Number(number) => number,
            Setting::Integer(integer) => integer as f64,
            Setting::Choice(place) => place as f64,
        }
    }

    /// Where a number stands.
    pub(crate) fn to(&self, number: f64) -> f64 {
        if matches!(self.kind, Kind::Logarithmic) { number.log10() } else { number }
    }

    /// About `count` places for labels.
    pub(crate) fn ticks(&self, count: usize) -> Vec<f64> {
        match &self.kind {
            Kind::Names(names) => (0..names.len()).map(|place| place as f64).collect(),
            Kind::Whole => self.steps(count, 1.0),
            Kind::Linear => self.steps(count, 0.0),
            Kind::Logarithmic if self.high - self.low >= 2.0 => self.steps(count, 1.0),
            Kind::Logarithmic => {
                let decades = self.low.floor() as i32..=self.high.ceil() as i32;
                let ticks = decades.flat_map(|decade| [1.0_f64, 2.0, 5.0].map(|x| x.log10() + f64::from(decade)));
                ticks.filter(|tick| self.low <= *tick && *tick <= self.high).collect()
            }
        }
    }

    /// The multiples of 1, 2 or 5 times a power of ten, at least `least`, of which there are at most about `count`.
    fn steps(&self, count: usize, least: f64) -> Vec<f64> {
        let rough = (self.high / count as f64 - self.low / count as f64).max(least);
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|x| x * power).into_iter().find(|step| *step >= 0.8 * rough);
        let step = step.unwrap_or(rough);
        let first = (self.low / step).ceil();
        (0..=2 * count).map(|i| (first + i as f64) * step).take_while(|tick| *tick <= self.high).collect()
    }

    /// What is written at a place.
    pub(crate) fn label(&self, place: f64) -> String {
        match &self.kind {
            Kind::Names(names) => (0..)
                .zip(names)
                .find(|(at, _)| f64::from(*at) >= place - 0.5)
                .map_or_else(String::new, |at| at.1.clone()),
            Kind::Whole => format!("{place:.0}"),
            Kind::Logarithmic => plain(10_f64.powf(place)),
            Kind::Linear => plain(if place.abs() < 1e-9 * (self.high - self.low) { 0.0 } else { place }),
        }
    }
}

/// A number with up to three significant digits and no zeros at its end.
fn plain(number: f64) -> String {
    let scientific = format!("{number:.3e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    match exponent {
        -3..=2 => {
            let text = format!("{number:.*}", usize::try_from(3 - exponent).unwrap_or(1));
            trim(&text)
        }
        3..=4 => format!("{number:.0}"),
        _ => format!("{}e{exponent}", trim(digits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Space;

    fn labels(scale: &Scale, count: usize) -> Vec<String> {
        scale.ticks(count).into_iter().map(|tick| scale.label(tick)).collect()
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        assert_eq!(
            labels(&Scale::whole(0.0, 49.0), 10),
            ["0", "5", "10", "15", "20", "25", "30", "35", "40", "45", "50"][..10]
        );
        assert_eq!(labels(&Scale::whole(0.0, 2.0), 10), ["0", "1", "2"]);
        assert_eq!(labels(&Scale::of_losses([0.06, 0.5].into_iter()), 6), ["0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(labels(&Scale::of_losses([0.001, 20.0].into_iter()), 6), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&Scale::of_losses([0.9, 40.0].into_iter()), 6), ["1", "2", "5", "10", "20", "50"][..5]);
        let space = Space::new().log_uniform("l", 1e-4, 1e-1).and_then(|space| space.choice("c", ["a", "b"]));
        let space = space.expect("a space");
        assert_eq!(labels(&Scale::of(&space.parameters()[0]), 5), ["1e-4", "0.001", "0.01", "0.1"]);
        assert_eq!(labels(&Scale::of(&space.parameters()[1]), 5), ["a", "b"]);
        let names = ["Shallow<64>", "Dropped<64>", "Dropped<128>", "Linear", "Deep", "Deeper"];
        let space = Space::new().choice("c", names).expect("a space");
        assert_eq!(
            labels(&Scale::of(&space.parameters()[0]), 5),
            ["Sha…4>", "Dro…4>", "Dro…8>", "Linear", "Deep", "Deeper"]
        );
    }

    #[test]
    fn odd_losses_have_an_axis() {
        for losses in [&[][..], &[0.0], &[3.0, 3.0], &[-1e308, 1e308], &[1e-320], &[1e-300, 1e300]] {
            let scale = Scale::of_losses(losses.iter().copied());
            assert!(scale.low() < scale.high() && scale.low().is_finite() && scale.high().is_finite(), "{losses:?}");
            assert!(scale.ticks(6).len() <= 13);
        }
    }
}
