//! Layers of one row of numbers, and those of any shape.

use super::convolutions::ACTIVATION;
use crate::table::ParameterKind::{Activation, Number, Size};
use crate::table::shape_rules::Reads as Axes;
use crate::table::{Axis, Gives, LayerRow, NumberRule, OverSteps, Parameter, Reads, Slot};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Dense",
        ty: "Dense",
        usage: "Dense<128>` or `Dense<128, Relu>",
        about: "|Dense| with 128 outputs, linear or with an activation",
        arguments: &[
            Parameter::new("outputs", "the number of outputs", Size { zero: "a layer needs at least one output" }),
            Parameter::new("activation", "activation", Activation(Some("Linear"))),
        ],
        reads: Reads::Axes(Axes::Row),
        over_steps: OverSteps::Cannot,
        gives: Gives::Axes(&[Axis::Argument("outputs")]),
        grouped: &[],
        states: 0,
        weights: &[Slot::Input(0), Slot::Argument("outputs")],
        slots: &[Slot::Input(0), Slot::Argument("outputs"), Slot::Argument("activation"), Slot::Scalar],
    },
    LayerRow {
        name: "Activation",
        ty: "ActivationLayer",
        usage: "Activation<Relu>",
        about: "an |ActivationLayer|, which keeps the shape; `Relu` alone is the same",
        arguments: &[Parameter::new("activation", "activation", Activation(None))],
        slots: &[Slot::Given, Slot::Argument("activation")],
        over_steps: OverSteps::Keeps,
        ..ANY
    },
    LayerRow {
        name: "Dropout",
        ty: "Dropout",
        usage: "Dropout<0.5>",
        about: "|Dropout|, which leaves out half of its inputs in training",
        ..DROPOUT
    },
    LayerRow {
        name: "TestScaledDropout",
        ty: "TestScaledDropout",
        usage: "TestScaledDropout<0.5>",
        about: "|TestScaledDropout|, the lecture notes' form of it",
        ..DROPOUT
    },
    LayerRow {
        name: "Noise",
        ty: "Noise",
        usage: "Noise<0.1>",
        about: "|Noise| of deviation 0.1, which is added in training only",
        arguments: &[Parameter::new("deviation", "deviation", Number(NumberRule::Deviation))],
        slots: &[Slot::Given, Slot::Argument("deviation")],
        over_steps: OverSteps::Keeps,
        ..ANY
    },
    LayerRow {
        name: "BatchNorm",
        ty: "BatchNorm",
        usage: "BatchNorm` or `BatchNorm<Relu>",
        about: "|BatchNorm| of one row of numbers, alone or with an activation",
        arguments: &[ACTIVATION],
        reads: Reads::LastAxis(Some(Axes::Row)),
        slots: &[Slot::Input(0), Slot::Argument("activation"), Slot::Scalar],
        over_steps: OverSteps::Mixes,
        ..ANY
    },
    LayerRow {
        name: "FrozenBatchNorm",
        ty: "FrozenBatchNorm",
        usage: "FrozenBatchNorm` or `FrozenBatchNorm<Relu>",
        about: "|FrozenBatchNorm|: by kept statistics in training too, for networks that are trained on",
        arguments: &[ACTIVATION],
        reads: Reads::LastAxis(Some(Axes::Row)),
        slots: &[Slot::Input(0), Slot::Argument("activation"), Slot::Scalar],
        ..ANY
    },
    LayerRow {
        name: "LayerNorm",
        ty: "LayerNorm",
        usage: "LayerNorm",
        about: "|LayerNorm| of one row of numbers, or of each row of the last axis of any shape",
        reads: Reads::LastAxis(None),
        slots: &[Slot::Input(0), Slot::Scalar],
        over_steps: OverSteps::Keeps,
        ..ANY
    },
    LayerRow {
        name: "RmsNorm",
        ty: "RmsNorm",
        usage: "RmsNorm",
        about: "|RmsNorm| of one row of numbers, or of each row of the last axis of any shape",
        reads: Reads::LastAxis(None),
        slots: &[Slot::Input(0), Slot::Scalar],
        over_steps: OverSteps::Keeps,
        ..ANY
    },
];

/// What gives the shape that it reads.
pub(super) const ANY: LayerRow = LayerRow {
    name: "",
    ty: "",
    usage: "",
    about: "",
    arguments: &[],
    reads: Reads::Any,
    gives: Gives::Same,
    over_steps: OverSteps::Cannot,
    grouped: &[],
    states: 0,
    weights: &[],
    slots: &[],
};

const DROPOUT: LayerRow = LayerRow {
    arguments: &[Parameter::new("probability", "probability", Number(NumberRule::Probability))],
    slots: &[Slot::Given, Slot::Argument("probability")],
    over_steps: OverSteps::Keeps,
    ..ANY
};
