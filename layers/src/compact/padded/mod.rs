//! Forms of layers over steps of which only the first count: as of the layers themselves, [`OnPadded`](crate::OnPadded) and
//! [`EndPadded`](crate::EndPadded) stand around them and tell them.

mod alone;
mod around;
mod embedding;
mod on;
mod tied;
mod within;

#[cfg(feature = "alloc")]
use core::slice::{from_mut, from_ref};

use typednet_tensor::Steps;
#[cfg(feature = "alloc")]
use typednet_tensor::{Buffer, Flat};

#[cfg(feature = "alloc")]
use super::Walk;
use super::{Compact, Predictor};
use crate::ReadsPadded;
#[cfg(feature = "alloc")]
use crate::{PassContext, WorkspaceSize, network::MOST_ON_STACK, padding::OfOne};
pub use embedding::PaddedTable;

/// A form that can be told how many of the steps that it reads count, as [`ReadsPadded`] says of layers: with what is there
/// [`PassContext::lengths`](crate::PassContext::lengths) says it to [`infer`](Predictor::infer).
#[diagnostic::on_unimplemented(
    message = "the form `{Self}` cannot be told which steps are padding",
    note = "forms of layers of this library that can be told are, as those of `Gru` and `Attention`; a form of one's own needs `impl PaddedPredictor`"
)]
pub trait PaddedPredictor: Predictor<In: Steps> {
    /// As [`ReadsPadded::KEEPS_STEPS`].
    const KEEPS_STEPS: bool;

    /// As [`predict_into`](Predictor::predict_into), where the first `length` steps count.
    fn predict_padded(&self, x: &Self::In, y: &mut Self::Out, length: usize);
}

/// A layer that can be told how many steps count and has forms that can: what stands in [`OnPadded`](crate::OnPadded) and
/// [`EndPadded`](crate::EndPadded) where these have forms.
///
/// # Contract
/// As that of [`ReadsPadded`], for the forms. No range of what a layer reads is widened by a step of padding, and no loss is that of one.
///
/// ```
/// use typednet_layers::{Chain, Dense, Each, EndPadded, Last, Network, OnPadded, Predictor, Relu};
/// use typednet_tensor::Padded;
///
/// type Net = Chain<OnPadded<Each<5, Dense<2, 3, Relu>>>, EndPadded<Last<[f32; 3], 5>>>;
///
/// let (net, mut x) = (Net::seeded(0), Padded::new(&[[0.5, -1.0], [1.0, 0.25]])?);
/// let form = net.to_int8(&[x]);
/// let y = form.predict(&x);
/// x.steps[2..].fill([f32::NAN; 2]);
/// assert_eq!(form.predict(&x), y);
/// assert!(net.to_int8(&[x]).predict(&x) == y);
/// # Ok::<(), typednet_tensor::PaddingError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no forms of fewer bytes that can be told which steps are padding",
    note = "layers of `f32` of this library that can be told have; a layer of one's own needs `impl CompactPadded`"
)]
pub trait CompactPadded: ReadsPadded + Compact<Bf16: PaddedPredictor, Int8: PaddedPredictor> {
    /// As [`Compact::observe`], where the first `length` steps count.
    fn observe_padded(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8, length: usize);

    /// As [`Compact::compare`], where the first `length` steps count.
    #[cfg(feature = "alloc")]
    #[doc(hidden)]
    fn compare_padded(
        &self,
        form: &Self::Int8,
        x: [&Self::In; 2],
        y: [&mut Self::Out; 2],
        length: usize,
        walk: &mut Walk,
    );
}

/// As [`Network::predict_to`](crate::Network::predict_to), where the first `length` steps count.
fn predict_layer<L: ReadsPadded<Elem = f32>>(layer: &L, x: &L::In, y: &mut L::Out, length: usize) {
    #[cfg(feature = "alloc")]
    if const { is_large(L::INFER) } {
        return lent(L::INFER, length, |memory, run| layer.infer(from_ref(x), from_mut(y), memory, run));
    }
    layer.predict_padded(x, y, length);
}

/// As [`Predictor::predict_to`], where the first `length` steps count.
#[cfg(feature = "alloc")]
fn predict_form<P: PaddedPredictor>(form: &P, x: &P::In, y: &mut P::Out, length: usize) {
    if const { P::STACK > MOST_ON_STACK } {
        return lent(P::INFER, length, |memory, run| form.infer(from_ref(x), from_mut(y), memory, run));
    }
    form.predict_padded(x, y, length);
}

/// Whether a pass over one sample takes more than stands on the stack.
#[cfg(feature = "alloc")]
const fn is_large(need: WorkspaceSize) -> bool {
    need.of(1).saturating_mul(size_of::<f32>()) > MOST_ON_STACK
}

/// Lends the memory for one sample of which `length` steps count.
#[cfg(feature = "alloc")]
fn lent(need: WorkspaceSize, length: usize, pass: impl FnOnce(&mut [f32], PassContext<'_>)) {
    let mut memory = Buffer::new();
    pass(memory.grow(need.of(1)), PassContext::SERIAL.with_lengths(&OfOne(length)));
}

/// How many numbers of what a layer gives are of steps that count, or of all that it makes of these.
#[cfg(feature = "alloc")]
const fn counted<L: ReadsPadded>(length: usize) -> usize {
    if L::KEEPS_STEPS { length * (L::Out::LEN / L::In::STEPS) } else { L::Out::LEN }
}
