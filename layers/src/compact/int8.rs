//! The fully connected layer in integers of one byte.

use core::marker::PhantomData;

use typednet_tensor::compact::{Int8, affine_int8, pack_int8, unpacked_int8};
use typednet_tensor::{Flat, bytes_mut, flat, flat_mut, impl_flat};

use super::factors::{self, Factors, Steps, fits_in_a_sum};
use super::form::{form, made};
#[cfg(feature = "alloc")]
use super::losses::Walk;
use super::parts::by_parts;
use super::{Compact, DenseBf16, Predictor};
use crate::{Activation, Arg, Dense, LayerInfo, Network, ParamKind, PassContext, Workspace, WorkspaceSize};

/// [`Dense`] in integers: inputs in 256 steps over the range that samples showed, weights in 255 steps over a range of
/// their own for each output (Jacob et al. 2018, "Quantization and training of neural networks for efficient
/// integer-arithmetic-only inference").
///
/// xᵢ ≈ s·(qᵢ − q₀) and wᵢₒ ≈ sₒ·ŵᵢₒ with sₒ = maxᵢ |wᵢₒ| / 127, so
/// z = s·sₒ·Σᵢ qᵢ·ŵᵢₒ + (bₒ − s·sₒ·q₀·Σᵢ ŵᵢₒ). The sum is exact. For inputs within the range,
/// |ẑ − z| ≤ Σᵢ (|xᵢ|·sₒ/2 + |wᵢₒ|·s/2 + s·sₒ/4), apart from the rounding of the last steps.
///
/// No sum is cut off: the instructions for bytes add to 32 bits without saturation, and 255·128·I fits into these.
///
/// An input beyond the range counts as its end, infinities too. A range below 255/3.4·10³⁸ ≈ 7.5·10⁻³⁷, for which 1/s is no
/// finite `f32`, is that of inputs that are all 0: every input counts as 0. If an input is NaN, all outputs are; an output one of whose
/// weights is not finite is NaN.
#[repr(C)]
pub struct DenseInt8<const I: usize, const O: usize, A> {
    /// In the order of [`pack_int8`].
    weight: [[u8; O]; I],
    /// s·sₒ; numbers of four bytes are kept as bytes, so that all elements are of one type.
    scale: [[u8; 4]; O],
    /// What is added to the product.
    shift: [[u8; 4]; O],
    /// 1/s and q₀; while ranges are observed, the smallest and the largest input.
    input: [[u8; 4]; 2],
    activation: PhantomData<fn() -> A>,
}

impl_flat! {
    [const I: usize, const O: usize, A: 'static] DenseInt8<I, O, A>: u8 {
        weight: [[u8; O]; I],
        scale: [[u8; 4]; O],
        shift: [[u8; 4]; O],
        input: [[u8; 4]; 2],
    } markers { activation }
}

/// As many products of bytes take about as long as to go over one number.
pub(super) const MACS_OF_AN_ELEMENT: usize = 16;

impl<const I: usize, const O: usize, A: Activation<f32>> DenseInt8<I, O, A> {
    /// As many numbers have room for the bytes of an input.
    const NUMBERS: usize = I.div_ceil(4);

    const FITS: () = fits_in_a_sum(I);

    fn layer(&self) -> Int8<'_> {
        let () = Self::FITS;
        let [inverse, zero] = self.input.map(f32::from_le_bytes);
        Int8 { inverse, zero, weight: self.weight.as_flat(), scale: &self.scale, shift: &self.shift }
    }

    /// ŵ as [`pack_int8`] has laid it out.
    pub(super) fn packed(&self) -> &[u8] {
        self.weight.as_flat()
    }

    pub(super) fn steps(&self) -> Steps<'_> {
        Steps::of(self.input, &self.scale)
    }

    /// Widens the range of the inputs by `x`.
    pub(super) fn observe(&mut self, x: &[f32]) {
        factors::observe(x, &mut self.input);
    }

    /// Makes integers of these weights for the range that was observed, with biases or none.
    pub(super) fn quantise(&mut self, from: &[[f32; O]; I], bias: &[f32]) {
        let () = Self::FITS;
        let Self { weight, scale, shift, input, .. } = self;
        let nearest = factors::quantise(from.as_flat(), bias, Factors { scale, shift, input });
        pack_int8(from.as_flat(), O, weight.as_flat_mut(), nearest);
    }
}

impl<const I: usize, const O: usize, A: Activation<f32>> Predictor for DenseInt8<I, O, A> {
    type In = [f32; I];
    type Out = [f32; O];

    const TREE: LayerInfo = form::<Self>(
        "DenseInt8",
        &[Arg::Size(O), A::ARG],
        &[
            made("packed_weight", &[I, O], ParamKind::Weight),
            made("scale", &[O, 4], ParamKind::Scale),
            made("shift", &[O, 4], ParamKind::Bias),
            made("input", &[2, 4], ParamKind::Scale),
        ],
        &[],
    );

    /// A byte for each input.
    const INFER: WorkspaceSize = WorkspaceSize::rows(Self::NUMBERS);

    const STACK: usize = I;

    #[inline]
    fn predict_into(&self, x: &[f32; I], y: &mut [f32; O]) {
        affine_int8(x, self.layer(), &mut [0; I], y);
        A::apply(y, O);
    }

    fn infer(&self, x: &[[f32; I]], y: &mut [[f32; O]], scratch: &mut [f32], run: PassContext<'_>) {
        let q = Workspace::new(scratch, x.len()).elements(x.len() * Self::NUMBERS);
        by_parts(run.parallel(), (x, y), q, I * O / MACS_OF_AN_ELEMENT, |x, y, q| {
            affine_int8(flat(x), self.layer(), &mut bytes_mut(q)[..x.len() * I], flat_mut(y));
            A::apply(flat_mut(y), O);
        });
    }
}

impl<const I: usize, const O: usize, A: Activation<f32>> Compact for Dense<I, O, A> {
    type Bf16 = DenseBf16<I, O, A>;
    type Int8 = DenseInt8<I, O, A>;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        to.round(self);
    }

    fn observe(&self, x: &[f32; I], y: &mut [f32; O], to: &mut Self::Int8) {
        to.observe(x);
        self.predict_to(x, y);
    }

    fn quantise(&self, to: &mut Self::Int8) {
        to.quantise(&self.weight, &self.bias);
    }

    fn restore(&self, form: &Self::Int8, to: &mut Self) {
        form.steps().restore(|row, o| unpacked_int8(form.packed(), O, row, o), to.weight.as_flat_mut());
        to.bias.copy_from_slice(&self.bias);
    }

    fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
        visit(Some(form.steps()));
    }

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&[f32; I]; 2], y: [&mut [f32; O]; 2], walk: &mut Walk) {
        let ([x, in_form], [y, of_form]) = (x, y);
        self.predict_to(x, y);
        form.predict_to(in_form, of_form);
        walk.layer([y, of_form], Some((in_form, form.input.map(f32::from_le_bytes))));
    }
}
