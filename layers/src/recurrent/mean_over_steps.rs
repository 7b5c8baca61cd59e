//! The mean of all steps.

use typednet_tensor::{Flat, Sample, Scalar, impl_flat, ops};

use crate::threads::by_samples;
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

/// The mean of N steps, for a network that reads a sequence and gives one answer: y = 1/N · Σ xₜ.
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
        ops::column_sums(x.as_flat(), y);
        ops::scale(T::of(1.0 / N as f64), y);
    }

    fn infer(&self, x: &[Self::In], y: &mut [[T; C]], _: &mut [T], run: PassContext<'_>) {
        by_samples(run.parallel(), y, N * C, |first, y| {
            for (x, y) in x[first..].iter().zip(y) {
                self.predict_into(x, y);
            }
        });
    }

    fn forward(&self, x: &[Self::In], y: &mut [[T; C]], _: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂xₜ = 1/N · ∂L/∂y
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
            for (dx, dy) in dx.iter_mut().zip(&dy[first..]) {
                dx.fill(*dy);
                ops::scale(T::of(1.0 / N as f64), dx.as_flat_mut());
            }
        });
    }
}
