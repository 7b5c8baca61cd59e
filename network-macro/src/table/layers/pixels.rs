//! Layers that keep an image's channels: normalisation, and other numbers of pixels.

use super::convolutions::ACTIVATION;
use super::rows::ANY;
use crate::table::ParameterKind::{Mode, PerAxis};
use crate::table::shape_rules::Reads as Axes;
use crate::table::{Axis, Gives, LayerRow, OverSteps, Parameter, Reads, Slot};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "BatchNorm2d",
        ty: "BatchNorm",
        usage: "BatchNorm2d` or `BatchNorm2d<Relu>",
        about: "|BatchNorm| of each channel of images, over the batch and all pixels",
        arguments: &[ACTIVATION],
        reads: Reads::LastAxis(Some(Axes::Image)),
        slots: &[Slot::Input(0), Slot::Argument("activation"), Slot::Scalar],
        over_steps: OverSteps::Mixes,
        ..ANY
    },
    LayerRow {
        name: "BatchNorm1d",
        ty: "BatchNorm",
        usage: "BatchNorm1d` or `BatchNorm1d<Relu>",
        about: "|BatchNorm| of each channel of sequences, over the batch and all steps",
        arguments: &[ACTIVATION],
        reads: Reads::LastAxis(Some(Axes::Sequence)),
        slots: &[Slot::Input(0), Slot::Argument("activation"), Slot::Scalar],
        over_steps: OverSteps::Mixes,
        ..ANY
    },
    LayerRow {
        name: "FrozenBatchNorm2d",
        ty: "FrozenBatchNorm",
        usage: "FrozenBatchNorm2d` or `FrozenBatchNorm2d<Relu>",
        about: "|FrozenBatchNorm| of each channel of images",
        arguments: &[ACTIVATION],
        reads: Reads::LastAxis(Some(Axes::Image)),
        slots: &[Slot::Input(0), Slot::Argument("activation"), Slot::Scalar],
        ..ANY
    },
    LayerRow {
        name: "GroupNorm",
        ty: "GroupNorm",
        usage: "GroupNorm<4>",
        about: "|GroupNorm| of 4 groups of channels, over all pixels of an image",
        arguments: &[Parameter::new("groups", "the number of groups", PerAxis { axes: 1, default: None })],
        reads: Reads::Axes(Axes::Image),
        grouped: &[("groups", "channels", Slot::Input(2))],
        slots: &[Slot::Input(0), Slot::Input(1), Slot::Input(2), Slot::Argument("groups"), Slot::Scalar],
        ..ANY
    },
    LayerRow {
        name: "Upsample",
        ty: "Upsample",
        usage: "Upsample<2>` or `Upsample<2, Bilinear>",
        about: "|Upsample|: twice as many pixels a side, each the nearest one or between two",
        arguments: &[
            Parameter::new("factor", "the factor", PerAxis { axes: 2, default: None }),
            Parameter::new("mode", "the mode", Mode(&["Nearest", "Bilinear"])),
        ],
        reads: Reads::Axes(Axes::Image),
        gives: Gives::Axes(&[Axis::Scaled, Axis::Scaled, Axis::Input(2)]),
        slots: &[
            Slot::Input(0),
            Slot::Input(1),
            Slot::Input(2),
            Slot::Output(0),
            Slot::Output(1),
            Slot::Argument("mode"),
            Slot::Scalar,
        ],
        ..ANY
    },
    LayerRow {
        name: "Pad",
        ty: "Pad",
        usage: "Pad<2>` or `Pad<[1, 2]>",
        about: "|Pad|: a border of zeros around an image, of 2 pixels or of 1 row and 2 columns",
        gives: Gives::Axes(&[Axis::Padded, Axis::Padded, Axis::Input(2)]),
        ..BORDER
    },
    LayerRow {
        name: "Crop",
        ty: "Crop",
        usage: "Crop<2>` or `Crop<[1, 2]>",
        about: "|Crop|: an image without its border",
        gives: Gives::Axes(&[Axis::Cropped, Axis::Cropped, Axis::Input(2)]),
        ..BORDER
    },
];

const BORDER: LayerRow = LayerRow {
    arguments: &[Parameter::new("border", "the border", PerAxis { axes: 2, default: None })],
    reads: Reads::Axes(Axes::Image),
    slots: &[
        Slot::Input(0),
        Slot::Input(1),
        Slot::Input(2),
        Slot::Output(0),
        Slot::Output(1),
        Slot::OnAxis("border", 0),
        Slot::OnAxis("border", 1),
        Slot::Scalar,
    ],
    ..ANY
};
