//! Convolutions in integers of one byte.

use core::marker::PhantomData;

use typednet_tensor::compact::{Int8, Patches, convolve_int8, pack_convolution_int8, unpacked_convolution_int8};
use typednet_tensor::conv::Convolution;
use typednet_tensor::{Flat, bytes_mut, flat, flat_mut, impl_flat, zeros};

use super::Predictor;
use super::factors::{self, Factors, Steps, fits_in_a_sum};
use super::form::{form, whole};
use super::int8::MACS_OF_AN_ELEMENT;
use super::parts::by_parts;
use crate::{Layer, LayerInfo, PassContext, Workspace, WorkspaceSize};

/// A layer that is a convolution with an activation behind it, and the arrays of bytes that its form is made of.
pub trait Convolving: Layer<Elem = f32> {
    /// The bytes of an image that it reads.
    type Image: Flat<Elem = u8>;

    /// The bytes of its weights.
    type Kernel: Flat<Elem = u8> + Send + Sync;

    /// The bytes that one output reads, `[[[u8; C / groups]; KW]; KH]`.
    type Patch: Flat<Elem = u8>;

    /// Four bytes for each output.
    type Factors: Flat<Elem = u8> + Send + Sync;

    /// Its sizes.
    const SIZES: Convolution;

    /// Weights and biases, of which there may be none.
    fn weight_and_bias(&self) -> (&[f32], &[f32]);

    /// The function of what the convolution gives.
    #[doc(hidden)]
    fn activate(y: &mut [f32]);
}

/// A convolution in integers: inputs in 256 steps over the range that samples showed, weights in 255 steps over a range of their own
/// for each output, as [`DenseInt8`](super::DenseInt8) for each pixel with what lies under the kernel there.
///
/// A pixel beyond the image's edge is the step that stands for 0, so it counts as exactly 0. The bound of `DenseInt8` holds, and
/// what is said there of numbers beyond the range and of those that are none, by images: where an input is NaN, all outputs of
/// its image are.
#[repr(C)]
pub struct ConvInt8<L: Convolving> {
    /// In the order of [`pack_convolution_int8`].
    weight: L::Kernel,
    /// s·sₒ; numbers of four bytes are kept as bytes.
    scale: L::Factors,
    /// What is added to the product.
    shift: L::Factors,
    /// 1/s and q₀; while ranges are observed, the smallest and the largest input.
    input: [[u8; 4]; 2],
    layer: PhantomData<fn() -> L>,
}

impl_flat! {
    [L: Convolving] ConvInt8<L>: u8 {
        weight: L::Kernel,
        scale: L::Factors,
        shift: L::Factors,
        input: [[u8; 4]; 2],
    } markers { layer }
}

/// Room for the bytes of an image, and for those that the pixels computed together read at its borders.
#[repr(C)]
struct Room<I, P> {
    image: I,
    patches: Patches<P>,
}

impl_flat! {
    [I: Flat<Elem = u8>, P: Flat<Elem = u8>] Room<I, P>: u8 {
        image: I,
        patches: Patches<P>,
    }
}

impl<L: Convolving> ConvInt8<L> {
    const FITS: () = {
        let c = L::SIZES;
        fits_in_a_sum(L::Patch::LEN);
        assert!(
            L::Image::LEN == c.inputs()
                && L::Kernel::LEN == c.weights()
                && L::Patch::LEN * L::Factors::LEN == 4 * c.weights(),
            "the arrays of a convolution's form have its sizes"
        );
    };

    const ROOM: usize = Room::<L::Image, L::Patch>::LEN;

    /// As many numbers have that room.
    const NUMBERS: usize = Self::ROOM.div_ceil(4);

    fn factors(&self) -> Int8<'_> {
        let () = Self::FITS;
        let [inverse, zero] = self.input.map(f32::from_le_bytes);
        let [scale, shift] = [&self.scale, &self.shift].map(|factors| factors.as_flat().as_chunks::<4>().0);
        Int8 { inverse, zero, weight: self.weight.as_flat(), scale, shift }
    }

    /// Some images, one at a time in [`ROOM`](Self::ROOM) bytes.
    fn convolve(&self, x: &[f32], room: &mut [u8], y: &mut [f32]) {
        let (q, patches) = room.split_at_mut(L::Image::LEN);
        convolve_int8(const { &L::SIZES }, x, self.factors(), q, patches, y);
        L::activate(y);
    }

    /// Widens the range of the inputs.
    pub(super) fn observe(&mut self, x: &[f32]) {
        factors::observe(x, &mut self.input);
    }

    /// The steps that it computes in.
    pub(super) fn steps(&self) -> Steps<'_> {
        Steps::of(self.input, self.scale.as_flat().as_chunks::<4>().0)
    }

    /// Its weights, in numbers.
    pub(super) fn restore(&self, to: &mut [f32]) {
        let outputs = L::Factors::LEN / 4;
        let byte = |row, o| unpacked_convolution_int8(const { &L::SIZES }, self.weight.as_flat(), row * outputs + o);
        self.steps().restore(byte, to);
    }

    /// Takes the parameters of `layer`, for the range that was observed.
    pub(super) fn quantise(&mut self, layer: &L) {
        let () = Self::FITS;
        let (from, bias) = layer.weight_and_bias();
        let Self { weight, scale, shift, input, .. } = self;
        let [scale, shift] = [scale, shift].map(|factors| factors.as_flat_mut().as_chunks_mut::<4>().0);
        let nearest = factors::quantise(from, bias, Factors { scale, shift, input });
        pack_convolution_int8(const { &L::SIZES }, from, weight.as_flat_mut(), nearest);
    }
}

impl<L: Convolving<In: Flat<Elem = f32>>> Predictor for ConvInt8<L> {
    type In = L::In;
    type Out = L::Out;

    const TREE: LayerInfo = form::<Self>(L::TREE.name, L::TREE.args, &[whole::<Self>()], &[]);

    /// The bytes of an image, and of some of its pixels' inputs.
    const INFER: WorkspaceSize = WorkspaceSize::rows(Self::NUMBERS);

    const STACK: usize = Self::ROOM;

    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        self.convolve(x.as_flat(), zeros::<Room<L::Image, L::Patch>>().as_flat_mut(), y.as_flat_mut());
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [f32], run: PassContext<'_>) {
        let q = Workspace::new(scratch, x.len()).elements(x.len() * Self::NUMBERS);
        let cost = L::Patch::LEN * L::Out::LEN / MACS_OF_AN_ELEMENT;
        by_parts(run.parallel(), (x, y), q, cost, |x, y, q| {
            self.convolve(flat(x), &mut bytes_mut(q)[..Self::ROOM], flat_mut(y));
        });
    }
}
