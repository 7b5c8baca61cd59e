//! Attention, and what stands around it in a transformer.

use super::rows::ANY;
use crate::table::ParameterKind::{Activation, Flag, Kind, Size};
use crate::table::shape_rules::Reads as Axes;
use crate::table::{LayerRow, OverSteps, Parameter, Reads, Slot};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Attention",
        ty: "Attention",
        usage: "Attention<4>` or `Attention<heads = 4, causal = true, rotary = true>",
        about: "|Attention| of 4 heads over the steps of sequences `[steps, width]`; of each step to itself and those before it \
                where it is `causal`",
        arguments: &[HEADS, CAUSAL, ROTARY],
        weights: &[Slot::Input(1), Slot::Input(1)],
        slots: &[
            Slot::Input(0),
            Slot::Input(1),
            Slot::Argument("heads"),
            Slot::InGroup,
            Slot::AttentionMode,
            Slot::Scalar,
        ],
        ..OVER_HEADS
    },
    LayerRow {
        name: "TransformerBlock",
        ty: "TransformerBlock",
        usage: "TransformerBlock<4, 512>` or `TransformerBlock<heads = 4, hidden = 512, activation = Gelu, causal = true, \
                rotary = true>",
        about: "a |TransformerBlock|: attention of 4 heads, then dense layers with 512 numbers between them, both with a \
                normalisation before them and a way around",
        arguments: &[
            HEADS,
            Parameter::new(
                "hidden",
                "the number of hidden numbers",
                Size { zero: "a block needs at least one hidden number" },
            ),
            Parameter::new("activation", "activation", Activation(Some("Gelu"))),
            CAUSAL,
            ROTARY,
        ],
        weights: &[Slot::Input(1), Slot::Argument("hidden")],
        slots: &[
            Slot::Input(0),
            Slot::Input(1),
            Slot::Argument("heads"),
            Slot::InGroup,
            Slot::Argument("hidden"),
            Slot::Argument("activation"),
            Slot::AttentionMode,
            Slot::Scalar,
        ],
        ..OVER_HEADS
    },
    LayerRow {
        name: "Positions",
        ty: "Positions",
        usage: "Positions` or `Positions<Sinusoidal>",
        about: "|Positions|: to each step of a sequence a row of numbers of its own is added, learned or a wave",
        arguments: &[Parameter::new(
            "kind",
            "the kind",
            Kind(&[("Learned", "Positions"), ("Sinusoidal", "SinusoidalPositions")]),
        )],
        reads: Reads::Axes(Axes::Sequence),
        slots: &[Slot::Input(0), Slot::Input(1), Slot::Scalar],
        over_steps: OverSteps::Keeps,
        ..ANY
    },
    LayerRow {
        name: "SwiGlu",
        ty: "SwiGlu",
        usage: "SwiGlu<341>",
        about: "|SwiGlu|: 341 hidden numbers that others open and close, in place of two dense layers",
        arguments: &[Parameter::new(
            "hidden",
            "the number of hidden numbers",
            Size { zero: "a gated layer needs at least one hidden number" },
        )],
        reads: Reads::Axes(Axes::Row),
        weights: &[Slot::Input(0), Slot::Argument("hidden")],
        slots: &[Slot::Input(0), Slot::Argument("hidden"), Slot::Scalar],
        ..ANY
    },
];

/// What cuts a width into heads.
const OVER_HEADS: LayerRow = LayerRow {
    reads: Reads::Axes(Axes::Sequence),
    over_steps: OverSteps::Keeps,
    grouped: &[("heads", "width", Slot::Input(1))],
    ..ANY
};

pub(super) const HEADS: Parameter =
    Parameter::new("heads", "the number of heads", Size { zero: "attention needs at least one head" });

const CAUSAL: Parameter =
    Parameter::named("causal", "whether a step looks at itself and those before it only", Flag(false));

const ROTARY: Parameter = Parameter::named("rotary", "whether positions are rotary", Flag(false));
