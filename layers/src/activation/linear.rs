//! The identity.

use typednet_tensor::Scalar;

use crate::{Activation, Arg, Init, Keeps};

/// a = z, for regression.
pub struct Linear;

impl<T: Scalar> Activation<T> for Linear {
    const ARG: Arg = Arg::Type("Linear", &[]);
    const INIT: Init = Init::XavierNormal;
    const KEEPS: Keeps = Keeps::Output;

    fn apply(_: &mut [T], _: usize) {}

    fn backward(_: &[T], _: &mut [T], _: usize) {}
}
