//! What recurrent layers say of their sizes and parameters.

use typednet_tensor::{Shape, recurrent::Sizes};

use crate::{Init, Param, ParamKind, WorkspaceSize};

/// The sizes of a layer.
pub(super) const fn sizes(steps: usize, inputs: usize, width: usize) -> Sizes {
    assert!(steps > 0 && inputs > 0 && width > 0, "a recurrent layer has at least one step, one input and one unit");
    Sizes { steps, inputs, width, is_given: false }
}

/// The same sizes, where the first state is given.
pub(super) const fn given(sizes: Sizes) -> Sizes {
    Sizes { is_given: true, ..sizes }
}

/// Uniform in ±1/√width, weights and biases alike, as `PyTorch` has it.
const fn param(name: &'static str, shape: Shape, kind: ParamKind, fan_in: usize, width: usize) -> Param {
    Param { name, shape, kind, init: Init::UniformFanOut, fan_in, fan_out: width }
}

/// A weight, through which so many inputs lead to each of the units of a gate.
pub(super) const fn weight(name: &'static str, shape: Shape, inputs: usize, width: usize) -> Param {
    param(name, shape, ParamKind::Weight, inputs, width)
}

/// A bias.
pub(super) const fn bias(name: &'static str, shape: Shape, sizes: Sizes) -> Param {
    param(name, shape, ParamKind::Bias, sizes.inputs, sizes.width)
}

/// Operations of the products of all steps for so many gates, with the biases.
pub(super) const fn flops(sizes: Sizes, gates: usize) -> u64 {
    let Sizes { steps, inputs, width, .. } = sizes;
    (steps * gates * width) as u64 * (2 * (inputs + width) as u64 + 1)
}

/// The copies of W and U that the passes forward make. A single sequence reads them where they stand.
pub(super) const fn packed(sizes: Sizes, gates: usize) -> WorkspaceSize {
    WorkspaceSize::several(sizes.packed(gates))
}

/// The copy of Uᵀ that the pass backward makes.
pub(super) const fn turned(sizes: Sizes, gates: usize) -> WorkspaceSize {
    WorkspaceSize::fixed(sizes.turned(gates))
}
