//! What the parts of a block of parameters are called.

use typednet_tensor::Flat;
use typednet_tensor::compact::Bf16;

use crate::{Layer, LayerInfo, Predictor};

/// A block of parameters of type `E` whose parts have names and sizes, so that they can be found in a file: every [`Layer`] of `f32`
/// or `f64`, and every compact form ([`Predictor`]) of [`Bf16`] or `u8`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no block of weights, so no file holds it",
    note = "networks have one, and their compact forms: write `static MODEL: Net = weights!(\"net.safetensors\")`"
)]
pub trait NamedTensors<E>: Flat<Elem = E> {
    /// The tree of its parts.
    #[doc(hidden)]
    const NODE: LayerInfo;

    /// How safetensors files call the type of its elements.
    const DTYPE: &'static str;
}

macro_rules! named {
    ($($kind:ident of $elem:ty: $dtype:literal),*) => {$(
        impl<M: $kind<Elem = $elem>> NamedTensors<$elem> for M {
            const NODE: LayerInfo = M::TREE;
            const DTYPE: &'static str = $dtype;
        }
    )*};
}

named!(Layer of f32: "F32", Layer of f64: "F64", Predictor of Bf16: "BF16", Predictor of u8: "U8");
