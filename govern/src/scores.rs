//! The logits of samples whose class is known.

use typednet_data::Source;
use typednet_layers::{AsNetwork, Layer, Linear, LogSoftmax, PassContext, Sigmoid, Softmax, pass};
use typednet_tensor::{Buffer, Class, Element, Flat, Key, Sample, Scalar, rows_mut, size};
use typednet_train::{Confusion, calibration_error};

use crate::GovernError;
use crate::inputs::gather;

/// The last activation of a network over outputs `Out` that tells `N` classes apart.
///
/// | activation | outputs | classes | logits |
/// | --- | --- | --- | --- |
/// | `Softmax`, `LogSoftmax` | `[T; N]` | N | z |
/// | `Sigmoid`, and `Linear` that is trained by `BinaryCrossEntropyWithLogits` | `[T; 1]` | 2 | 0, z |
#[diagnostic::on_unimplemented(
    message = "a network that ends with `{Self}` over `{Out}` gives no probabilities of {N} classes",
    label = "expected `Softmax` over one number for each class, or `Sigmoid` over one number for two classes"
)]
pub trait Classifies<Out, const N: usize> {
    /// The logits of all classes, from what stands before the activation.
    fn logits(z: &Out) -> [f64; N];
}

impl<T: Scalar, const N: usize> Classifies<[T; N], N> for Softmax {
    fn logits(z: &[T; N]) -> [f64; N] {
        z.map(Scalar::to_f64_exact)
    }
}

impl<T: Scalar, const N: usize> Classifies<[T; N], N> for LogSoftmax {
    fn logits(z: &[T; N]) -> [f64; N] {
        z.map(Scalar::to_f64_exact)
    }
}

impl<T: Scalar> Classifies<[T; 1], 2> for Sigmoid {
    /// σ(z) is the second of the softmax of 0 and z.
    fn logits(&[z]: &[T; 1]) -> [f64; 2] {
        [0.0, z.to_f64_exact()]
    }
}

impl<T: Scalar> Classifies<[T; 1], 2> for Linear {
    fn logits(&[z]: &[T; 1]) -> [f64; 2] {
        [0.0, z.to_f64_exact()]
    }
}

/// A target that says which of `N` classes a sample is of: a [`Class`], or 0 or 1 for a sigmoid.
pub trait Truth<const N: usize>: Copy {
    /// The class.
    ///
    /// # Errors
    /// The number that is no class.
    fn class(self) -> Result<Class<N>, f64>;
}

impl<const N: usize> Truth<N> for Class<N> {
    fn class(self) -> Result<Self, f64> {
        Ok(self)
    }
}

impl<T: Scalar> Truth<2> for [T; 1] {
    fn class(self) -> Result<Class<2>, f64> {
        let found = self[0].to_f64_exact();
        let label = [0.0_f64, 1.0].iter().position(|label| (found - label).abs() == 0.0);
        label.and_then(|label| Class::new(label).ok()).ok_or(found)
    }
}

/// Calls `visit` for each batch of logits, in order, with the targets.
pub(crate) fn visit_logits<M, S, Y, const N: usize>(
    model: &M,
    data: &S,
    mut visit: impl FnMut(&[[f64; N]], &[Y]) -> Result<(), GovernError>,
) -> Result<(), GovernError>
where
    M: Layer<Head: Classifies<M::Out, N>, In: Sample<Elem: Element>>,
    S: Source<M::In, Y> + ?Sized,
    Y: Copy,
{
    /// How many samples are computed at once.
    const BATCH: usize = 256;
    if data.is_empty() {
        return Err(GovernError::TooFew { purpose: "the scores of a network", found: 0, needed: 1 });
    }
    let count = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let size = BATCH.min(data.len());
    let (mut x, mut memory) = (Buffer::<<M::In as Flat>::Elem>::new(), Buffer::<M::Elem>::new());
    let mut targets = Vec::with_capacity(size);
    (0..size).for_each(|_| data.targets(&[0], &mut targets));
    for from in (0..count).step_by(BATCH) {
        let rows: Vec<u32> = (from..count.min(from + BATCH as u32)).collect();
        let x: &mut [M::In] = rows_mut(x.grow(size::product(&[rows.len(), M::In::LEN])));
        let targets = &mut targets[..rows.len()];
        gather(data, &rows, x, targets)?;
        let memory = memory.grow(pass::inference_need::<M>().of(rows.len()));
        let z = pass::infer(model, x, memory, PassContext::new(Key::new(0)).stop_at_logits(true));
        let logits: Vec<[f64; N]> = z.iter().map(M::Head::logits).collect();
        for (row, logits) in logits.iter().enumerate() {
            if let Some(column) = logits.iter().position(|z| !z.is_finite()) {
                return Err(GovernError::NotFinite { what: "logit", row: from as usize + row, column });
            }
        }
        visit(&logits, targets)?;
    }
    Ok(())
}

/// The softmax of z/T: the largest of its `N` numbers is the confidence.
pub(crate) fn probabilities<const N: usize>(logits: &[f64; N], temperature: f64) -> [f64; N] {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = logits.map(|z| ((z - largest) / temperature).exp());
    let sum: f64 = e.iter().sum();
    e.map(|e| e / sum)
}

/// The class with the largest logit, and its probability at temperature T.
pub(crate) fn decision<const N: usize>(logits: &[f64; N], temperature: f64) -> (Class<N>, f64) {
    let class = Class::of_largest(logits);
    (class, probabilities(logits, temperature)[class.index()])
}

/// The logits z of samples whose class is known: what temperature, threshold and calibration are found from.
///
/// It should be made of validation data, which the weights were not fitted to.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores<const N: usize> {
    logits: Vec<[f64; N]>,
    truth: Vec<Class<N>>,
}

impl<const N: usize> Scores<N> {
    /// What `model` says about `data`.
    ///
    /// # Errors
    /// If there are no samples or they cannot be read, a logit is not finite, or a target is no class.
    pub fn of<M, S, Y>(model: &impl AsNetwork<Network = M>, data: &S) -> Result<Self, GovernError>
    where
        M: Layer<Head: Classifies<M::Out, N>, In: Sample<Elem: Element>>,
        S: Source<M::In, Y> + ?Sized,
        Y: Truth<N>,
    {
        let mut scores = Self { logits: Vec::with_capacity(data.len()), truth: Vec::with_capacity(data.len()) };
        visit_logits(model.as_network(), data, |logits, targets: &[Y]| {
            for (logits, target) in logits.iter().zip(targets) {
                let row = scores.truth.len();
                scores.truth.push(target.class().map_err(|found| GovernError::Target { row, found })?);
                scores.logits.push(*logits);
            }
            Ok(())
        })?;
        Ok(scores)
    }

    /// The scores of another program: logits with the true class of each sample.
    ///
    /// # Errors
    /// If there are no samples or a logit is not finite.
    pub fn from_logits(pairs: impl IntoIterator<Item = ([f64; N], Class<N>)>) -> Result<Self, GovernError> {
        let (logits, truth): (Vec<[f64; N]>, Vec<_>) = pairs.into_iter().unzip();
        if logits.is_empty() {
            return Err(GovernError::TooFew { purpose: "the scores of a network", found: 0, needed: 1 });
        }
        for (row, logits) in logits.iter().enumerate() {
            if let Some(column) = logits.iter().position(|z| !z.is_finite()) {
                return Err(GovernError::NotFinite { what: "logit", row, column });
            }
        }
        Ok(Self { logits, truth })
    }

    /// How many samples there are; never 0.
    #[allow(clippy::len_without_is_empty, reason = "there is at least one sample")]
    pub fn len(&self) -> usize {
        self.logits.len()
    }

    /// The logits with the true class, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[f64; N], Class<N>)> {
        self.logits.iter().zip(self.truth.iter().copied())
    }

    /// The confidence of each decision at a temperature (1 for the network as it is), and whether it is right.
    pub fn decisions(&self, temperature: f64) -> impl Iterator<Item = (f64, bool)> {
        self.iter().map(move |(logits, truth)| {
            let (class, confidence) = decision(logits, temperature);
            (confidence, class == truth)
        })
    }

    /// The expected calibration error in 15 equal parts of the confidence, as Guo and others (2017) measure it; see
    /// [`calibration_error`].
    pub fn calibration_error(&self, temperature: f64) -> f64 {
        // There are samples and the confidences are numbers.
        calibration_error(self.decisions(temperature), 15).unwrap_or(f64::NAN)
    }

    /// The mean of −ln p of the true class.
    pub fn negative_log_likelihood(&self, temperature: f64) -> f64 {
        let of = |(logits, truth): (&[f64; N], Class<N>)| {
            let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = logits.iter().map(|z| ((z - largest) / temperature).exp()).sum();
            sum.ln() - (logits[truth.index()] - largest) / temperature
        };
        self.iter().map(of).sum::<f64>() / self.len() as f64
    }

    /// Which classes are taken for which.
    pub fn confusion(&self) -> Confusion<N> {
        self.iter().map(|(logits, truth)| (truth, Class::of_largest(logits))).collect()
    }
}
