//! Entries of a vocabulary drawn from what a network thinks of them.

use core::error::Error;
use core::fmt;

use typednet_tensor::{Key, Scalar, Token, debug_as_display};

/// How the next token is drawn from the probabilities that a network gives: temperature, then the `k` likeliest, then the likeliest
/// that have the share `p` together (Holtzman and others 2020: nucleus sampling). Unless told otherwise each token is drawn with its
/// own probability.
///
/// ```
/// use typednet_layers::Sampling;
/// use typednet_tensor::Key;
///
/// let sampler = Sampling::new().temperature(0.5).top_k(2).build()?;
/// let mut next = [0.1_f32, 0.6, 0.3];
/// let token = sampler.draw(&mut next, Key::new(7))?;
/// // What it was drawn from: of the two likeliest, squared.
/// assert!(next[0] == 0.0 && (next[1] - 0.8).abs() < 1e-6 && (next[2] - 0.2).abs() < 1e-6);
/// assert!(next[token.index()] > 0.0);
/// # Ok::<(), typednet_layers::SamplingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    temperature: f64,
    top_k: usize,
    top_p: f64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self::new()
    }
}

impl Sampling {
    /// Each token with its own probability.
    pub const fn new() -> Self {
        Self { temperature: 1.0, top_k: usize::MAX, top_p: 1.0 }
    }

    /// Always the likeliest token, the first of equally likely ones.
    pub const fn greedy() -> Self {
        Self::new().temperature(0.0)
    }

    /// Probabilities p become p^(1/τ), with the sum 1 again: softmax(z/τ) where p was softmax(z). Below 1 likely tokens become
    /// likelier, above 1 rare ones; 0 is [`greedy`](Self::greedy).
    #[must_use]
    pub const fn temperature(self, temperature: f64) -> Self {
        Self { temperature, ..self }
    }

    /// Only the `k` likeliest.
    #[must_use]
    pub const fn top_k(self, k: usize) -> Self {
        Self { top_k: k, ..self }
    }

    /// Only as many of the likeliest as have the share `p` of what is left together, at least one.
    #[must_use]
    pub const fn top_p(self, p: f64) -> Self {
        Self { top_p: p, ..self }
    }

    /// What draws in this way.
    ///
    /// # Errors
    /// If the temperature is negative or not finite, `k` is 0, or `p` is not greater than 0 and at most 1.
    pub fn build(self) -> Result<Sampler, SamplingError> {
        let Self { temperature, top_k, top_p } = self;
        if !(temperature.is_finite() && temperature >= 0.0) {
            return Err(SamplingError::Temperature { found: temperature });
        }
        if top_k == 0 {
            return Err(SamplingError::TopK);
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return Err(SamplingError::TopP { found: top_p });
        }
        Ok(Sampler(self))
    }
}

/// What draws tokens; made by [`Sampling::build`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler(Sampling);

impl Sampler {
    /// A token, drawn with `key`: the same key and probabilities give the same token. `probabilities` become those that it was
    /// drawn from; they need not have the sum 1 before. Nothing is allocated.
    ///
    /// # Errors
    /// If a probability is negative or not finite, or none is greater than 0.
    pub fn draw<T: Scalar, const V: usize>(
        &self,
        probabilities: &mut [T; V],
        key: Key,
    ) -> Result<Token<V>, SamplingError> {
        let Sampling { temperature, top_k, top_p } = self.0;
        let wrong = |p: &T| !(p.is_finite() && *p >= T::ZERO);
        if let Some(token) = probabilities.iter().position(wrong) {
            return Err(SamplingError::Probability { token, found: probabilities[token].to_f64_exact() });
        }
        let most = probabilities.iter().fold(T::ZERO, |most, p| if *p > most { *p } else { most });
        if most <= T::ZERO {
            return Err(SamplingError::Nothing);
        }
        if temperature == 0.0 {
            keep(probabilities, most, |kept| kept.count >= 1);
        } else {
            let exponent = T::of(1.0 / temperature);
            for p in probabilities.iter_mut() {
                // By the largest, which stays 1, so that no temperature makes all of them 0.
                *p /= most;
                // 0 stays 0, whose power is 1 where the exponent is too small for the type.
                if *p > T::ZERO && (exponent < T::one() || exponent > T::one()) {
                    *p = p.powf(exponent);
                }
            }
            if top_k < V {
                let least = threshold(probabilities, |kept| kept.count >= top_k);
                keep(probabilities, least, |kept| kept.count >= top_k);
            }
            if top_p < 1.0 {
                let enough = top_p * sum(probabilities);
                let least = threshold(probabilities, |kept| kept.sum >= enough);
                keep(probabilities, least, |kept| kept.sum >= enough);
            }
        }
        let total = sum(probabilities);
        for p in probabilities.iter_mut() {
            *p = T::of(p.to_f64_exact() / total);
        }
        Ok(drawn(probabilities, key.uniform::<f64>(0)))
    }
}

/// The token at which the running sum of the probabilities passes the share `at`, from 0 to 1, of their sum.
fn drawn<T: Scalar, const V: usize>(probabilities: &[T; V], at: f64) -> Token<V> {
    let (mut rest, mut last) = (at * sum(probabilities), None);
    for (token, p) in Token::all().zip(probabilities).filter(|(_, p)| **p > T::ZERO) {
        rest -= p.to_f64_exact();
        last = Some(token);
        if rest < 0.0 {
            break;
        }
    }
    // Rounding may leave a little beyond the last one.
    last.unwrap_or_default()
}

/// How many entries there are, and their sum.
#[derive(Clone, Copy)]
struct Kept {
    count: usize,
    sum: f64,
}

impl Kept {
    const NONE: Self = Self { count: 0, sum: 0.0 };

    fn and<T: Scalar>(self, p: T) -> Self {
        Self { count: self.count + 1, sum: self.sum + p.to_f64_exact() }
    }
}

fn sum<T: Scalar>(probabilities: &[T]) -> f64 {
    probabilities.iter().map(|p| p.to_f64_exact()).sum()
}

/// The largest number for which those that are not smaller are `enough`: the least of the likeliest entries that are kept. It is
/// found by halving the bits, whose order is that of numbers that are not negative; so nothing is sorted and no memory is needed.
fn threshold<T: Scalar>(probabilities: &[T], enough: impl Fn(Kept) -> bool) -> T {
    let kept = |least: f64| {
        let kept = probabilities.iter().filter(|p| p.to_f64_exact() >= least);
        kept.fold(Kept::NONE, |kept, p| kept.and(*p))
    };
    let (mut low, mut high) = (0, 1.0_f64.to_bits() + 1);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if enough(kept(f64::from_bits(middle))) { low = middle } else { high = middle }
    }
    T::of(f64::from_bits(low))
}

/// Makes all entries 0 but those greater than `least`, and of those equal to it the first ones until all are `enough`.
fn keep<T: Scalar>(probabilities: &mut [T], least: T, enough: impl Fn(Kept) -> bool) {
    let greater = probabilities.iter().filter(|p| **p > least);
    let mut kept = greater.fold(Kept::NONE, |kept, p| kept.and(*p));
    for p in probabilities {
        if *p > least {
            continue;
        }
        if *p < least || enough(kept) {
            *p = T::ZERO;
        } else {
            kept = kept.and(*p);
        }
    }
}

/// A setting that makes no sense, or probabilities that are none.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum SamplingError {
    /// A temperature below 0, or not finite.
    Temperature {
        /// The temperature.
        found: f64,
    },
    /// None of the likeliest tokens was to be kept.
    TopK,
    /// A share that is not greater than 0, or greater than 1.
    TopP {
        /// The share.
        found: f64,
    },
    /// A probability that is negative or not finite.
    Probability {
        /// The number of the token.
        token: usize,
        /// Its probability.
        found: f64,
    },
    /// No probability is greater than 0.
    Nothing,
}

impl fmt::Display for SamplingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Temperature { found } => {
                write!(f, "the temperature is {found}, but it must be a finite number that is not negative")
            }
            Self::TopK => f.write_str("of the likeliest tokens 0 are to be kept, but there must be 1 or more"),
            Self::TopP { found } => {
                write!(f, "the share of the likeliest tokens is {found}, but it must be greater than 0 and at most 1")
            }
            Self::Probability { token, found } => write!(
                f,
                "the probability of token {token} is {found}: expected numbers that are not negative, such as a softmax gives"
            ),
            Self::Nothing => f.write_str("no token has a probability greater than 0"),
        }
    }
}

debug_as_display!(SamplingError);

impl Error for SamplingError {}

#[cfg(test)]
mod tests {
    use super::*;

    const P: [f64; 5] = [0.1, 0.3, 0.05, 0.3, 0.25];

    fn after(sampling: Sampling) -> [f64; 5] {
        let mut p = P;
        sampling.build().expect("settings").draw(&mut p, Key::new(1)).expect("a token");
        p
    }

    fn near(found: [f64; 5], expected: [f64; 5]) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?} for {expected:?}");
    }

    #[test]
    fn the_likeliest_are_kept() {
        near(after(Sampling::new()), P);
        near(after(Sampling::greedy()), [0.0, 1.0, 0.0, 0.0, 0.0]);
        near(after(Sampling::new().top_k(1)), [0.0, 1.0, 0.0, 0.0, 0.0]);
        near(after(Sampling::new().top_k(2)), [0.0, 0.5, 0.0, 0.5, 0.0]);
        near(after(Sampling::new().top_k(3)), [0.0, 0.3 / 0.85, 0.0, 0.3 / 0.85, 0.25 / 0.85]);
        near(after(Sampling::new().top_k(9)), P);
        // 0.3 and 0.3 are 0.6; a little more takes the next.
        near(after(Sampling::new().top_p(0.6 - 1e-9)), [0.0, 0.5, 0.0, 0.5, 0.0]);
        near(after(Sampling::new().top_p(0.6 + 1e-9)), [0.0, 0.3 / 0.85, 0.0, 0.3 / 0.85, 0.25 / 0.85]);
        near(after(Sampling::new().top_p(1e-9)), [0.0, 1.0, 0.0, 0.0, 0.0]);
        // Of the three likeliest the share 0.5 of 0.85.
        near(after(Sampling::new().top_k(3).top_p(0.5)), [0.0, 0.5, 0.0, 0.5, 0.0]);
        let squares = P.map(|p| p * p / P.iter().map(|p| p * p).sum::<f64>());
        near(after(Sampling::new().temperature(0.5)), squares);
        near(after(Sampling::new().temperature(1e-6)), [0.0, 0.5, 0.0, 0.5, 0.0]);
    }

    /// Each token comes as often as its probability says, within 6 standard deviations, and one of probability 0 never.
    #[test]
    fn tokens_come_as_often_as_they_are_likely() {
        let (sampler, draws) = (Sampling::new().build().expect("settings"), 20_000);
        let mut counts = [0.0; 4];
        for n in 0..draws {
            let token = sampler.draw(&mut [0.5_f32, 0.0, 0.2, 0.3], Key::new(5).child(n)).expect("a token");
            counts[token.index()] += 1.0;
        }
        for (count, p) in counts.into_iter().zip([0.5, 0.0, 0.2, 0.3]) {
            let expected = draws as f64 * p;
            assert!(f64::abs(count - expected) <= 6.0 * (expected * (1.0 - p)).sqrt(), "{count} for {expected}");
        }
        assert_eq!((drawn(&[0.0, 1.0, 0.0], 0.0).index(), drawn(&[0.25, 0.75, 0.0], 1.0).index()), (1, 1));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let error = |sampling: Sampling| sampling.build().expect_err("no settings").to_string();
        assert_eq!(
            error(Sampling::new().temperature(-0.5)),
            "the temperature is -0.5, but it must be a finite number that is not negative"
        );
        assert!(error(Sampling::new().temperature(f64::NAN)).starts_with("the temperature is NaN"));
        assert!(error(Sampling::new().top_k(0)).starts_with("of the likeliest tokens 0 are to be kept"));
        assert!(error(Sampling::new().top_p(0.0)).starts_with("the share of the likeliest tokens is 0"));
        assert!(error(Sampling::new().top_p(1.5)).starts_with("the share of the likeliest tokens is 1.5"));
        let draw = |mut p: [f32; 2]| {
            let sampler = Sampling::new().build().expect("settings");
            sampler.draw(&mut p, Key::new(0)).map(Token::index).map_err(|error| error.to_string())
        };
        assert!(draw([0.5, f32::NAN]).expect_err("no token").starts_with("the probability of token 1 is NaN"));
        assert!(draw([-0.5, 1.0]).expect_err("no token").starts_with("the probability of token 0 is -0.5"));
        assert_eq!(draw([0.0, 0.0]), Err("no token has a probability greater than 0".into()));
        assert_eq!(draw([0.0, 1e-40]), Ok(1));
    }

    /// Also where 1/T is 0 in the numbers of the network, whose 0th power of 0 is 1.
    #[test]
    fn what_cannot_be_is_never_drawn() {
        for temperature in [1e-300, 0.5, 1.0, 1e40, 1e50, f64::MAX] {
            let sampler = Sampling::new().temperature(temperature).build().expect("settings");
            for n in 0..50 {
                let mut p = [0.0_f32, 0.6, 0.0, 0.4, 0.0];
                let token = sampler.draw(&mut p, Key::new(n)).expect("a token").index();
                assert!(token == 1 || token == 3, "{token} at temperature {temperature:e}");
                assert_eq!([p[0], p[2], p[4]].map(f32::to_bits), [0; 3], "{p:?} at temperature {temperature:e}");
            }
        }
    }
}
