//! What a form says of its parts, for files.

use typednet_tensor::{Sample, Shape};

use super::Predictor;
use crate::{Arg, Behaviour, Child, Init, LayerInfo, Param, ParamKind};

/// The tree of a form that holds `params` and the forms in `children`.
pub(super) const fn form<P: Predictor>(
    name: &'static str,
    args: &'static [Arg],
    params: &'static [Param],
    children: &'static [Child],
) -> LayerInfo {
    let (input, output) = (<P::In as Sample>::SHAPE, <P::Out as Sample>::SHAPE);
    LayerInfo { name, args, input, output, params, children, flops: 0, behaviour: Behaviour::PLAIN }
}

/// A parameter of a form, which is made of a network's and neither drawn nor trained.
///
/// Weights that were laid out anew are called `packed_weight`, so that no file of the network's own is taken for one of them.
pub(super) const fn made(name: &'static str, sizes: &[usize], kind: ParamKind) -> Param {
    Param { name, shape: Shape::new(sizes), kind, init: Init::Zeros, fan_in: 0, fan_out: 0 }
}

/// All that a form holds as one parameter, where its parts are known to it alone.
pub(super) const fn whole<P: Predictor>() -> Param {
    made("packed", &[P::LEN], ParamKind::Weight)
}
