//! Windows over images that give one number for those that they see.

use super::convolutions::ZERO;
use crate::table::ParameterKind::{Flag, PerAxis};
use crate::table::shape_rules::Reads as Axes;
use crate::table::{Axis, Default, Gives, LayerRow, OverSteps, Parameter, Reads, Slot};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "MaxPool",
        ty: "MaxPool",
        usage: "MaxPool<2>` or `MaxPool<3, stride = 2, pad = 1, floor = true>",
        about: "|MaxPool|: the largest number of each window of 2×2 pixels, which stand beside each other",
        ..POOL
    },
    LayerRow {
        name: "AvgPool",
        ty: "AvgPool",
        usage: "AvgPool<2>` or `AvgPool<3, stride = 2, pad = 1, floor = true>",
        about: "|AvgPool|: the mean of each window",
        ..POOL
    },
    LayerRow {
        name: "GlobalAvgPool",
        ty: "GlobalAvgPool",
        usage: "GlobalAvgPool",
        about: "|GlobalAvgPool|: the mean of all pixels, one row of channels",
        arguments: &[],
        gives: Gives::Axes(&[Axis::Input(2)]),
        slots: &[Slot::Input(0), Slot::Input(1), Slot::Input(2), Slot::Scalar],
        ..POOL
    },
];

const POOL: LayerRow = LayerRow {
    name: "",
    ty: "",
    usage: "",
    about: "",
    arguments: &[
        Parameter::new("kernel", "the kernel", PerAxis { axes: 2, default: None }),
        Parameter::named("stride", "the stride", PerAxis { axes: 2, default: Some(Default::As("kernel")) }),
        Parameter::named("pad", "the padding", PerAxis { axes: 2, default: ZERO }),
        Parameter::named("floor", "whether pixels may be dropped", Flag(false)),
    ],
    reads: Reads::Axes(Axes::Image),
    over_steps: OverSteps::Cannot,
    gives: Gives::Axes(&[Axis::Pooling, Axis::Pooling, Axis::Input(2)]),
    states: 0,
    grouped: &[],
    weights: &[],
    slots: &[
        Slot::Input(0),
        Slot::Input(1),
        Slot::Input(2),
        Slot::OnAxis("kernel", 0),
        Slot::OnAxis("kernel", 1),
        Slot::Output(0),
        Slot::Output(1),
        Slot::Strides,
        Slot::Scalar,
    ],
};
