//! Densities estimated from a few settings of one parameter (Parzen 1962).

use libm::erfc;
use typednet_tensor::Key;

use super::unit;
use crate::{Parameter, Setting};

/// How much the prior weighs, where an observation weighs at most 1.
const PRIOR: f64 = 1.0;

/// The estimated density of settings of one or several parameters: a mixture of products of kernels, one for each
/// observation, and a prior.
pub(super) struct Density<'a> {
    weights: Vec<f64>,
    factors: Vec<Factor<'a>>,
}

/// The kernels of one parameter, in the order of the observations, the prior last.
enum Factor<'a> {
    /// Normal distributions, each cut off at the ends of the range.
    Line { parameter: &'a Parameter, ends: (f64, f64), kernels: Vec<Kernel> },
    /// The observed values, each spread a little over the others too.
    Choice { values: usize, observed: Vec<Option<usize>>, spread: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Kernel {
    mean: f64,
    deviation: f64,
}

/// How wide kernels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// As far as the neighbours are.
    Neighbours,
    /// By the number of observations n and of parameters d: 0.2·n^(−1/(d + 4)) of the range (Scott 1992).
    Scott,
}

/// The weights of n observations in the order of their trials: 1 for each of the last 25, and from 1/n up to 1 for those
/// before.
fn weights(n: usize) -> impl Iterator<Item = f64> {
    let ramp = n.saturating_sub(25);
    let (first, steps) = (1.0 / n as f64, ramp.saturating_sub(1).max(1) as f64);
    (0..n).map(move |i| if i < ramp { first + (1.0 - first) * i as f64 / steps } else { 1.0 })
}

impl<'a> Density<'a> {
    /// The density of `parameters`, which begin at place `from` of the trials' settings; the trials are in the order of
    /// their numbers.
    pub(super) fn of(parameters: &'a [Parameter], from: usize, trials: &[&[Setting]], width: Width) -> Self {
        let total = weights(trials.len()).sum::<f64>() + PRIOR;
        let weights = weights(trials.len()).chain([PRIOR]).map(|weight| weight / total).collect();
        let factor = |(place, parameter): (usize, &'a Parameter)| {
            let settings = trials.iter().map(|settings| settings[from + place]);
            if let Some(ends) = parameter.line() {
                let places: Vec<f64> = settings.map(|setting| parameter.on_line(setting).0).collect();
                return Factor::Line { parameter, ends, kernels: kernels(places, ends, width, parameters.len()) };
            }
            let observed =
                settings.map(|setting| if let Setting::Choice(place) = setting { Some(place) } else { None });
            let observed = observed.chain([None]).collect();
            Factor::Choice { values: parameter.choices(), observed, spread: PRIOR / (trials.len() + 1) as f64 }
        };
        Self { weights, factors: parameters.iter().enumerate().map(factor).collect() }
    }

    /// Settings drawn from the density.
    pub(super) fn draw(&self, key: Key) -> Vec<Setting> {
        let kernel = pick(self.weights.iter().copied(), unit(key, 0));
        (1..).zip(&self.factors).map(|(place, factor)| factor.draw(kernel, key.child(place))).collect()
    }

    /// The logarithm of the density at settings: per unit of each line, or the chance of a whole number or a choice.
    pub(super) fn ln_at(&self, settings: &[Setting]) -> f64 {
        let term = |(kernel, weight): (usize, &f64)| {
            let factors = self.factors.iter().zip(settings).map(|(factor, setting)| factor.at(kernel, *setting).ln());
            weight.ln() + factors.sum::<f64>()
        };
        let terms: Vec<f64> = self.weights.iter().enumerate().map(term).collect();
        let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        largest + terms.iter().map(|term| (term - largest).exp()).sum::<f64>().ln()
    }
}

impl Factor<'_> {
    fn draw(&self, kernel: usize, key: Key) -> Setting {
        match self {
            Self::Line { parameter, ends: (low, high), kernels } => {
                let Kernel { mean, deviation } = kernels[kernel];
                // At least one in three is inside: the mean is, and no deviation is longer than the range.
                let inside = (0..1000)
                    .map(|n| mean + deviation * key.normal::<f64>(n))
                    .find(|place| low <= place && place <= high);
                parameter.setting_on_line(inside.unwrap_or(mean))
            }
            Self::Choice { values, .. } => {
                let chances = (0..*values).map(|value| self.at(kernel, Setting::Choice(value)));
                Setting::Choice(pick(chances, unit(key, 0)))
            }
        }
    }

    fn at(&self, kernel: usize, setting: Setting) -> f64 {
        match (self, setting) {
            (Self::Line { parameter, ends, kernels }, setting) => {
                let (place, own) = parameter.on_line(setting);
                kernels[kernel].at(place, own, *ends)
            }
            (Self::Choice { values, observed, spread }, Setting::Choice(value)) => match observed[kernel] {
                Some(seen) => (f64::from(seen == value) + spread) / (1.0 + spread * *values as f64),
                None => 1.0 / *values as f64,
            },
            _ => 0.0,
        }
    }
}

/// One kernel at each place, and a wide one in the middle as a prior.
///
/// A deviation is the distance to the farther neighbour, the prior's mean counting as one; where a neighbour is missing,
/// to the nearer. Or it follows from the numbers of places and of parameters. It is at least 1/min(100, n + 2) of the
/// range for n places, and at most the range.
fn kernels(mut places: Vec<f64>, (low, high): (f64, f64), width: Width, parameters: usize) -> Vec<Kernel> {
    let (middle, range, count) = (f64::midpoint(low, high), high - low, places.len());
    let least = range / (count as f64 + 2.0).min(100.0);
    places.push(middle);
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let mut kernels = vec![Kernel { mean: middle, deviation: range }; places.len()];
    for (rank, &place) in order.iter().enumerate().filter(|(_, place)| **place != count) {
        let mean = places[place];
        let gap = |other: Option<&usize>| other.map_or(0.0, |other| (places[*other] - mean).abs());
        let wide = match width {
            Width::Neighbours => {
                gap(rank.checked_sub(1).and_then(|rank| order.get(rank))).max(gap(order.get(rank + 1)))
            }
            Width::Scott => 0.2 * range * (count as f64).powf(-1.0 / (parameters as f64 + 4.0)),
        };
        kernels[place] = Kernel { mean, deviation: wide.clamp(least, range) };
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

    fn density<'a>(parameter: &'a Parameter, settings: &[Setting], width: Width) -> Density<'a> {
        let trials: Vec<&[Setting]> = settings.iter().map(std::slice::from_ref).collect();
        Density::of(std::slice::from_ref(parameter), 0, &trials, width)
    }

    #[test]
    fn densities_have_mass_1() {
        for (parameter, width) in space().parameters().iter().zip([Width::Neighbours, Width::Scott].into_iter().cycle())
        {
            for count in [0, 1, 2, 7, 40] {
                let density = density(parameter, &settings(parameter, count), width);
                let at = |setting| density.ln_at(&[setting]).exp();
                let steps = 20_000;
                let sum: f64 = match (parameter.line(), parameter.name()) {
                    (Some((low, high)), "u" | "l") => (0..steps)
                        .map(|i| low + (high - low) * (f64::from(i) + 0.5) / f64::from(steps))
                        .map(|place| at(parameter.setting_on_line(place)) * (high - low) / f64::from(steps))
                        .sum(),
                    (_, "i") => (3..=9).map(|i| at(Setting::Integer(i))).sum(),
                    (_, "w") => (1..=20).map(|i| at(Setting::Integer(i))).sum(),
                    _ => (0..3).map(|i| at(Setting::Choice(i))).sum(),
                };
                assert!((sum - 1.0).abs() < 1e-6, "{parameter}, {count} settings: {sum}");
            }
        }
    }

    #[test]
    fn draws_follow_the_density() {
        for parameter in &space().parameters()[2..] {
            let density = density(parameter, &settings(parameter, 5), Width::Scott);
            let draws: Vec<Setting> = (0..20_000).map(|n| density.draw(Key::new(1).child(n))[0]).collect();
            for u in 0..50 {
                let setting = parameter.at(f64::from(u) / 50.0);
                let share = draws.iter().filter(|draw| **draw == setting).count() as f64 / draws.len() as f64;
                let expected = density.ln_at(&[setting]).exp();
                assert!((share - expected).abs() < 0.015, "{parameter}, {setting:?}: {share} for {expected}");
            }
        }
    }

    /// Two choices that go together, and two whole numbers: the draws of all four pairs, and the sum over all pairs.
    #[test]
    fn parameters_together_are_drawn_together() {
        let space = Space::new().choice("a", [0, 1]).and_then(|space| space.integer("b", 0, 1)).expect("a space");
        let pair = |a: usize, b: i64| [Setting::Choice(a), Setting::Integer(b)];
        let pairs = [pair(0, 0), pair(0, 1), pair(1, 0), pair(1, 1)];
        let trials: Vec<&[Setting]> = (0..20).map(|i| &pairs[if i % 2 == 0 { 0 } else { 3 }][..]).collect();
        let density = Density::of(space.parameters(), 0, &trials, Width::Scott);
        let chances = pairs.map(|pair| density.ln_at(&pair).exp());
        assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{chances:?}");
        assert!(chances[0] > 2.0 * chances[1] && chances[3] > 2.0 * chances[2], "{chances:?}");
        let draws: Vec<Vec<Setting>> = (0..20_000).map(|n| density.draw(Key::new(2).child(n))).collect();
        for (pair, chance) in pairs.iter().zip(chances) {
            let share = draws.iter().filter(|draw| draw[..] == pair[..]).count() as f64 / draws.len() as f64;
            assert!((share - chance).abs() < 0.015, "{pair:?}: {share} for {chance}");
        }
    }

    /// Places 1, 2 and 4 in a range from 0 to 12, whose middle is 6: the neighbours' distances, at least 12/5.
    #[test]
    fn deviations_reach_the_farther_neighbour() {
        let found = kernels(vec![4.0, 1.0, 2.0], (0.0, 12.0), Width::Neighbours, 1);
        let shape = |kernel: &Kernel| (kernel.mean, kernel.deviation);
        assert_eq!(found.iter().map(shape).collect::<Vec<_>>(), [(4.0, 2.4), (1.0, 2.4), (2.0, 2.4), (6.0, 12.0)]);
        let found = kernels(vec![0.0, 12.0, 5.0], (0.0, 12.0), Width::Neighbours, 1);
        assert_eq!(found.iter().map(shape).collect::<Vec<_>>(), [(0.0, 5.0), (12.0, 6.0), (5.0, 5.0), (6.0, 12.0)]);
    }

    /// 0.2·32^(−1/5) = 0.1 for 32 observations of one parameter.
    #[test]
    fn deviations_by_the_number_of_observations() {
        let found = kernels(vec![3.0; 32], (0.0, 10.0), Width::Scott, 1);
        assert!(found[..32].iter().all(|kernel| (kernel.deviation - 1.0).abs() < 1e-12), "{:?}", found[0]);
        assert_eq!(found[32], Kernel { mean: 5.0, deviation: 10.0 });
        let found = kernels(vec![3.0; 2], (0.0, 10.0), Width::Scott, 1);
        assert_eq!(found[0].deviation.to_bits(), 2.5_f64.to_bits(), "at least a quarter of the range");
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
        let density = density(&space.parameters()[4], &[Setting::Choice(1); 3], Width::Scott);
        // Weights ¼ for each observation and the prior; an observation's row is (1 + ¼, ¼, ¼) / (1 + ¾).
        let own = 0.75 * (1.25 / 1.75) + 0.25 / 3.0;
        let other = 0.75 * (0.25 / 1.75) + 0.25 / 3.0;
        for (value, expected) in [other, own, other].into_iter().enumerate() {
            let chance = density.ln_at(&[Setting::Choice(value)]).exp();
            assert!((chance - expected).abs() < 1e-12, "{chance} for {expected}");
        }
    }
}
