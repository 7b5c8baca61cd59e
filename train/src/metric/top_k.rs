//! Top-k accuracy.

use typednet_tensor::{Better, Class, Scalar};

use super::{Metric, from_count, to_count};
use crate::confusion::share;
use crate::scores::is_among;

/// The share of samples whose class is among the `K` with the highest scores, as [`top_k`](crate::top_k) counts them:
/// `top-5` for `K` = 5.
///
/// ```
/// use typednet_tensor::Class;
/// use typednet_train::{Metric, TopK};
///
/// let mut metric = TopK::<2>::new();
/// metric.update(&[[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], &[Class::<3>::new(1)?, Class::new(2)?]);
/// assert_eq!(Metric::<[f64; 3], Class<3>>::value(&metric), Some(0.5));
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TopK<const K: usize> {
    right: u64,
    total: u64,
}

impl<const K: usize> TopK<K> {
    /// Over no samples.
    pub const fn new() -> Self {
        Self { right: 0, total: 0 }
    }
}

impl<T: Scalar, const N: usize, const K: usize> Metric<[T; N], Class<N>> for TopK<K> {
    fn name(&self) -> String {
        format!("top-{K}")
    }

    fn better(&self) -> Better {
        Better::Higher
    }

    fn reset(&mut self) {
        *self = Self::new();
    }

    fn update(&mut self, outputs: &[[T; N]], targets: &[Class<N>]) {
        self.right += outputs.iter().zip(targets).filter(|(scores, truth)| is_among(scores, **truth, K)).count() as u64;
        self.total += targets.len() as u64;
    }

    fn value(&self) -> Option<f64> {
        share(self.right, self.total)
    }

    fn state(&self) -> Option<Vec<f64>> {
        Some(vec![from_count(self.right), from_count(self.total)])
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        let &[right, total] = state else { return false };
        let (Some(right), Some(total)) = (to_count(right), to_count(total)) else { return false };
        if right <= total {
            *self = Self { right, total };
        }
        right <= total
    }
}
