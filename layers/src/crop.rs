//! A part of an image.

use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat};

use crate::placement::Placement;
use crate::{Arg, Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

/// The part of an image that is left when rows and columns at its sides are taken away.
///
/// # Shapes
/// x is `[[[T; C]; W]; H]`, y is `[[[T; C]; OW]; OH]`: the rows of x from `TOP` on and its columns from `LEFT` on. In
/// `network!` `Crop<2>` or `Crop<[1, 2]>` takes as many rows away above and below, and columns left and right, and the sizes
/// follow; by hand a part that does not lie in the image is an error when the program is built.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{Crop, Network};
///
/// let crop = Crop::<3, 4, 1, 1, 2, 1, 1>::new();
/// let image = [[[0.0]; 4], [[1.0], [2.0], [3.0], [4.0]], [[0.0]; 4]];
/// assert_eq!(crop.predict(&image), [[[2.0], [3.0]]]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Crop, Network};
///
/// // Three columns from the second on do not lie in three.
/// Crop::<1, 3, 1, 1, 3, 0, 1>::new().predict(&[[[0.0]; 3]]);
/// ```
#[repr(C)]
pub struct Crop<
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
> Crop<H, W, C, OH, OW, TOP, LEFT, T>
{
    const PLACEMENT: Placement = Placement::new([OH, OW], [H, W], [TOP, LEFT], C);

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
> Default for Crop<H, W, C, OH, OW, TOP, LEFT, T>
{
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [
        const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, const TOP: usize, const LEFT: usize,
        T: Scalar
    ] Crop<H, W, C, OH, OW, TOP, LEFT, T>: T {
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
> Layer for Crop<H, W, C, OH, OW, TOP, LEFT, T>
{
    type In = [[[T; C]; W]; H];
    type Out = [[[T; C]; OW]; OH];
    type Head = Linear;

    const TREE: LayerInfo = {
        let _ = Self::PLACEMENT;
        LayerInfo {
            name: "Crop",
            args: &[Arg::pair([TOP, LEFT])],
            input: Self::In::SHAPE,
            output: Self::Out::SHAPE,
            params: &[],
            children: &[],
            flops: 0,
            behaviour: Behaviour::PLAIN.computing(Operation::OfCrop { before: [TOP, LEFT] }),
        }
    };

    #[inline]
    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        Self::PLACEMENT.cut(x.as_flat(), y.as_flat_mut(), Parallel::SERIAL);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], run: PassContext<'_>) {
        Self::PLACEMENT.cut(flat(x), flat_mut(y), run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], _: &mut [T], run: PassContext<'_>) {
        Self::PLACEMENT.cut(flat(x), flat_mut(y), run.parallel());
    }

    /// ∂L/∂x is ∂L/∂y where y stands, and 0 around it.
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
            Self::PLACEMENT.place(flat(dy), flat_mut(dx), run.parallel());
        }
    }
}
