//! F1, the harmonic mean of precision and recall, as a metric.

use typednet_tensor::{Better, Class, Sample, Scalar};

use super::{Metric, from_count, to_count};
use crate::Confusion;
use crate::confusion::share;

/// The mean F1 of the classes, as [`Confusion::macro_f1`] computes it: `macro f1`.
///
/// ```
/// use typednet_tensor::Class;
/// use typednet_train::{MacroF1, Metric};
///
/// let mut metric = MacroF1::new();
/// metric.update(&[[0.9, 0.1], [0.8, 0.2]], &[Class::<2>::new(0)?, Class::new(0)?]);
/// assert_eq!(Metric::<[f64; 2], Class<2>>::value(&metric), Some(1.0));
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MacroF1<const N: usize> {
    confusion: Confusion<N>,
}

impl<const N: usize> MacroF1<N> {
    /// Over no samples.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T: Scalar, const N: usize> Metric<[T; N], Class<N>> for MacroF1<N> {
    fn name(&self) -> String {
        "macro f1".to_owned()
    }

    fn better(&self) -> Better {
        Better::Higher
    }

    fn reset(&mut self) {
        self.confusion.clear();
    }

    fn update(&mut self, outputs: &[[T; N]], targets: &[Class<N>]) {
        self.confusion.extend(targets.iter().zip(outputs).map(|(&truth, y)| (truth, Class::of_largest(y))));
    }

    fn value(&self) -> Option<f64> {
        self.confusion.macro_f1()
    }

    fn state(&self) -> Option<Vec<f64>> {
        let pairs = Class::<N>::all().flat_map(|truth| Class::all().map(move |predicted| (truth, predicted)));
        Some(pairs.map(|(truth, predicted)| from_count(self.confusion.count(truth, predicted))).collect())
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        let counts: Option<Vec<u64>> = state.iter().map(|number| to_count(*number)).collect();
        let restored = counts.and_then(Confusion::from_counts);
        let holds = restored.is_some();
        if let Some(confusion) = restored {
            self.confusion = confusion;
        }
        holds
    }
}

/// F1 = 2·TP / (2·TP + FP + FN) of yes-or-no decisions over all elements: `f1`.
///
/// The network says yes where its output is above the threshold: ½ for a sigmoid. A target says yes where it is above ½.
///
/// ```
/// use typednet_train::{F1, Metric};
///
/// let mut metric = F1::new();
/// metric.update(&[[0.9_f32], [0.8], [0.3], [0.1]], &[[1.0], [0.0], [1.0], [0.0]]);
/// assert_eq!(Metric::<[f32; 1], [f32; 1]>::value(&metric), Some(0.5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct F1 {
    threshold: f64,
    /// Twice the true positives, and those with the false ones of either kind.
    right: u64,
    all: u64,
}

impl F1 {
    /// Over no samples, with a threshold of ½.
    pub const fn new() -> Self {
        Self::above(0.5)
    }

    /// With another threshold: 0 for logits.
    pub const fn above(threshold: f64) -> Self {
        Self { threshold, right: 0, all: 0 }
    }
}

impl Default for F1 {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Sample<Elem: Scalar>> Metric<S, S> for F1 {
    fn name(&self) -> String {
        "f1".to_owned()
    }

    fn better(&self) -> Better {
        Better::Higher
    }

    fn reset(&mut self) {
        *self = Self::above(self.threshold);
    }

    fn update(&mut self, outputs: &[S], targets: &[S]) {
        for (y, target) in outputs.iter().zip(targets) {
            for (y, target) in y.as_flat().iter().zip(target.as_flat()) {
                let (said, truth) = (y.to_f64_exact() > self.threshold, target.to_f64_exact() > 0.5);
                self.right += if said && truth { 2 } else { 0 };
                self.all += u64::from(said) + u64::from(truth);
            }
        }
    }

    fn value(&self) -> Option<f64> {
        share(self.right, self.all)
    }

    fn state(&self) -> Option<Vec<f64>> {
        Some(vec![from_count(self.right), from_count(self.all)])
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        let &[right, all] = state else { return false };
        let (Some(right), Some(all)) = (to_count(right), to_count(all)) else { return false };
        if right <= all {
            (self.right, self.all) = (right, all);
        }
        right <= all
    }
}
