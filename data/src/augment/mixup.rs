//! Two samples as one.

use std::fmt;

use typednet_tensor::{Class, Key, Sample, Scalar, flat_mut, rows_mut};

use super::scratch::{self, Pixel};
use super::{AugmentError, inner};
use crate::{DataError, Parts, Source};

/// A source whose samples and targets are mixed with those of another random row: x' = λx₁ + (1 − λ)x₂ and y' = λy₁ + (1 − λ)y₂, with λ
/// from the Beta(α, α) distribution (Zhang, Cissé, Dauphin, Lopez-Paz 2018). Of data in [parts](Parts) it is another row of the same part.
///
/// Sequences of different lengths cannot be mixed: padded samples, and pairs with such a half, are refused when the program is built.
///
/// Classes become rows of probabilities, so the loss must take soft targets. Usual are α = 0.1 to 0.4. Wrap the training
/// data only.
///
/// ```
/// use typednet_data::{Mixup, Source, tabular};
/// use typednet_tensor::Key;
///
/// let flowers = Mixup::new(tabular::iris()?, 0.2)?;
/// let (mut x, mut y) = ([[0.0_f32; 4]], [[0.0_f32; 3]]);
/// flowers.gather(&[0], Key::new(1), &mut x, &mut y);
/// assert!((y[0].iter().sum::<f32>() - 1.0).abs() < 1e-6);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// ```compile_fail
/// use typednet_data::{Dataset, Mixup, Source};
/// use typednet_tensor::{Class, Key, Padded};
///
/// let series = Dataset::new([Padded::full([[1.0_f32]; 3])], [Class::<2>::default()])?;
/// let (mut x, mut y) = ([Padded::full([[0.0_f32]; 3])], [[0.0_f32; 2]]);
/// Mixup::new(series, 0.2)?.gather(&[0], Key::new(1), &mut x, &mut y);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mixup<S> {
    source: S,
    alpha: f64,
}

impl<S> Mixup<S> {
    /// `source` with samples mixed by weights of Beta(`alpha`, `alpha`).
    ///
    /// # Errors
    /// If `alpha` is not above 0 and at most 100.
    pub fn new(source: S, alpha: f64) -> Result<Self, DataError> {
        AugmentError::unless(alpha > 0.0 && alpha <= 100.0, "mixup", "an α above 0 and at most 100", alpha)?;
        Ok(Self { source, alpha })
    }

    /// The samples as they are.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// The row that `row` is mixed with, and λ.
    fn partner<In: Sample, Y>(&self, row: u32, key: Key) -> (u32, f64)
    where
        S: Source<In, Y>,
    {
        let own = key.child(u64::from(row));
        let all = 0..self.source.len() as u32;
        let of = self.source.parts().map_or(all, |parts| parts.rows(parts.part_of(row)));
        (of.start + own.below(0, of.len() as u64) as u32, beta(own.child(0), self.alpha))
    }
}

/// λ of the first class and the rest of the second one.
fn mixed<T: Scalar, const K: usize>(lambda: f64, classes: [Class<K>; 2]) -> [T; K] {
    let mut target = [T::ZERO; K];
    for (class, share) in classes.into_iter().zip([lambda, 1.0 - lambda]) {
        target[class.index()] += T::of(share);
    }
    target
}

/// As in `mixup with α 0.2`: what this wrapper does, without the source inside.
impl<S> fmt::Display for Mixup<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mixup with α {}", self.alpha)
    }
}

#[diagnostic::do_not_recommend]
impl<In, S, const K: usize> Source<In, [In::Elem; K]> for Mixup<S>
where
    In: Sample<Elem: Pixel>,
    S: Source<In, Class<K>>,
{
    fn len(&self) -> usize {
        self.source.len()
    }

    /// The target before it is mixed.
    fn target(&self, row: u32) -> [In::Elem; K] {
        self.source.target(row).one_hot()
    }

    fn gathered_targets(&self, rows: &[u32], key: Key, to: &mut Vec<[In::Elem; K]>) {
        let mut classes = Vec::with_capacity(2);
        for row in rows {
            let (partner, share) = self.partner::<In, _>(*row, key);
            classes.clear();
            self.source.gathered_targets(&[*row, partner], inner(key), &mut classes);
            to.push(mixed(share, [classes[0], classes[1]]));
        }
    }

    fn parts(&self) -> Option<&Parts> {
        self.source.parts()
    }

    fn take_error(&self) -> Option<DataError> {
        self.source.take_error()
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [[In::Elem; K]]) {
        const {
            assert!(
                !In::SHAPE.has_padding(),
                "a mixup of padded samples would mix how many of their steps count: sequences of different lengths have none"
            );
        }
        assert_eq!(rows.len(), x.len(), "gather needs one place for each sample");
        assert_eq!(rows.len(), y.len(), "gather needs one place for each target");
        scratch::with(In::LEN, |other: &mut [In::Elem]| {
            for ((row, x), y) in rows.iter().zip(x.chunks_mut(1)).zip(y) {
                let (partner, share) = self.partner::<In, _>(*row, key);
                let (mut class, mut other_class) = ([Class::default()], [Class::default()]);
                self.source.gather(&[*row], inner(key), x, &mut class);
                self.source.gather(&[partner], inner(key), rows_mut(other), &mut other_class);

                let (lambda, rest) = (In::Elem::of(share), In::Elem::of(1.0 - share));
                for (x, other) in flat_mut(x).iter_mut().zip(&*other) {
                    *x = lambda * *x + rest * *other;
                }
                *y = mixed(share, [class[0], other_class[0]]);
            }
        });
    }
}

/// A number from the Beta(α, α) distribution: g/(g + h) with two numbers of the Gamma(α) distribution.
fn beta(key: Key, alpha: f64) -> f64 {
    let (g, h) = (ln_gamma_number(key.child(0), alpha), ln_gamma_number(key.child(1), alpha));
    // By their logarithms, since a small α makes both too small for a number.
    1.0 / (1.0 + libm::exp(h - g))
}

/// The logarithm of a number from the Gamma(α) distribution (Marsaglia and Tsang 2000).
fn ln_gamma_number(key: Key, alpha: f64) -> f64 {
    // For α < 1 a number of Gamma(α + 1) times u^(1/α).
    let (shape, smaller) =
        if alpha < 1.0 { (alpha + 1.0, libm::log(1.0 - key.uniform::<f64>(0)) / alpha) } else { (alpha, 0.0) };
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    // Nineteen of twenty tries are taken; the last one is, whatever it is, so that the loop ends.
    let tries = (1..=64).map(|i| {
        let n: f64 = key.normal(2 * i);
        let v = (1.0 + c * n) * (1.0 + c * n) * (1.0 + c * n);
        let u = 1.0 - key.child(i).uniform::<f64>(0);
        (v > 0.0 && libm::log(u) < 0.5 * n * n + d - d * v + d * libm::log(v)).then_some(v)
    });
    libm::log(d * tries.flatten().next().unwrap_or(1.0)) + smaller
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean ½ and variance 1/(4(2α + 1)).
    #[test]
    fn weights_are_beta_distributed() {
        for alpha in [0.001, 0.1, 0.4, 1.0, 2.5, 100.0] {
            let count = 20_000;
            let numbers: Vec<f64> = (0..count).map(|i| beta(Key::new(1).child(i), alpha)).collect();
            assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)));
            let mean = numbers.iter().sum::<f64>() / count as f64;
            let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count as f64;
            let wanted = 1.0 / (4.0 * (2.0 * alpha + 1.0));
            assert!((mean - 0.5).abs() < 4.0 * (wanted / count as f64).sqrt(), "α {alpha}: mean {mean}");
            assert!((variance / wanted - 1.0).abs() < 0.04, "α {alpha}: variance {variance}, wanted {wanted}");
        }
    }
}
