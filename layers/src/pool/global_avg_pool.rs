//! The mean of a whole image.

use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat, ops};

use crate::threads::by_rows_of;
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

/// Global average pooling: the mean of each channel over all pixels, y\[c] = 1/(H·W) Σ over i, j of x\[i]\[j]\[c] (Lin, Chen and
/// Yan 2013). It leads from images to the row of numbers that a dense layer reads.
///
/// # Shapes
/// x is `[[[T; C]; W]; H]`, y is `[T; C]`. In `network!` it is written `GlobalAvgPool`.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{GlobalAvgPool, Network};
///
/// let pool = GlobalAvgPool::<1, 2, 2>::new();
/// assert_eq!(pool.predict(&[[[1.0, 10.0], [2.0, 20.0]]]), [1.5, 15.0]);
/// ```
#[repr(C)]
pub struct GlobalAvgPool<const H: usize, const W: usize, const C: usize, T = f32> {
    /// No elements; it gives the layer its element's alignment.
    elements: [T; 0],
}

impl_flat! {
    [const H: usize, const W: usize, const C: usize, T: Scalar] GlobalAvgPool<H, W, C, T>: T {
        elements: [T; 0],
    }
}

impl<const H: usize, const W: usize, const C: usize, T> GlobalAvgPool<H, W, C, T> {
    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [] }
    }
}

impl<const H: usize, const W: usize, const C: usize, T> Default for GlobalAvgPool<H, W, C, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const H: usize, const W: usize, const C: usize, T: Scalar> GlobalAvgPool<H, W, C, T> {
    /// The elements of an image, of which there is at least one.
    const ELEMENTS: usize = {
        let elements = <Self as Layer>::In::LEN;
        assert!(elements > 0, "a mean needs an image with at least one pixel and one channel");
        elements
    };

    /// 1/(H·W)
    fn share() -> T {
        T::of(1.0 / (H * W) as f64)
    }

    fn means(x: &[T], y: &mut [T], parallel: Parallel<'_>) {
        by_rows_of(parallel, y, C, x.len(), |at, y| {
            let images = x[at / C * Self::ELEMENTS..].chunks_exact(Self::ELEMENTS);
            for (x, y) in images.zip(y.chunks_exact_mut(C)) {
                ops::column_sums(x, y);
            }
            ops::scale(Self::share(), y);
        });
    }
}

impl<const H: usize, const W: usize, const C: usize, T: Scalar> Layer for GlobalAvgPool<H, W, C, T> {
    type In = [[[T; C]; W]; H];
    type Out = [T; C];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "GlobalAvgPool",
        args: &[],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &[],
        children: &[],
        flops: Self::ELEMENTS as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfGlobalAvgPool),
    };

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        Self::means(x.as_flat(), y, Parallel::SERIAL);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], run: PassContext<'_>) {
        Self::means(flat(x), flat_mut(y), run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂x\[i]\[j]\[c] = 1/(H·W) ∂L/∂y\[c]
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        _: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        let Some(dx) = dx else { return };
        let (dx, dy) = (flat_mut(dx), flat_mut(dy));
        ops::scale(Self::share(), dy);
        let elements = dx.len();
        by_rows_of(run.parallel(), dx, Self::ELEMENTS, elements, |at, dx| {
            let rows = dy[at / Self::ELEMENTS * C..].chunks_exact(C);
            for (dx, dy) in dx.chunks_exact_mut(Self::ELEMENTS).zip(rows) {
                for dx in dx.chunks_exact_mut(C) {
                    dx.copy_from_slice(dy);
                }
            }
        });
    }
}
