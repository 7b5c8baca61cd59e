//! Layers over the steps of a sequence.

use super::rows::ANY;
use crate::table::ParameterKind::{Activation, Size};
use crate::table::shape_rules::Reads as Axes;
use crate::table::{Axis, Gives, LayerRow, OverSteps, Parameter, Reads, Slot};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Rnn",
        ty: "Rnn",
        usage: "Rnn<128>` or `Rnn<128, Relu>",
        about: "|Rnn|: a simple recurrent layer of 128 units over sequences, `[length, channels]`; the states of all steps",
        arguments: &[UNITS, Parameter::new("activation", "activation", Activation(Some("Tanh")))],
        slots: &[Slot::Input(0), Slot::Input(1), Slot::Argument("units"), Slot::Argument("activation"), Slot::Scalar],
        ..RECURRENT
    },
    LayerRow {
        name: "Lstm",
        ty: "Lstm",
        usage: "Lstm<128>",
        about: "|Lstm|: a long short-term memory of 128 units; the states of all steps",
        // h, and what the cells hold.
        states: 2,
        ..RECURRENT
    },
    LayerRow {
        name: "Gru",
        ty: "Gru",
        usage: "Gru<128>",
        about: "|Gru|: a gated recurrent unit of 128 units; the states of all steps",
        ..RECURRENT
    },
    LayerRow {
        name: "Last",
        ty: "Last",
        usage: "Last",
        about: "|Last|: the last step of a sequence, one row",
        reads: Reads::Axes(Axes::Sequence),
        gives: Gives::Axes(&[Axis::Input(1)]),
        slots: &[Slot::Gives, Slot::Input(0)],
        over_steps: OverSteps::Ends,
        ..ANY
    },
    LayerRow {
        name: "MeanOverSteps",
        ty: "MeanOverSteps",
        usage: "MeanOverSteps",
        about: "|MeanOverSteps|: the mean of all steps of a sequence, one row",
        reads: Reads::Axes(Axes::Sequence),
        gives: Gives::Axes(&[Axis::Input(1)]),
        slots: &[Slot::Input(0), Slot::Input(1), Slot::Scalar],
        over_steps: OverSteps::Ends,
        ..ANY
    },
];

const UNITS: Parameter =
    Parameter::new("units", "the number of units", Size { zero: "a recurrent layer needs at least one unit" });

const RECURRENT: LayerRow = LayerRow {
    arguments: &[UNITS],
    reads: Reads::Axes(Axes::Sequence),
    gives: Gives::Axes(&[Axis::Input(0), Axis::Argument("units")]),
    weights: &[Slot::Argument("units"), Slot::Argument("units")],
    slots: &[Slot::Input(0), Slot::Input(1), Slot::Argument("units"), Slot::Scalar],
    over_steps: OverSteps::Keeps,
    states: 1,
    ..ANY
};
