//! The identity.

use typednet_tensor::Scalar;

use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = z, the identity; a' = 1 (lecture section 2). At the end, for regression.
pub struct Linear;

impl<T: Scalar> Activation<T> for Linear {
    const ARG: Arg = Arg::Type("Linear", &[]);
    const FUNCTION: Function = Function::OfLinear;
    const INIT: Init = Init::XavierNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Output;
    const IS_IDENTITY: bool = true;

    fn apply(_: &mut [T], _: usize) {}

    fn backward(_: &[T], _: &mut [T], _: usize) {}
}
