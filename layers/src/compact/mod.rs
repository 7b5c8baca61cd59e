//! Networks in a half or a quarter of the bytes, for inference.
//!
//! See [`Compact`], which has the numbers.

mod around;
mod bf16;
mod block;
mod convolution;
mod convolutions;
mod embedding;
mod factors;
mod form;
mod int8;
#[cfg(feature = "alloc")]
mod losses;
mod network;
mod of_parts;
mod padded;
mod parameters;
mod parts;
mod plain;
mod predictor;
mod stored;
mod table;
#[cfg(test)]
mod tests;
mod tied;
mod within;

pub use bf16::DenseBf16;
pub use block::{Block, Both, Columns, Kept, Nothing, Rounded};
pub use convolution::{ConvInt8, Convolving};
pub use embedding::{EmbeddingBf16, EmbeddingInt8};
pub use factors::Steps;
pub use int8::DenseInt8;
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub use losses::Walk;
#[cfg(feature = "alloc")]
pub(crate) use losses::losses;
#[cfg(feature = "alloc")]
pub use losses::{InputLoss, LayerLoss, Losses, Noise};
#[doc(hidden)]
pub use network::AsChain;
pub use padded::{CompactPadded, PaddedPredictor, PaddedTable};
pub use predictor::Predictor;
pub use stored::Stored;
pub use table::{Table, TableBf16};
pub use tied::TiedForm;

use typednet_tensor::compact::Bf16;
#[cfg(feature = "alloc")]
use typednet_tensor::zeroed_samples;
use typednet_tensor::{Flat, Sample};

use crate::Layer;
#[cfg(feature = "alloc")]
use crate::Network;

/// A network that has forms of fewer bytes for inference: layers of `f32` of this library, chains of them, and what `network!` makes
/// of them, up to 32 layers. A layer of another crate has none, which is an error that says so.
///
/// | | [`Bf16`](Compact::Bf16) | [`Int8`](Compact::Int8) |
/// | --- | --- | --- |
/// | [`Dense`](crate::Dense) I → O | 2·(I·O + O) bytes; `f32` arithmetic of weights rounded to 8 bits of precision | I·O + 8·O + 8 bytes; integers: y = s·Σ q·ŵ + t with 8 bits for each input and weight |
/// | [`Conv2d`](crate::Conv2d), [`Conv1d`](crate::Conv1d) | 2 bytes for each parameter, as above | a byte for each weight and 8·F + 8, integers as above |
/// | [`Rnn`](crate::Rnn), [`Lstm`](crate::Lstm), [`Gru`](crate::Gru), [`Attention`](crate::Attention), [`SwiGlu`](crate::SwiGlu), [`ConvTranspose2d`](crate::ConvTranspose2d) | as above | a byte for each weight and 4 for each output's factor, biases as they are; `f32` arithmetic of ŵ·sₒ |
/// | [`Embedding`](crate::Embedding) | as above | a byte for each weight and 4 for each row's factor |
/// | [`TiedEmbedding`](crate::TiedEmbedding)'s table, once for both of its uses | as above | a byte for each weight and 8·V + 8, products in integers; a row is ŵ·sₒ; a bias in these 8·V |
/// | normalisations, [`Positions`](crate::Positions) | rounded | as they are, in `f32` |
/// | layers without parameters | `f32` | `f32` |
///
/// Forms of layers over [padded](typednet_tensor::Padded) steps are those of the layers, and are told how many steps count as the layers
/// are ([`CompactPadded`]): what stands in padding changes no bit of what they give, and no range of their integers.
///
/// What stands between two layers is `f32` in every form. Products of one byte are computed as integers where the whole layer is one
/// product; the others make `f32` of their parameters for a pass, which saves memory and takes no less time.
///
/// [`BatchNorm::fold`](crate::BatchNorm::fold) makes one layer of `Dense` and `BatchNorm`; as it stands behind a convolution it is one
/// multiplication and one addition of `f32` for each number, and loses nothing.
///
/// # What they gain
/// Microseconds on one core of an AMD EPYC (Zen 4) with AVX-512 VNNI, the least that `cargo bench -p benches --bench infer` found:
/// 784 → 128 → 64 → 10, `LeNet`, a `ResNet8`, and two convolutions of 3×3 with padding.
///
/// | | rows | `f32` | `Bf16` | `Int8` |
/// | --- | ---: | ---: | ---: | ---: |
/// | dense | 1 | 4.2 | 2.3 | 1.4 |
/// | | 2 | 4.5 | 4.6 | 2.5 |
/// | | 64 | 125 | 144 | 40 |
/// | `LeNet` | 1 | 7.5 | 6.9 | 6.4 |
/// | | 64 | 397 | 409 | 370 |
/// | `ResNet8` | 1 | 172 | 178 | 86 |
/// | | 64 | 12,582 | 13,029 | 7,843 |
/// | 16 → 16 channels, 28² | 1 | 30.9 | 31.3 | 15.2 |
/// | | 64 | 2,065 | 2,019 | 1,013 |
/// | 64 → 64 channels, 7² | 1 | 29.2 | 34.6 | 9.5 |
/// | | 64 | 1,733 | 1,742 | 593 |
///
/// So `Int8` is faster, but for `LeNet`, whose images have few channels and whose kernels lie over runs of few bytes: from one run to the
/// next the two forms changed places there. `Bf16` is faster for one row of a dense network, and for all else it saves memory and no time.
/// AVX2 took 2.9 µs for the dense network's one sample in `Bf16` and 2.6 in `Int8` (`f32` 4.3), the portable code 8.2 and 10.1 (7.4), when
/// only dense layers had forms; on other processors (NEON too, which runs the portable code) the forms save memory and no time.
///
/// They lose little: `cargo test --test it compact -- --nocapture` trains this network on Fashion-MNIST and finds 87.59 % of the test
/// images right in `f32`, 87.61 % in `Bf16`, 87.63 % in `Int8` for one seed, and 87.26, 87.30, 87.32 % for another.
///
/// # Where there is no allocator
/// A form is a [`Flat`] value like any other: [`write_bf16`](Compact::write_bf16) and [`write_int8`](crate::Network::write_int8)
/// write it to a place of yours, its elements are the bytes of a file, and `typednet_tensor::from_le_bytes` makes a `static` of that file.
///
/// ```
/// use typednet_layers::{Chain, Compact, Dense, Network, Predictor, Relu, Softmax};
///
/// type Digits = Chain<Dense<64, 32, Relu>, Dense<32, 10, Softmax>>;
///
/// let digits = Digits::seeded(0);
/// let samples: Vec<[f32; 64]> = (0..100).map(|i| [i as f32 / 100.0; 64]).collect();
/// let half = digits.to_bf16();
/// let quarter = digits.to_int8(&samples);
/// assert_eq!(size_of_val(&*half), 2 * Digits::PARAMS);
/// assert_eq!(size_of_val(&*quarter), 64 * 32 + 32 * 10 + 8 * (32 + 10) + 2 * 8);
///
/// let exact = digits.predict(&samples[50]);
/// for (i, p) in exact.iter().enumerate() {
///     assert!((p - half.predict(&samples[50])[i]).abs() < 0.01);
///     assert!((p - quarter.predict(&samples[50])[i]).abs() < 0.01);
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no forms of fewer bytes",
    note = "layers of `f32` of this library have, and chains of them; a layer of one's own needs `impl Compact`"
)]
pub trait Compact: Layer<Elem = f32> {
    /// The network with weights of two bytes.
    type Bf16: Predictor<In = Self::In, Out = Self::Out> + Flat<Elem = Bf16>;

    /// The network in integers of one byte.
    type Int8: Predictor<In = Self::In, Out = Self::Out> + Flat<Elem = u8>;

    /// Rounds the parameters to `to`, to nearest, ties to even.
    fn write_bf16(&self, to: &mut Self::Bf16);

    /// y ← f(x), and widens the ranges of what the layers read, which are kept in `to`, by this sample.
    fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8);

    /// Makes integers of the parameters, for the ranges that are in `to`.
    fn quantise(&self, to: &mut Self::Int8);

    /// The parameters that the form computes with, to `to`: weights as whole numbers of steps, all else as it is here.
    fn restore(&self, form: &Self::Int8, to: &mut Self);

    /// Shows `visit` the steps of each layer without layers inside, in the order of the tree; nothing of one that has none.
    #[doc(hidden)]
    fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
        let _ = form;
        visit(None);
    }

    /// What the layer gives for `x`, and its form for the other `x`; `walk` is shown both for each layer without layers inside.
    #[cfg(feature = "alloc")]
    #[doc(hidden)]
    fn compare(&self, form: &Self::Int8, x: [&Self::In; 2], y: [&mut Self::Out; 2], walk: &mut Walk) {
        let ([x, in_form], [y, of_form]) = (x, y);
        self.predict_to(x, y);
        form.predict_to(in_form, of_form);
        walk.layer([y, of_form], None);
    }
}

/// As [`Network::write_int8`](crate::Network::write_int8).
pub(crate) fn write_int8<L: Compact>(net: &L, samples: &[L::In], to: &mut L::Int8) {
    assert!(!samples.is_empty(), "the ranges of the integers come from samples, and there are none");
    to.as_flat_mut().fill(0);
    with_zeros(|y| {
        for x in samples {
            net.observe(x, y, to);
        }
    });
    net.quantise(to);
}

/// A sample of more bytes stands on the heap, where there is one: networks have up to 32 of them at a time.
#[cfg(feature = "alloc")]
const LARGE: usize = 1 << 12;

/// Lends a sample of zeros that may be larger than the stack.
fn with_zeros<S: Sample, R>(work: impl FnOnce(&mut S) -> R) -> R {
    #[cfg(feature = "alloc")]
    if const { size_of::<S>() > LARGE } {
        return work(&mut zeroed_samples::<S>(1)[0]);
    }
    on_stack(work)
}

/// A function of its own, so that only who calls it needs the room.
#[inline(never)]
fn on_stack<S: Sample, R>(work: impl FnOnce(&mut S) -> R) -> R {
    work(&mut S::zeros())
}
