//! Kernels that slide over images and sequences.

use crate::table::ParameterKind::{Activation, Flag, PerAxis, Size};
use crate::table::shape_rules::Reads as Axes;
use crate::table::{Axis, Default, Gives, LayerRow, OverSteps, Parameter, Reads, Slot};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Conv2d",
        ty: "Conv2d",
        usage: "Conv2d<16, 3>` or `Conv2d<16, [3, 5], Relu, stride = 2, pad = 1, dilation = 1, groups = 1, bias = true>",
        about: "|Conv2d|: 16 kernels of 3×3 pixels that slide over images `[height, width, channels]`",
        arguments: &[
            FILTERS,
            Parameter::new("kernel", "the kernel", PerAxis { axes: 2, default: None }),
            ACTIVATION,
            Parameter::named("stride", "the stride", PerAxis { axes: 2, default: ONE }),
            Parameter::named("pad", "the padding", PerAxis { axes: 2, default: ZERO }),
            Parameter::named("dilation", "the dilation", PerAxis { axes: 2, default: ONE }),
            GROUPS,
            BIAS,
        ],
        reads: Reads::Axes(Axes::Image),
        over_steps: OverSteps::Cannot,
        gives: Gives::Axes(&[Axis::Convolution, Axis::Convolution, Axis::Argument("filters")]),
        states: 0,
        grouped: &[("groups", "channels", Slot::Input(2)), ("groups", "filters", Slot::Argument("filters"))],
        weights: &[Slot::OnAxis("kernel", 0), Slot::OnAxis("kernel", 1), Slot::InGroup, Slot::Argument("filters")],
        slots: &[
            Slot::Input(0),
            Slot::Input(1),
            Slot::Input(2),
            Slot::Argument("filters"),
            Slot::OnAxis("kernel", 0),
            Slot::OnAxis("kernel", 1),
            Slot::InGroup,
            Slot::Bias("filters"),
            Slot::Output(0),
            Slot::Output(1),
            Slot::Strides,
            Slot::Argument("activation"),
            Slot::Scalar,
        ],
    },
    LayerRow {
        name: "Conv1d",
        ty: "Conv1d",
        usage: "Conv1d<16, 3>` or `Conv1d<16, 3, Relu, stride = 2, pad = 1, dilation = 1, groups = 1, bias = true>",
        about: "|Conv1d|: 16 kernels of 3 steps that slide over sequences `[length, channels]`",
        arguments: &[
            FILTERS,
            Parameter::new("kernel", "the kernel", PerAxis { axes: 1, default: None }),
            ACTIVATION,
            Parameter::named("stride", "the stride", PerAxis { axes: 1, default: ONE }),
            Parameter::named("pad", "the padding", PerAxis { axes: 1, default: ZERO }),
            Parameter::named("dilation", "the dilation", PerAxis { axes: 1, default: ONE }),
            GROUPS,
            BIAS,
        ],
        reads: Reads::Axes(Axes::Sequence),
        over_steps: OverSteps::Cannot,
        gives: Gives::Axes(&[Axis::Convolution, Axis::Argument("filters")]),
        states: 0,
        grouped: &[("groups", "channels", Slot::Input(1)), ("groups", "filters", Slot::Argument("filters"))],
        weights: &[Slot::OnAxis("kernel", 0), Slot::InGroup, Slot::Argument("filters")],
        slots: &[
            Slot::Input(0),
            Slot::Input(1),
            Slot::Argument("filters"),
            Slot::OnAxis("kernel", 0),
            Slot::InGroup,
            Slot::Bias("filters"),
            Slot::Output(0),
            Slot::Strides,
            Slot::Argument("activation"),
            Slot::Scalar,
        ],
    },
    LayerRow {
        name: "ConvTranspose2d",
        ty: "ConvTranspose2d",
        usage: "ConvTranspose2d<16, 3>` or `ConvTranspose2d<16, 3, Relu, stride = 2, pad = 1, output_pad = 1, bias = true>",
        about: "|ConvTranspose2d|: what a `Conv2d` would read to give such an image, for decoders",
        arguments: &[
            FILTERS,
            Parameter::new("kernel", "the kernel", PerAxis { axes: 2, default: None }),
            ACTIVATION,
            Parameter::named("stride", "the stride", PerAxis { axes: 2, default: ONE }),
            Parameter::named("pad", "the padding", PerAxis { axes: 2, default: ZERO }),
            Parameter::named("dilation", "the dilation", PerAxis { axes: 2, default: ONE }),
            Parameter::named("output_pad", "the output padding", PerAxis { axes: 2, default: ZERO }),
            BIAS,
        ],
        reads: Reads::Axes(Axes::Image),
        over_steps: OverSteps::Cannot,
        gives: Gives::Axes(&[Axis::Transposed, Axis::Transposed, Axis::Argument("filters")]),
        states: 0,
        grouped: &[],
        weights: &[Slot::OnAxis("kernel", 0), Slot::OnAxis("kernel", 1), Slot::Input(2), Slot::Argument("filters")],
        slots: &[
            Slot::Input(0),
            Slot::Input(1),
            Slot::Input(2),
            Slot::Argument("filters"),
            Slot::OnAxis("kernel", 0),
            Slot::OnAxis("kernel", 1),
            Slot::Bias("filters"),
            Slot::Output(0),
            Slot::Output(1),
            Slot::Strides,
            Slot::Argument("activation"),
            Slot::Scalar,
        ],
    },
];

const FILTERS: Parameter =
    Parameter::new("filters", "the number of filters", Size { zero: "a layer needs at least one filter" });

pub(super) const ACTIVATION: Parameter = Parameter::new("activation", "activation", Activation(Some("Linear")));

const GROUPS: Parameter = Parameter::named("groups", "the number of groups", PerAxis { axes: 1, default: ONE });

const BIAS: Parameter = Parameter::named("bias", "whether there is a bias", Flag(true));

pub(super) const ONE: Option<Default> = Some(Default::Number(1));

pub(super) const ZERO: Option<Default> = Some(Default::Number(0));
