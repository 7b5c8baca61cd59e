//! Densities estimated from a few settings of one parameter (Parzen 1962).

use libm::erfc;
use typednet_tensor::Key;

use super::unit;
use crate::{Parameter, Setting};

/// How much the prior weighs, where an observation weighs at most 1.
const PRIOR: f64 = 1.0;

/// The estimated density of one parameter's settings.
pub(super) enum Density<'a> {
    /// A mixture of normal distributions, each cut off at the ends of the range.
    Line { parameter: &'a Parameter, ends: (f64, f64), kernels: Vec<Kernel> },
    /// The chance of each of the listed values.
    Choice(Vec<f64>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Kernel {
    weight: f64,
    mean: f64,
    deviation: f64,
}

/// The weights of n observations in the order of their trials: 1 for each of the last 25, and from 1/n up to 1 for those
/// before.
fn weights(n: usize) -> impl Iterator<Item = f64> {
    let ramp = n.saturating_sub(25);
    let (first, steps) = (1.0 / n as f64, ramp.saturating_sub(1).max(1) as f64);
    (0..n).map(move |i| if i < ramp { first + (1.0 - first) * i as f64 / steps } else { 1.0 })
}

impl<'a> Density<'a> {
    /// The density of settings, which are in the order of their trials.
    pub(super) fn of(parameter: &'a Parameter, settings: &[Setting]) -> Self {
        let total = weights(settings.len()).sum::<f64>() + PRIOR;
        let weighted = settings.iter().zip(weights(settings.len()).map(|weight| weight / total));
        let prior = PRIOR / total;
        match (parameter.line(), parameter.choices()) {
            (Some(ends), _) => {
                let places = weighted.map(|(setting, weight)| (parameter.on_line(*setting).0, weight)).collect();
                Self::Line { parameter, ends, kernels: kernels(places, prior, ends) }
            }
            (None, choices) => {
                // Each observation is spread a little over the other values too.
                let spread = PRIOR / (settings.len() + 1) as f64;
                let sum = 1.0 + spread * choices as f64;
                let mut shares = vec![prior / choices as f64; choices];
                for (setting, weight) in weighted {
                    for (place, share) in shares.iter_mut().enumerate() {
                        let own = if *setting == Setting::Choice(place) { 1.0 } else { 0.0 };
                        *share += weight * (own + spread) / sum;
                    }
                }
                Self::Choice(shares)
            }
        }
    }

    /// A setting drawn from the density.
    pub(super) fn draw(&self, key: Key) -> Setting {
        match self {
            Self::Line { parameter, ends: (low, high), kernels } => {
                let place = pick(kernels.iter().map(|kernel| kernel.weight), unit(key, 0));
                let Kernel { mean, deviation, .. } = kernels[place];
                // At least one in three is inside: the mean is, and no deviation is longer than the range.
                let inside = (0..1000)
                    .map(|n| mean + deviation * key.child(1).normal::<f64>(n))
                    .find(|place| low <= place && place <= high);
                parameter.setting_on_line(inside.unwrap_or(mean))
            }
            Self::Choice(shares) => Setting::Choice(pick(shares.iter().copied(), unit(key, 0))),
        }
    }

    /// The density at a setting: per unit of the line, or the chance of a whole number or a choice.
    pub(super) fn at(&self, setting: Setting) -> f64 {
        match self {
            Self::Line { parameter, ends, kernels } => {
                let (place, own) = parameter.on_line(setting);
                kernels.iter().map(|kernel| kernel.weight * kernel.at(place, own, *ends)).sum()
            }
            Self::Choice(shares) => match setting {
                Setting::Choice(place) => shares[place],
                _ => 0.0,
            },
        }
    }
}

/// One kernel at each place, and a wide one in the middle as a prior.
///
/// A deviation is the distance to the farther neighbour, the prior's mean counting as one; where a neighbour is missing,
/// to the nearer. It is at least 1/min(100, n + 2) of the range for n places, and at most the range.
fn kernels(mut places: Vec<(f64, f64)>, prior: f64, (low, high): (f64, f64)) -> Vec<Kernel> {
    let (middle, range) = (f64::midpoint(low, high), high - low);
    let least = range / (places.len() as f64 + 2.0).min(100.0);
    let own = places.len();
    places.push((middle, prior));
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].0.total_cmp(&places[*b].0));
    let mut kernels = vec![Kernel { weight: prior, mean: middle, deviation: range }; places.len()];
    for (rank, &place) in order.iter().enumerate() {
        let (mean, weight) = places[place];
        let gap = |other: Option<&usize>| other.map(|other| (places[*other].0 - mean).abs());
        let (before, after) = (gap(rank.checked_sub(1).and_then(|rank| order.get(rank))), gap(order.get(rank + 1)));
        if place != own {
            let gap = before.unwrap_or(0.0).max(after.unwrap_or(0.0));
            kernels[place] = Kernel { weight, mean, deviation: gap.clamp(least, range) };
        }
    }
    kernels
}

impl Kernel {
    /// The density at a place, or the mass of a stretch.
    fn at(&self, place: f64, own: Option<(f64, f64)>, (low, high): (f64, f64)) -> f64 {
        let z = |x: f64| (x - self.mean) / self.deviation;
        let inside = mass(z(low), z(high));
        if let Some((from, to)) = own {
            return mass(z(from), z(to)) / inside;
        }
        let density = (-0.5 * z(place) * z(place)).exp() / std::f64::consts::TAU.sqrt();
        density / (self.deviation * inside)
    }
}

/// The mass of the standard normal distribution from `from` to `to`, exact in both tails.
fn mass(from: f64, to: f64) -> f64 {
    let above = |z: f64| 0.5 * erfc(z * std::f64::consts::FRAC_1_SQRT_2);
    if from > 0.0 { above(from) - above(to) } else { above(-to) - above(-from) }
}

/// The place where the running sum of `weights`, whose sum is 1, passes `u`.
fn pick(weights: impl Iterator<Item = f64> + Clone, u: f64) -> usize {
    let mut sum = 0.0;
    let last = weights.clone().count() - 1;
    weights
        .take(last)
        .position(|weight| {
            sum += weight;
            u < sum
        })
        .unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Space;

    fn space() -> Space {
        Space::new()
            .uniform("u", -1.0, 3.0)
            .and_then(|space| space.log_uniform("l", 1e-4, 1e-1))
            .and_then(|space| space.integer("i", 3, 9))
            .and_then(|space| space.log_integer("w", 1, 20))
            .and_then(|space| space.choice("c", ["a", "b", "c"]))
            .expect("a space")
    }

    /// Settings at some shares of each range, as trials would have them.
    fn settings(parameter: &Parameter, count: usize) -> Vec<Setting> {
        (0..count).map(|i| parameter.at((0.1 + 0.37 * i as f64).fract())).collect()
    }

    #[test]
    fn densities_have_mass_1() {
        for parameter in space().parameters() {
            for count in [0, 1, 2, 7, 40] {
                let density = Density::of(parameter, &settings(parameter, count));
                let steps = 20_000;
                let sum: f64 = match (parameter.line(), parameter.name()) {
                    (Some((low, high)), "u" | "l") => (0..steps)
                        .map(|i| low + (high - low) * (f64::from(i) + 0.5) / f64::from(steps))
                        .map(|place| density.at(parameter.setting_on_line(place)) * (high - low) / f64::from(steps))
                        .sum(),
                    (_, "i") => (3..=9).map(|i| density.at(Setting::Integer(i))).sum(),
                    (_, "w") => (1..=20).map(|i| density.at(Setting::Integer(i))).sum(),
                    _ => (0..3).map(|i| density.at(Setting::Choice(i))).sum(),
                };
                assert!((sum - 1.0).abs() < 1e-6, "{parameter}, {count} settings: {sum}");
            }
        }
    }

    #[test]
    fn draws_follow_the_density() {
        for parameter in &space().parameters()[2..] {
            let density = Density::of(parameter, &settings(parameter, 5));
            let draws: Vec<Setting> = (0..20_000).map(|n| density.draw(Key::new(1).child(n))).collect();
            for u in 0..50 {
                let setting = parameter.at(f64::from(u) / 50.0);
                let share = draws.iter().filter(|draw| **draw == setting).count() as f64 / draws.len() as f64;
                let expected = density.at(setting);
                assert!((share - expected).abs() < 0.015, "{parameter}, {setting:?}: {share} for {expected}");
            }
        }
    }

    /// Places 1, 2 and 4 in a range from 0 to 12, whose middle is 6: the neighbours' distances, at least 12/5.
    #[test]
    fn deviations_reach_the_farther_neighbour() {
        let found = kernels(vec![(4.0, 0.25), (1.0, 0.25), (2.0, 0.25)], 0.25, (0.0, 12.0));
        let shape = |kernel: &Kernel| (kernel.mean, kernel.deviation);
        assert_eq!(found.iter().map(shape).collect::<Vec<_>>(), [(4.0, 2.4), (1.0, 2.4), (2.0, 2.4), (6.0, 12.0)]);
        let found = kernels(vec![(0.0, 0.25), (12.0, 0.25), (5.0, 0.25)], 0.25, (0.0, 12.0));
        assert_eq!(found.iter().map(shape).collect::<Vec<_>>(), [(0.0, 5.0), (12.0, 6.0), (5.0, 5.0), (6.0, 12.0)]);
    }

    #[test]
    fn old_observations_weigh_less() {
        assert_eq!(weights(25).collect::<Vec<_>>(), [1.0; 25]);
        let found: Vec<f64> = weights(28).collect();
        assert_eq!(found[3..], [1.0; 25]);
        assert!((found[0] - 1.0 / 28.0).abs() < 1e-12 && found[1] < found[2] && found[2] <= 1.0);
        assert_eq!(weights(0).count(), 0);
    }

    #[test]
    fn a_choice_that_was_good_is_more_likely_but_none_is_ruled_out() {
        let space = space();
        let parameter = &space.parameters()[4];
        let Density::Choice(shares) = Density::of(parameter, &[Setting::Choice(1); 3]) else { panic!("a choice") };
        // Weights ¼ for each observation and the prior; an observation's row is (1 + ¼, ¼, ¼) / (1 + ¾).
        let own = 0.75 * (1.25 / 1.75) + 0.25 / 3.0;
        let other = 0.75 * (0.25 / 1.75) + 0.25 / 3.0;
        for (share, expected) in shares.iter().zip([other, own, other]) {
            assert!((share - expected).abs() < 1e-12, "{shares:?}");
        }
    }
}
