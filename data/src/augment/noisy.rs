//! Tables with noise.

use std::fmt;

use typednet_tensor::{Key, Parallel, Sample, Scalar, flat_mut, noise};

use super::{AugmentError, inner};
use crate::{DataError, Parts, Source};

/// A source with normal noise of one standard deviation added to every number of every sample (lecture section 7).
///
/// Sequences of different lengths, padded samples and pairs with such a half, are refused when the program is built: a network's layer
/// `Noise` knows which steps count.
///
/// Columns should be scaled first ([`Standard`](crate::Standard)), so that one deviation suits them all. Wrap the
/// training data only.
///
/// ```
/// use typednet_data::{Noisy, Source, tabular};
/// use typednet_tensor::{Class, Key};
///
/// let flowers = Noisy::new(tabular::iris()?, 0.05)?;
/// let (mut x, mut y) = ([[0.0_f32; 4]], [Class::<3>::default()]);
/// flowers.gather(&[0], Key::new(1), &mut x, &mut y);
/// assert!(x[0] != [5.1, 3.5, 1.4, 0.2] && (x[0][0] - 5.1).abs() < 0.5);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// ```compile_fail
/// use typednet_data::{Dataset, Noisy, Source};
/// use typednet_tensor::{Class, Key, Padded};
///
/// let series = Dataset::new([Padded::full([[1.0_f32]; 3])], [Class::<2>::default()])?;
/// let (mut x, mut y) = ([Padded::full([[0.0_f32]; 3])], [Class::<2>::default()]);
/// Noisy::new(series, 0.2)?.gather(&[0], Key::new(1), &mut x, &mut y);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Noisy<S> {
    source: S,
    deviation: f32,
}

impl<S> Noisy<S> {
    /// `source` with noise of this standard deviation.
    ///
    /// # Errors
    /// If the deviation is negative or not finite.
    pub fn new(source: S, deviation: f32) -> Result<Self, DataError> {
        let good = deviation >= 0.0 && deviation.is_finite();
        AugmentError::unless(good, "noise", "a deviation of 0 or more", f64::from(deviation))?;
        Ok(Self { source, deviation })
    }

    /// The samples as they are.
    pub fn source(&self) -> &S {
        &self.source
    }
}

/// As in `noise 0.05`: what this wrapper does, without the source inside.
impl<S> fmt::Display for Noisy<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "noise {}", self.deviation)
    }
}

#[diagnostic::do_not_recommend]
impl<In, Target, S> Source<In, Target> for Noisy<S>
where
    In: Sample<Elem: Scalar>,
    S: Source<In, Target>,
{
    fn len(&self) -> usize {
        self.source.len()
    }

    fn target(&self, row: u32) -> Target {
        self.source.target(row)
    }

    fn targets(&self, rows: &[u32], to: &mut Vec<Target>) {
        self.source.targets(rows, to);
    }

    fn gathered_targets(&self, rows: &[u32], key: Key, to: &mut Vec<Target>) {
        self.source.gathered_targets(rows, inner(key), to);
    }

    fn parts(&self) -> Option<&Parts> {
        self.source.parts()
    }

    fn take_error(&self) -> Option<DataError> {
        self.source.take_error()
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [Target]) {
        const {
            assert!(
                !In::SHAPE.has_padding(),
                "noise in padded samples would change how many of their steps count: let the network begin with `Noise`, which does not"
            );
        }
        self.source.gather(rows, inner(key), x, y);
        if self.deviation > 0.0 {
            let deviation = Scalar::of(f64::from(self.deviation));
            for (row, sample) in rows.iter().zip(flat_mut(x).chunks_exact_mut(In::LEN)) {
                noise::add_normal(key.child(u64::from(*row)), deviation, sample, Parallel::SERIAL);
            }
        }
    }
}
