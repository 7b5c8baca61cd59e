//! The pooling that takes the mean.

use core::marker::PhantomData;

use typednet_tensor::pooling::{self, Pooling, Reduction};
use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat};

use super::sizes::{args, flops, pooling};
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Sliding, Trace, Window, args::Args};

/// Average pooling: the mean of each window, channel by channel (LeCun and others 1998).
///
/// With stride s, padding p and dilation d, each for rows and for columns:
/// y\[i]\[j]\[c] = 1/(KH·KW) Σ over r, q of x\[i·s + r·d − p]\[j·s + q·d − p]\[c], where x is 0 beyond its edges: zeros of the
/// padding count, as they do in PyTorch unless it is told otherwise.
///
/// # Shapes
/// x is `[[[T; C]; W]; H]`, y is `[[[T; C]; OW]; OH]` with OH = ⌊(H + 2·p − d·(KH − 1) − 1)/s⌋ + 1, and OW in the same way. `S` is
/// [`Strides`](crate::Strides), of which p must be smaller than the window.
///
/// In `network!` it is written `AvgPool<2>`, whose stride is the kernel unless another is said: `AvgPool<3, stride = 2, pad = 1>`.
/// By hand, sizes that do not agree are an error when the program is built.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{AvgPool, Network, Strides};
///
/// let pool = AvgPool::<2, 4, 1, 2, 2, 1, 2, Strides<2, 2>>::new();
/// assert_eq!(pool.predict(&[[[1.0], [5.0], [0.0], [-2.0]], [[4.0], [2.0], [-1.0], [-3.0]]]), [[[3.0], [-1.5]]]);
/// ```
#[repr(C)]
pub struct AvgPool<
    const H: usize,
    const W: usize,
    const C: usize,
    const KH: usize,
    const KW: usize,
    const OH: usize,
    const OW: usize,
    S,
    T = f32,
> {
    /// No elements; it gives the layer its element's alignment.
    elements: [T; 0],
    strides: PhantomData<fn() -> S>,
}

impl_flat! {
    [
        const H: usize, const W: usize, const C: usize, const KH: usize, const KW: usize,
        const OH: usize, const OW: usize, S: 'static, T: Scalar
    ] AvgPool<H, W, C, KH, KW, OH, OW, S, T>: T {
        elements: [T; 0],
    } markers { strides }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const KH: usize,
    const KW: usize,
    const OH: usize,
    const OW: usize,
    S,
    T,
> AvgPool<H, W, C, KH, KW, OH, OW, S, T>
{
    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [], strides: PhantomData }
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const KH: usize,
    const KW: usize,
    const OH: usize,
    const OW: usize,
    S,
    T,
> Default for AvgPool<H, W, C, KH, KW, OH, OW, S, T>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const KH: usize,
    const KW: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    T: Scalar,
> AvgPool<H, W, C, KH, KW, OH, OW, S, T>
{
    /// The sizes, which agree where the program is built.
    pub const POOLING: Pooling = pooling::<S>([H, W, C], [KH, KW], [OH, OW]);

    const ARGS: Args = args::<S>(&Self::POOLING, [KH, KW]);
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const KH: usize,
    const KW: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    T: Scalar,
> Layer for AvgPool<H, W, C, KH, KW, OH, OW, S, T>
{
    type In = [[[T; C]; W]; H];
    type Out = [[[T; C]; OW]; OH];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "AvgPool",
        args: const { &Self::ARGS }.as_slice(),
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &[],
        children: &[],
        flops: flops(&Self::POOLING),
        behaviour: Behaviour::PLAIN.computing(Operation::OfAvgPool(Sliding::of::<S>([KH, KW]))),
    };

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        pooling::forward(&Self::POOLING, Reduction::Mean, x.as_flat(), y.as_flat_mut(), Parallel::SERIAL);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], run: PassContext<'_>) {
        pooling::forward(&Self::POOLING, Reduction::Mean, flat(x), flat_mut(y), run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂x\[u]\[v]\[c] = 1/(KH·KW) Σ of ∂L/∂y\[i]\[j]\[c] over all windows i, j that hold x\[u]\[v]\[c].
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        _: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        let Some(dx) = dx else { return };
        let kept = (flat(trace.x), flat(trace.y));
        pooling::gradient(&Self::POOLING, Reduction::Mean, kept, flat(dy), flat_mut(dx), run.parallel());
    }
}
