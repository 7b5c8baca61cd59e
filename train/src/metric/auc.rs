//! The area under the ROC curve as a metric.

use typednet_tensor::{Better, Class, Scalar};

use super::Metric;
use crate::scores::area;

/// The area under the ROC curve, as [`roc_auc`](crate::roc_auc) computes it: `auc`.
///
/// For outputs of one score, a sample is positive whose target is above ½; for two scores, one of class 1. It needs all
/// scores of an epoch at once: 16 bytes for each sample, which grow once. Sorting them takes longer than a sum.
///
/// ```
/// use typednet_train::{Auc, Metric};
///
/// let mut metric = Auc::new();
/// metric.update(&[[0.1], [0.4]], &[[0.0], [0.0]]);
/// metric.update(&[[0.35], [0.8]], &[[1.0], [1.0]]);
/// assert_eq!(Metric::<[f64; 1], [f64; 1]>::value(&metric), Some(0.75));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Auc {
    scores: Vec<(f64, bool)>,
    /// Where they are sorted, so that the order of the samples stays and nothing is allocated twice.
    sorted: std::cell::RefCell<Vec<(f64, bool)>>,
}

impl Auc {
    /// Over no samples.
    pub const fn new() -> Self {
        Self { scores: Vec::new(), sorted: std::cell::RefCell::new(Vec::new()) }
    }

    fn area(&self) -> Option<f64> {
        let mut sorted = self.sorted.borrow_mut();
        sorted.clone_from(&self.scores);
        area(&mut sorted)
    }

    fn numbers(&self) -> Vec<f64> {
        self.scores.iter().flat_map(|(score, positive)| [*score, f64::from(u8::from(*positive))]).collect()
    }

    fn take(&mut self, numbers: &[f64]) -> bool {
        let (pairs, rest) = numbers.as_chunks::<2>();
        let holds = rest.is_empty() && pairs.iter().all(|[_, positive]| [0.0, 1.0].contains(positive));
        if holds {
            self.scores.clear();
            self.scores.extend(pairs.iter().map(|[score, positive]| (*score, *positive > 0.5)));
        }
        holds
    }
}

macro_rules! metric {
    ([$($generic:tt)*] $out:ty, $target:ty, $pair:expr) => {
        impl<$($generic)*> Metric<$out, $target> for Auc {
            fn name(&self) -> String {
                "auc".to_owned()
            }

            fn better(&self) -> Better {
                Better::Higher
            }

            fn reset(&mut self) {
                self.scores.clear();
            }

            fn update(&mut self, outputs: &[$out], targets: &[$target]) {
                self.scores.extend(outputs.iter().zip(targets).map($pair));
            }

            fn value(&self) -> Option<f64> {
                self.area()
            }

            fn state(&self) -> Option<Vec<f64>> {
                Some(self.numbers())
            }

            fn restore(&mut self, state: &[f64]) -> bool {
                self.take(state)
            }
        }
    };
}

metric!([T: Scalar] [T; 1], [T; 1], |([score], [target])| (score.to_f64_exact(), target.to_f64_exact() > 0.5));
metric!([T: Scalar] [T; 2], Class<2>, |([_, score], target)| (score.to_f64_exact(), target.index() == 1));
