//! One question for each kind of type, each with the message of its mistake.
//!
//! They are asked of [`Fit`](crate::join::Fit), for the reasons that stand there: where the type in question were the `Self`,
//! rustc would say the question's message and not that of the bound; and impls for one `Self` would all be listed.

use typednet_tensor::Scalar;

use super::probe::{DECLARED, FIRST, LAYER, NOTHING, ONE_NUMBER, SHAPE, SILENT, SPEC};
use crate::join::{Begins, Gets};
use crate::{BuildLayer, Layer};

/// The question of this kind about `X`, where `In` comes in and `Declared` stands behind it.
pub trait Ask<const KIND: u8, X: ?Sized, T, In, Declared> {
    /// 0, where there is an answer.
    const YES: usize = 0;
}

impl<Any, X: IsLayer<T> + ?Sized, T, In, D> Ask<NOTHING, X, T, In, D> for Any {}

impl<Any, L: Layer<Elem = T>, T, In, D> Ask<LAYER, L, T, In, D> for Any where L::In: Gets<In, L> {}

impl<Any, L: Layer<Elem = T>, T, In, D> Ask<FIRST, L, T, In, D> for Any where L::In: Begins<In, L> {}

impl<Any, X: Reads<T, In, D>, T, In, D> Ask<SPEC, X, T, In, D> for Any {}

impl<Any, X: Makes<T, In, D>, T, In, D> Ask<DECLARED, X, T, In, D> for Any {}

impl<Any, X: NamesItsShape<In>, T, In, D> Ask<SHAPE, X, T, In, D> for Any {}

impl<Any, X: ?Sized, T, In, D> Ask<SILENT, X, T, In, D> for Any {}

impl<Any, X: ?Sized, T, In, D> Ask<ONE_NUMBER, X, T, In, D> for Any {}

/// A layer of numbers of type `T`. It is asked of what is none, so nothing implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer that computes with `{T}`",
    label = "expected a layer of `{T}`: one of the library's, a network, or a type that implements `Layer` or `LayerSpec`"
)]
pub trait IsLayer<T> {}

/// A name that stands for a layer that reads `In`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` stands for no layer that reads `{In}`",
    label = "cannot read `{In}`"
)]
pub trait Reads<T, In, Declared> {}

#[diagnostic::do_not_recommend]
impl<S: BuildLayer<T, In, D>, T: Scalar, In, D> Reads<T, In, D> for S {}

/// A name that stands for a layer that makes `Declared` of `In`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` stands for no layer that makes `{Declared}` of `{In}`",
    label = "cannot make `{Declared}`"
)]
pub trait Makes<T, In, Declared> {}

#[diagnostic::do_not_recommend]
impl<S: BuildLayer<T, In, D>, T: Scalar, In, D> Makes<T, In, D> for S {}

/// A name whose layer says itself what it makes of `In`. It is asked of one that does not, so nothing implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say itself what it makes of `{In}`: write `-> shape` behind it",
    label = "the shape of its output is missing"
)]
pub trait NamesItsShape<In> {}
