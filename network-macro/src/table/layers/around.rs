//! Layers with layers inside.

use super::rows::ANY;
use crate::table::ParameterKind::{Branches, Line, Size};
use crate::table::{Gives, LayerRow, OverSteps, Parameter, Reads};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Each",
        ty: "Each",
        usage: "Each<Dense<64, Relu> => Dense<10>>",
        about: "|Each|: the layers inside on each part of what is read, such as each row of an image",
        arguments: &[LINE],
        reads: Reads::Parts,
        gives: Gives::Parts,
        over_steps: OverSteps::OnEach,
        ..ANY
    },
    LayerRow {
        name: "Repeat",
        ty: "Repeat",
        usage: "Repeat<4, Residual<Dense<64, Relu> => Dense<64>>>",
        about: "|Repeat|: the layers inside four times, each with parameters of its own; they give what they read",
        arguments: &[Parameter::new("count", "how often", Size { zero: "a layer is repeated at least once" }), LINE],
        reads: Reads::AsInside,
        gives: Gives::Repeated,
        over_steps: OverSteps::AsInside,
        ..ANY
    },
    LayerRow {
        name: "Reverse",
        ty: "Reverse",
        usage: "Reverse<Lstm<64>>",
        about: "|Reverse|: the layers inside over the steps of a sequence from the last to the first; \
                `Concat<Lstm<64>, Reverse<Lstm<64>>>` runs in both directions",
        arguments: &[LINE],
        reads: Reads::AsInside,
        gives: Gives::Turned,
        over_steps: OverSteps::AsInside,
        ..ANY
    },
    LayerRow {
        name: "Residual",
        ty: "Residual",
        usage: "Residual<Dense<64, Relu> => Dense<64>>",
        about: "|Residual| around layers that give what they read",
        arguments: &[LINE],
        reads: Reads::AsInside,
        gives: Gives::AddedToInput,
        over_steps: OverSteps::AsInside,
        ..ANY
    },
    LayerRow {
        name: "Add",
        ty: "Add",
        usage: "Add<deep: Dense<32, Relu> => Dense<64>, wide: Dense<64>>",
        about: "|Add|: branches that read the same, and the sum of what they give",
        arguments: &[BRANCHES],
        reads: Reads::AsInside,
        gives: Gives::Sum,
        over_steps: OverSteps::AsInside,
        ..ANY
    },
    LayerRow {
        name: "Concat",
        ty: "Concat",
        usage: "Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>",
        about: "|Concat|: branches that read the same, and what they give side by side: in one row, or channel by channel",
        arguments: &[BRANCHES],
        reads: Reads::AsInside,
        gives: Gives::SideBySide,
        over_steps: OverSteps::AsInside,
        ..ANY
    },
];

pub(super) const LINE: Parameter = Parameter::new("layers", "the layers inside", Line);

pub(super) const BRANCHES: Parameter = Parameter::new("branches", "the branches", Branches);
