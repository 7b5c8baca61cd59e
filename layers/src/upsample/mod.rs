//! Images with more pixels.

mod bilinear;
mod interpolation;
mod nearest;
mod sizes;

use core::marker::PhantomData;

use typednet_tensor::{Flat, Sample, Scalar, flat, flat_mut, impl_flat};

pub use self::interpolation::{Bilinear, Interpolation, Nearest};
use self::sizes::Sizes;
use crate::threads::by_rows;
use crate::{Arg, Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    bilinear::instances::<T>();
    nearest::instances::<T>();
}

/// An image with a whole number of times as many rows and columns, whose new pixels `M` finds: [`Nearest`] repeats each pixel,
/// [`Bilinear`] goes evenly from one to the next.
///
/// A decoder or a generator of images alternates it with convolutions, which do not leave the traces of a chessboard that
/// transposed convolutions do (Odena and others 2016).
///
/// # Shapes
/// x is `[[[T; C]; W]; H]`, y is `[[[T; C]; OW]; OH]`, where OH is a multiple of H and OW one of W. In `network!` it is
/// written `Upsample<2>` or `Upsample<2, Bilinear>` and the sizes follow; by hand other sizes are an error when the program is
/// built.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{Bilinear, Network, Upsample};
///
/// let image = [[[0.0], [4.0]]];
/// assert_eq!(Upsample::<1, 2, 1, 1, 4>::new().predict(&image), [[[0.0], [0.0], [4.0], [4.0]]]);
/// assert_eq!(Upsample::<1, 2, 1, 1, 4, Bilinear>::new().predict(&image), [[[0.0], [1.0], [3.0], [4.0]]]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Network, Upsample};
///
/// // Five columns are no multiple of two.
/// Upsample::<1, 2, 1, 1, 5>::new().predict(&[[[0.0], [4.0]]]);
/// ```
#[repr(C)]
pub struct Upsample<
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    M = Nearest,
    T = f32,
> {
    /// No elements; it gives the layer its element's alignment.
    elements: [T; 0],
    interpolation: PhantomData<fn() -> M>,
}

impl<const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, M, T>
    Upsample<H, W, C, OH, OW, M, T>
{
    const SIZES: Sizes = {
        assert!(
            H > 0 && W > 0 && OH > 0 && OW > 0 && OH.is_multiple_of(H) && OW.is_multiple_of(W),
            "an upsample gives a whole number of times as many rows and columns as it reads"
        );
        Sizes { image: [H, W], factor: [OH / H, OW / W], channels: C }
    };

    /// The layer; there is only one.
    pub const fn new() -> Self {
        let _ = Self::SIZES;
        Self { elements: [], interpolation: PhantomData }
    }
}

impl<const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, M, T> Default
    for Upsample<H, W, C, OH, OW, M, T>
{
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [
        const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, M: 'static, T: Scalar
    ] Upsample<H, W, C, OH, OW, M, T>: T {
        elements: [T; 0],
    } markers { interpolation }
}

impl<const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, M, T>
    Upsample<H, W, C, OH, OW, M, T>
where
    M: Interpolation,
    T: Scalar,
{
    /// The elements of an image, and of the larger one.
    const LEN: [usize; 2] = [<[[[T; C]; W]; H]>::LEN, <[[[T; C]; OW]; OH]>::LEN];

    /// Images one after the other.
    fn apply(x: &[T], y: &mut [T]) {
        let [image, larger] = Self::LEN;
        for (x, y) in x.chunks_exact(image).zip(y.chunks_exact_mut(larger)) {
            M::forward(Self::SIZES, x, y);
        }
    }
}

impl<const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, M, T> Layer
    for Upsample<H, W, C, OH, OW, M, T>
where
    M: Interpolation,
    T: Scalar,
{
    type In = [[[T; C]; W]; H];
    type Out = [[[T; C]; OW]; OH];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Upsample",
        args: &[Arg::pair(Self::SIZES.factor), Arg::Type(M::NAME, &[])],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &[],
        children: &[],
        flops: M::FLOPS * Self::LEN[1] as u64,
        behaviour: Behaviour::PLAIN
            .computing(Operation::OfUpsample { factor: Self::SIZES.factor, bilinear: M::BILINEAR }),
    };

    #[inline]
    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        if C > 0 {
            Self::apply(x.as_flat(), y.as_flat_mut());
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], run: PassContext<'_>) {
        if C > 0 {
            let ([image, larger], x) = (Self::LEN, flat(x));
            by_rows(run.parallel(), flat_mut(y), larger, |at, y| {
                let first = at / larger;
                Self::apply(&x[first * image..(first + y.len() / larger) * image], y);
            });
        }
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// Each output is a weighted sum of pixels, y = U·x, so ∂L/∂x = Uᵀ ∂L/∂y: each pixel gets from every output that it went
    /// into as much as it gave.
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
        if C > 0 {
            let ([image, larger], dy) = (Self::LEN, flat(dy));
            by_rows(run.parallel(), flat_mut(dx), image, |at, dx| {
                let first = at / image;
                let dy = &dy[first * larger..(first + dx.len() / image) * larger];
                for (dy, dx) in dy.chunks_exact(larger).zip(dx.chunks_exact_mut(image)) {
                    M::backward(Self::SIZES, dy, dx);
                }
            });
        }
    }
}
