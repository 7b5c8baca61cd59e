//! The layers.

use super::ParameterKind::{Activation, Branches, Line, Number, Size};
use super::{Gives, LayerRow, NumberRule, Parameter, Reads};

/// All of them.
pub(crate) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Dense",
        ty: "Dense",
        usage: "Dense<128>` or `Dense<128, Relu>",
        about: "|Dense| with 128 outputs, linear or with an activation",
        arguments: &[
            Parameter {
                name: "outputs",
                what: "the number of outputs",
                kind: Size { zero: "a layer needs at least one output" },
            },
            Parameter { name: "activation", what: "activation", kind: Activation(Some("Linear")) },
        ],
        reads: Reads::Row,
        gives: Gives::RowOf(0),
    },
    LayerRow {
        name: "Activation",
        ty: "ActivationLayer",
        usage: "Activation<Relu>",
        about: "an |ActivationLayer|, which keeps the shape; `Relu` alone is the same",
        arguments: &[Parameter { name: "activation", what: "activation", kind: Activation(None) }],
        reads: Reads::Any,
        gives: Gives::Same,
    },
    LayerRow {
        name: "Dropout",
        ty: "Dropout",
        usage: "Dropout<0.5>",
        about: "|Dropout|, which leaves out half of its inputs in training",
        arguments: &[PROBABILITY],
        reads: Reads::Any,
        gives: Gives::Same,
    },
    LayerRow {
        name: "TestScaledDropout",
        ty: "TestScaledDropout",
        usage: "TestScaledDropout<0.5>",
        about: "|TestScaledDropout|, the lecture notes' form of it",
        arguments: &[PROBABILITY],
        reads: Reads::Any,
        gives: Gives::Same,
    },
    LayerRow {
        name: "Noise",
        ty: "Noise",
        usage: "Noise<0.1>",
        about: "|Noise| of deviation 0.1, which is added in training only",
        arguments: &[Parameter { name: "deviation", what: "deviation", kind: Number(NumberRule::Deviation) }],
        reads: Reads::Any,
        gives: Gives::Same,
    },
    LayerRow {
        name: "BatchNorm",
        ty: "BatchNorm",
        usage: "BatchNorm",
        about: "|BatchNorm| of one row of numbers",
        arguments: &[],
        reads: Reads::Row,
        gives: Gives::Same,
    },
    LayerRow {
        name: "LayerNorm",
        ty: "LayerNorm",
        usage: "LayerNorm",
        about: "|LayerNorm| of one row of numbers",
        arguments: &[],
        reads: Reads::Row,
        gives: Gives::Same,
    },
    LayerRow {
        name: "Residual",
        ty: "Residual",
        usage: "Residual<Dense<64, Relu> => Dense<64>>",
        about: "|Residual| around layers that give what they read",
        arguments: &[Parameter { name: "layers", what: "the layers inside", kind: Line }],
        reads: Reads::AsInside,
        gives: Gives::AddedToInput,
    },
    LayerRow {
        name: "Add",
        ty: "Add",
        usage: "Add<deep: Dense<32, Relu> => Dense<64>, wide: Dense<64>>",
        about: "|Add|: branches that read the same, and the sum of what they give",
        arguments: &[BRANCHES],
        reads: Reads::AsInside,
        gives: Gives::Sum,
    },
    LayerRow {
        name: "Concat",
        ty: "Concat",
        usage: "Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>",
        about: "|Concat|: branches that read the same, and what they give in one row",
        arguments: &[BRANCHES],
        reads: Reads::AsInside,
        gives: Gives::SideBySide,
    },
];

const PROBABILITY: Parameter =
    Parameter { name: "probability", what: "probability", kind: Number(NumberRule::Probability) };

const BRANCHES: Parameter = Parameter { name: "branches", what: "the branches", kind: Branches };
