//! How exactly matrix products are computed.

use core::fmt;

use crate::Scalar;

/// How many bits of their operands matrix products read.
///
/// Weights, moments, gradients and activations are `f32` in memory, and all else that is computed is `f32`. What is rounded are
/// the numbers that a product reads, to bf16: the range of `f32` and 8 bits, |x̂ − x| ≤ 2⁻⁸·|x|. Rounded are
///
/// | layer | rounded | as it was |
/// | --- | --- | --- |
/// | `Dense`, also over steps | X·W, δ·Wᵀ, Xᵀ·δ | bias and activation, their gradients |
/// | attention | the products with its weights and their gradients | scores, softmax and what the heads give |
/// | `SwiGlu`, the logits of `TiedEmbedding` | all products | |
/// | `Rnn`, `Gru`, `Lstm` | over all steps: ∂L/∂x and the gradients of the weights | the steps, forward and backward |
/// | convolutions | | all |
///
/// One sample by itself (`predict`), streams and compact forms are computed in `f32`: the precision is a pass's, and they have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Precision {
    /// `f32`, or `f64` in networks of `f64`.
    #[default]
    F32,
    /// bf16, multiplied by the tiles of a processor with AMX (Intel, since 2023) under Linux. It is an error where there are none.
    Bf16,
    /// bf16, multiplied by any processor: the same rounding, products and order of sums without the speed. It is to try what
    /// [`Bf16`](Self::Bf16) does to a training, and to repeat one elsewhere.
    ///
    /// All lanes give the same bits, those that Intel's manual defines for [`Bf16`](Self::Bf16), as long as no product and no sum is
    /// below 2⁻¹²⁶ or beyond what `f32` holds.
    ///
    /// 784-128-64-10 with `Adam` at 10⁻³, batches of 64 and a rate that falls to 0 gets after five epochs on Fashion-MNIST 88.10 % of the test
    /// images right by `f32`, and 87.98 % so: the means of three first weights, whose differences are −0.25, −0.17 and 0.08 points
    /// (`cargo xtask check lessons`). Where the rate does not fall, the differences are larger, since any rounding leads to other weights.
    Bf16Portable,
}

impl Precision {
    /// The name in settings: `f32`, `bf16`, `bf16 portable`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::Bf16Portable => "bf16 portable",
        }
    }

    /// Whether this machine has what the precision takes.
    ///
    /// ```
    /// use typednet_tensor::Precision;
    ///
    /// assert_eq!(Precision::Bf16Portable.check(), Ok(()));
    /// if let Err(missing) = Precision::Bf16.check() {
    ///     println!("{missing}");
    /// }
    /// ```
    ///
    /// # Errors
    /// What is missing.
    pub fn check(self) -> Result<(), NoTiles> {
        if self == Self::Bf16 { crate::matmul::bf16::permitted() } else { Ok(()) }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A number whose products can be computed of operands of half its width: [`f32`].
#[diagnostic::on_unimplemented(
    message = "products of `{Self}` are not computed in bf16",
    label = "`Precision` rounds what products of `f32` read: make it a network of `f32`, or leave this out"
)]
pub trait Rounds: Scalar {}

#[diagnostic::do_not_recommend]
impl Rounds for f32 {}

/// Why tiles of bf16 cannot be multiplied by this machine: [`Precision::Bf16`] is not to be had.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoTiles {
    /// The program is for processors or a system for which they are not implemented.
    Target,
    /// The processor does not have the instructions.
    Processor {
        /// Whether it has `amx_tile`.
        tile: bool,
        /// Whether it has `amx_bf16`.
        bf16: bool,
    },
    /// The system does not keep the registers of tiles.
    System,
    /// The system does not let this process use them.
    Refused {
        /// The number of the system's error.
        error: i32,
    },
}

impl fmt::Display for NoTiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`Precision::Bf16` multiplies by the tiles of AMX, but ")?;
        match self {
            Self::Target => f.write_str("they are implemented for x86-64 under Linux only")?,
            Self::Processor { tile: false, bf16: false } => {
                f.write_str("this processor has neither `amx_tile` nor `amx_bf16`")?;
            }
            Self::Processor { tile: false, .. } => f.write_str("this processor has no `amx_tile`")?,
            Self::Processor { bf16: false, .. } => f.write_str("this processor has no `amx_bf16`")?,
            Self::Processor { .. } => f.write_str("this processor's are not eight of 16 rows of 64 bytes")?,
            Self::System => {
                f.write_str("the system does not keep their registers: it takes Linux 5.16 or newer")?;
                f.write_str(", and under a hypervisor one that passes them on")?;
            }
            Self::Refused { error } => write!(f, "the system does not let this process use them (error {error})")?,
        }
        f.write_str("; `Precision::Bf16Portable` computes the same on any processor, without their speed")
    }
}

crate::debug_as_display!(NoTiles);

impl core::error::Error for NoTiles {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_stands_in_the_message_and_what_to_do() {
        let processor = |tile, bf16| NoTiles::Processor { tile, bf16 };
        for (missing, words) in [
            (NoTiles::Target, "for x86-64 under Linux only"),
            (processor(false, false), "neither `amx_tile` nor `amx_bf16`"),
            (processor(false, true), "no `amx_tile`;"),
            (processor(true, false), "no `amx_bf16`;"),
            (processor(true, true), "not eight of 16 rows"),
            (NoTiles::System, "Linux 5.16"),
            (NoTiles::Refused { error: 95 }, "(error 95)"),
        ] {
            let text = missing.to_string();
            assert!(text.contains(words) && text.contains("Precision::Bf16Portable"), "{text}");
            assert_eq!(text, format!("{missing:?}"));
        }
    }
}
