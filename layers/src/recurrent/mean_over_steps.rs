//! The mean of all steps.

use typednet_tensor::{Sample, Scalar, impl_flat, ops};

use crate::threads::by_samples;
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, ReadsPadded, Trace};

/// The mean of N steps, for a network that reads a sequence and gives one answer: y = 1/N · Σ xₜ. Of a padded sequence it is the
/// mean of the steps that count.
///
/// # Shapes
/// x is `[[T; C]; N]`, y is `[T; C]`. In `network!` it is written `MeanOverSteps`.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{MeanOverSteps, Network};
///
/// assert_eq!(MeanOverSteps::<2, 3>::new().predict(&[[1.0, 2.0, 3.0], [3.0, 4.0, 8.0]]), [2.0, 3.0, 5.5]);
/// ```
#[repr(C)]
#[derive(Default)]
pub struct MeanOverSteps<const N: usize, const C: usize, T = f32> {
    /// No elements; it gives the layer its element's alignment.
    elements: [T; 0],
}

impl<const N: usize, const C: usize, T> MeanOverSteps<N, C, T> {
    const SOME: () = assert!(N > 0, "of no steps there is no mean");

    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [] }
    }
}

impl<const N: usize, const C: usize, T: Scalar> MeanOverSteps<N, C, T> {
    /// The mean of some steps.
    fn mean(steps: &[[T; C]], y: &mut [T; C]) {
        ops::column_sums(steps.as_flattened(), y);
        ops::scale(T::of(1.0 / steps.len() as f64), y);
    }
}

impl_flat! {
    [const N: usize, const C: usize, T: Scalar] MeanOverSteps<N, C, T>: T {
        elements: [T; 0],
    }
}

impl<const N: usize, const C: usize, T: Scalar> Layer for MeanOverSteps<N, C, T> {
    type In = [[T; C]; N];
    type Out = [T; C];
    type Head = Linear;

    const TREE: LayerInfo = {
        let () = Self::SOME;
        LayerInfo {
            name: "MeanOverSteps",
            args: &[],
            input: Self::In::SHAPE,
            output: Self::Out::SHAPE,
            params: &[],
            children: &[],
            flops: (N * C) as u64,
            behaviour: Behaviour::PLAIN.computing(Operation::OfMeanOverSteps),
        }
    };

    fn predict_into(&self, x: &Self::In, y: &mut [T; C]) {
        Self::mean(x, y);
    }

    fn infer(&self, x: &[Self::In], y: &mut [[T; C]], _: &mut [T], run: PassContext<'_>) {
        by_samples(run.parallel(), y, N * C, |first, y| {
            for ((at, x), y) in (first..).zip(&x[first..]).zip(y) {
                Self::mean(&x[..run.length(at, N)], y);
            }
        });
    }

    fn forward(&self, x: &[Self::In], y: &mut [[T; C]], _: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂xₜ = 1/N · ∂L/∂y, with the number of steps that count for N, and 0 for the others.
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [[T; C]],
        dx: Option<&mut [Self::In]>,
        _: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        let Some(dx) = dx else { return };
        let dy = &*dy;
        by_samples(run.parallel(), dx, N * C, |first, dx| {
            for ((at, dx), dy) in (first..).zip(dx).zip(&dy[first..]) {
                let (counted, padding) = dx.split_at_mut(run.length(at, N));
                counted.fill(*dy);
                let share = T::of(1.0 / counted.len() as f64);
                ops::scale(share, counted.as_flattened_mut());
                padding.as_flattened_mut().fill(T::ZERO);
            }
        });
    }
}

impl<const N: usize, const C: usize, T: Scalar> ReadsPadded for MeanOverSteps<N, C, T> {
    const KEEPS_STEPS: bool = false;

    fn predict_padded(&self, x: &Self::In, y: &mut [T; C], length: usize) {
        Self::mean(&x[..length], y);
    }
}
