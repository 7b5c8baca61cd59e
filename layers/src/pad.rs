//! An image with zeros around it.

use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat};

use crate::placement::Placement;
use crate::{Arg, Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

/// An image with zeros around it.
///
/// Layers that are padded by themselves, as convolutions are, need none; it stands where the sizes of two branches differ, or
/// where a padding is not the same on both sides.
///
/// # Shapes
/// x is `[[[T; C]; W]; H]`, y is `[[[T; C]; OW]; OH]`, in which x begins at row `TOP` and column `LEFT`. In `network!`
/// `Pad<2>` or `Pad<[1, 2]>` puts as many rows above and below, and columns left and right, and the sizes follow; by hand an
/// image that does not lie in the larger one is an error when the program is built.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{Network, Pad};
///
/// let pad = Pad::<1, 2, 1, 2, 4, 0, 1>::new();
/// assert_eq!(pad.predict(&[[[1.0], [2.0]]]), [[[0.0], [1.0], [2.0], [0.0]], [[0.0]; 4]]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Network, Pad};
///
/// // Three columns right of one do not lie in three.
/// Pad::<1, 3, 1, 1, 3, 0, 1>::new().predict(&[[[0.0]; 3]]);
/// ```
#[repr(C)]
pub struct Pad<
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    const TOP: usize,
    const LEFT: usize,
    T = f32,
> {
    /// No elements; it gives the layer its element's alignment.
    elements: [T; 0],
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    const TOP: usize,
    const LEFT: usize,
    T,
> Pad<H, W, C, OH, OW, TOP, LEFT, T>
{
    const PLACEMENT: Placement = Placement::new([H, W], [OH, OW], [TOP, LEFT], C);

    /// The layer; there is only one.
    pub const fn new() -> Self {
        let _ = Self::PLACEMENT;
        Self { elements: [] }
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    const TOP: usize,
    const LEFT: usize,
    T,
> Default for Pad<H, W, C, OH, OW, TOP, LEFT, T>
{
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [
        const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, const TOP: usize, const LEFT: usize,
        T: Scalar
    ] Pad<H, W, C, OH, OW, TOP, LEFT, T>: T {
        elements: [T; 0],
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    const TOP: usize,
    const LEFT: usize,
    T: Scalar,
> Layer for Pad<H, W, C, OH, OW, TOP, LEFT, T>
{
    type In = [[[T; C]; W]; H];
    type Out = [[[T; C]; OW]; OH];
    type Head = Linear;

    const TREE: LayerInfo = {
        let _ = Self::PLACEMENT;
        LayerInfo {
            name: "Pad",
            args: &[Arg::pair([TOP, LEFT])],
            input: Self::In::SHAPE,
            output: Self::Out::SHAPE,
            params: &[],
            children: &[],
            flops: 0,
            behaviour: Behaviour::PLAIN.computing(Operation::OfPad { before: [TOP, LEFT] }),
        }
    };

    #[inline]
    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        Self::PLACEMENT.place(x.as_flat(), y.as_flat_mut(), Parallel::SERIAL);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], run: PassContext<'_>) {
        Self::PLACEMENT.place(flat(x), flat_mut(y), run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], _: &mut [T], run: PassContext<'_>) {
        Self::PLACEMENT.place(flat(x), flat_mut(y), run.parallel());
    }

    /// ∂L/∂x is the part of ∂L/∂y where x stands.
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        _: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        if let Some(dx) = dx {
            Self::PLACEMENT.cut(flat(dy), flat_mut(dx), run.parallel());
        }
    }
}
