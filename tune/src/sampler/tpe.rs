//! Search with tree-structured Parzen estimators.

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;
use std::sync::Arc;

use typednet_tensor::{Better, Key};

use super::parzen::{Density, Width};
use super::{Random, Sampler};
use crate::{Finished, Setting, Space, TuneError};

/// Learns from the trials so far where good settings lie (Bergstra, Bardenet, Bengio, Kégl, *Algorithms for
/// hyper-parameter optimization*, 2011).
///
/// The first [`start_up`](Tpe::start_up) = 10 trials are those of [`Random`] with the same seed. After n finished trials:
///
/// 1. The trials are ranked: complete ones by their loss, then pruned ones, those that came further and then those with
///    the lower loss first, then failed ones. The best min(⌈γ·n⌉, 25) with a loss are the good ones, with
///    [`gamma`](Tpe::gamma) γ = 0.2; all others are the bad ones.
/// 2. l(x) is the density of the good trials' settings and g(x) that of the bad ones', of all parameters together.
/// 3. [`candidates`](Tpe::candidates) = 24 settings are drawn from l. The expected improvement is proportional to
///    (γ + (1 − γ)·g(x)/l(x))⁻¹, so the candidate with the largest l(x)/g(x) is tried.
///
/// No settings are tried twice where others are left: in place of those that a finished trial has tried, the next best
/// candidates are, then new ones, then any that are left. So a study of a [space](Space::points) with few points ends when
/// all were tried. (With several threads, trials that run at one time may be alike.)
///
/// A density is a mixture with one kernel around each observed setting and a prior, and a kernel is a product over the d
/// parameters. The factor of a range is a normal distribution, cut off at the ends. Of m observations each has the
/// deviation 0.2·m^(−1/(d + 4)) of the range (Scott 1992), at least 1/min(100, m + 2) of it; the prior has its mean in
/// the middle and the range as its deviation. Logarithmic ranges are treated by their logarithms, whole numbers as
/// stretches of ½ to both sides. The factor of a choice is a smoothed count: with s = 1/(m + 1) it is (1 + s)/(1 + s·K)
/// for the observed one of the K values and s/(1 + s·K) for each other; the prior has 1/K for each. The prior and each of
/// the newest 25 observations weigh 1; older ones less, down to 1/m.
///
/// [`independent`](Tpe::independent) takes each parameter by itself instead, as the paper does: step 3 is done for each
/// with d = 1, and a deviation is the distance to the farther of the two neighbours (to the only one at an end). It is
/// weaker where the best value of one parameter depends on another, as that of a rate does on the batch size.
///
/// The details are those of Optuna's `TPESampler` with `multivariate=True`, or `False` for the independent form, with two
/// differences: its γ is 0.1, and it leaves failed trials out, which here are bad ones: where a rate makes losses
/// infinite, others are tried.
///
/// ```
/// use typednet_tune::{Space, Study, Tpe};
///
/// let space = Space::new().uniform("x", -10.0, 10.0)?.log_uniform("y", 1e-4, 1.0)?;
/// let results = Study::new(space, Tpe::new()).trials(60).quiet().run(|trial| {
///     let (x, y): (f64, f64) = (trial.get("x")?, trial.get("y")?);
///     Ok((x - 3.0).powi(2) + (y / 0.01).ln().powi(2))
/// })?;
/// assert!(results.best().loss() < Some(1.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tpe {
    start_up: usize,
    candidates: u64,
    gamma: f64,
    joint: bool,
}

/// No more trials than these are good ones.
const MOST_GOOD: usize = 25;

impl Tpe {
    /// Ten trials at the start, 24 candidates, γ = 0.2, all parameters together.
    pub const fn new() -> Self {
        Self { start_up: 10, candidates: 24, gamma: 0.2, joint: true }
    }

    /// How many trials are random before it learns; at least 1.
    #[must_use]
    pub const fn start_up(self, trials: usize) -> Self {
        Self { start_up: trials, ..self }
    }

    /// How many candidates are compared; at least 1.
    #[must_use]
    pub const fn candidates(self, candidates: u64) -> Self {
        Self { candidates, ..self }
    }

    /// The share of good trials γ, above 0 and below 1.
    #[must_use]
    pub const fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }

    /// Takes each parameter by itself.
    #[must_use]
    pub const fn independent(self) -> Self {
        Self { joint: false, ..self }
    }

    /// How many of n trials are good ones.
    fn good(&self, n: usize) -> usize {
        (1..MOST_GOOD).find(|good| *good as f64 >= self.gamma * n as f64).unwrap_or(MOST_GOOD)
    }
}

impl Default for Tpe {
    fn default() -> Self {
        Self::new()
    }
}

/// The better trial first.
fn rank(a: &Finished, b: &Finished) -> Ordering {
    let class = |trial: &Finished| (trial.loss().is_none(), !trial.is_pruned());
    let steps = |trial: &Finished| Reverse(trial.is_pruned().then(|| trial.reports.last().map(|report| report.0)));
    let loss = |trial: &Finished| trial.last_loss().unwrap_or(f64::NAN);
    let losses = Better::Lower.order(loss(a), loss(b));
    class(a).cmp(&class(b)).then(steps(a).cmp(&steps(b))).then(losses).then(a.index.cmp(&b.index))
}

impl Sampler for Tpe {
    fn sample(&self, space: &Space, known: &[Arc<Finished>], index: usize, key: Key) -> Vec<Setting> {
        let tried: HashSet<_> = known.iter().map(|trial| Setting::bits(&trial.settings)).collect();
        let is_new = |settings: &[Setting]| !tried.contains(&Setting::bits(settings));
        let first = self.propose(space, known, index, key, &is_new);
        if is_new(&first) {
            return first;
        }
        let others = (0..ATTEMPTS).map(|n| self.propose(space, known, index, key.child(u64::MAX - n), &is_new));
        if let Some(other) = others.into_iter().find(|settings| is_new(settings)) {
            return other;
        }
        // Of one point more than were tried, one is new.
        let points = space.points().unwrap_or(0);
        let begin = (key.bits(u64::MAX) % (points as u64).max(1)) as usize;
        let left = (0..points.min(tried.len() + 1)).map(|n| space.point((begin + n) % points));
        left.into_iter().find(|settings| is_new(settings)).unwrap_or(first)
    }

    fn learns(&self) -> bool {
        true
    }

    fn limit(&self, space: &Space) -> Result<Option<usize>, TuneError> {
        Ok(space.points())
    }

    fn check(&self, _space: &Space) -> Result<(), TuneError> {
        let refuse = |name, found, expected| Err(TuneError::Setting { name, found, expected });
        if self.start_up == 0 {
            return refuse("the sampler's start-up", 0.0, "at least 1 trial");
        }
        if self.candidates == 0 {
            return refuse("the number of candidates", 0.0, "at least 1");
        }
        if !(self.gamma > 0.0 && self.gamma < 1.0) {
            return refuse("gamma", self.gamma, "above 0 and below 1");
        }
        Ok(())
    }
}

/// How often settings are drawn anew where all candidates were tried.
const ATTEMPTS: u64 = 8;

impl Tpe {
    /// Settings for the next trial, which may have been tried.
    fn propose(
        &self,
        space: &Space,
        known: &[Arc<Finished>],
        index: usize,
        key: Key,
        is_new: &dyn Fn(&[Setting]) -> bool,
    ) -> Vec<Setting> {
        let mut ranked: Vec<&Finished> = known.iter().map(Arc::as_ref).collect();
        ranked.sort_by(|a, b| rank(a, b));
        let with_loss = ranked.iter().filter(|trial| !trial.is_failed()).count();
        if known.len() < self.start_up || with_loss == 0 {
            return Random::new().sample(space, known, index, key);
        }
        let (good, bad) = ranked.split_at_mut(self.good(known.len()).min(with_loss));
        good.sort_by_key(|trial| trial.index);
        bad.sort_by_key(|trial| trial.index);

        let good: Vec<&[Setting]> = good.iter().map(|trial| &*trial.settings).collect();
        let bad: Vec<&[Setting]> = bad.iter().map(|trial| &*trial.settings).collect();
        let (size, width) = if self.joint { (space.parameters().len(), Width::Scott) } else { (1, Width::Neighbours) };
        let best = |(place, parameters)| {
            let l = Density::of(parameters, place * size, &good, width);
            let g = Density::of(parameters, place * size, &bad, width);
            let key = key.child(place as u64);
            let candidates = (0..self.candidates).map(|n| l.draw(key.child(n)));
            let scored: Vec<_> =
                candidates.map(|settings| (l.ln_at(&settings) - g.ln_at(&settings), settings)).collect();
            // Of all parameters together, a candidate is known to be new.
            let wanted = |settings: &[Setting]| size < space.parameters().len() || is_new(settings);
            let new = Better::Higher.first_of(scored.iter().filter(|scored| wanted(&scored.1)), |(gain, _)| *gain);
            let best = new.or_else(|| Better::Higher.first_of(&scored, |(gain, _)| *gain));
            best.map_or_else(|| l.draw(key), |best| best.1.clone())
        };
        space.parameters().chunks(size).enumerate().flat_map(best).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    fn trial(index: usize, outcome: Outcome, reports: &[(u64, f64)]) -> Finished {
        Finished { index, settings: Vec::new(), outcome, reports: reports.to_vec(), seconds: 0.0 }
    }

    #[test]
    fn trials_are_ranked_by_loss_then_by_how_far_they_came() {
        let complete = |index, loss| trial(index, Outcome::Complete { loss }, &[(1, 0.0)]);
        let mut trials = [
            trial(0, Outcome::Failed { message: String::new() }, &[(9, 0.0)]),
            trial(1, Outcome::Pruned, &[(1, 0.1)]),
            trial(2, Outcome::Pruned, &[(1, 0.1), (2, 0.9)]),
            trial(3, Outcome::Pruned, &[(1, 0.1), (2, 0.8)]),
            complete(4, 5.0),
            complete(5, -1.0),
            complete(6, 5.0),
            trial(7, Outcome::Pruned, &[(2, f64::NAN)]),
        ];
        trials.sort_by(rank);
        assert_eq!(trials.map(|trial| trial.index), [5, 4, 6, 3, 2, 7, 1, 0]);
    }

    #[test]
    fn a_fifth_is_good_but_never_none_and_never_many() {
        assert_eq!([1, 5, 6, 100, 125, 1000].map(|n| Tpe::new().good(n)), [1, 1, 2, 20, 25, 25]);
    }

    #[test]
    fn where_trials_failed_others_are_tried() {
        let space = Space::new().uniform("x", 0.0, 1.0).expect("a space");
        let known: Vec<_> = (0..20)
            .map(|index| {
                let x = index as f64 / 20.0;
                let outcome =
                    if x > 0.5 { Outcome::Failed { message: String::new() } } else { Outcome::Complete { loss: 1.0 } };
                Arc::new(Finished { settings: vec![Setting::Number(x)], ..trial(index, outcome, &[]) })
            })
            .collect();
        let below = |sampler: &dyn Sampler| {
            let drawn = (0..200).map(|n| sampler.sample(&space, &known, 20, Key::new(n)));
            drawn.filter(|settings| matches!(settings[..], [Setting::Number(x)] if x <= 0.5)).count()
        };
        let random = below(&Random::new());
        assert!((80..120).contains(&random), "{random} of 200");
        for sampler in [Tpe::new(), Tpe::new().independent()] {
            let learned = below(&sampler);
            assert!(learned > 170, "{sampler:?}: {learned} of 200");
        }
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for (sampler, name) in [
            (Tpe::new().start_up(0), "the sampler's start-up"),
            (Tpe::new().candidates(0), "the number of candidates"),
            (Tpe::new().gamma(0.0), "gamma"),
            (Tpe::new().gamma(f64::NAN), "gamma"),
            (Tpe::new().gamma(1.0), "gamma"),
        ] {
            let error = sampler.check(&Space::new()).unwrap_err();
            assert!(matches!(error, TuneError::Setting { name: found, .. } if found == name), "{error}");
        }
    }
}
