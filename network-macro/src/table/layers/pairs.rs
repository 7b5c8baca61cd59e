//! Layers that read pairs of samples.

use super::around::{BRANCHES, LINE};
use super::attention::HEADS;
use super::rows::ANY;
use crate::table::ParameterKind::Line;
use crate::table::{Gives, LayerRow, OverSteps, Parameter, Reads};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Halves",
        ty: "Halves",
        usage: "Halves<Embedding<64> => Gru<32>, Dense<16>>",
        about: "|Halves|: layers for each half of a pair of samples",
        arguments: &[BRANCHES],
        gives: Gives::Halves,
        ..OF_PAIRS
    },
    LayerRow {
        name: "OnFirst",
        ty: "OnFirst",
        usage: "OnFirst<Residual<Attention<4>>>",
        about: "|OnFirst|: the layers inside on the first half of a pair; the second stays as it is",
        arguments: &[LINE],
        gives: Gives::OnHalf(true),
        ..OF_PAIRS
    },
    LayerRow {
        name: "OnSecond",
        ty: "OnSecond",
        usage: "OnSecond<Dense<16>>",
        about: "|OnSecond|: the layers inside on the second half of a pair; the first stays as it is",
        arguments: &[LINE],
        gives: Gives::OnHalf(false),
        ..OF_PAIRS
    },
    LayerRow {
        name: "CrossAttention",
        ty: "CrossAttention",
        usage: "CrossAttention<4>` or `CrossAttention<heads = 4>",
        about: "|CrossAttention| of 4 heads: the steps of the first half of a pair look at those of the second, and one sequence comes of \
                it",
        arguments: &[HEADS],
        gives: Gives::Across,
        ..OF_PAIRS
    },
    LayerRow {
        name: "AddToFirst",
        ty: "AddToFirst",
        usage: "AddToFirst<CrossAttention<4>>",
        about: "|AddToFirst|: what the layers inside make of a pair is added to its first half; the second stays as it is",
        arguments: &[LINE],
        gives: Gives::AddedToFirst,
        ..OF_PAIRS
    },
    LayerRow {
        name: "TakeFirst",
        ty: "TakeFirst",
        usage: "TakeFirst",
        about: "|TakeFirst|: the first half of a pair alone; `Flatten` makes one row of both",
        gives: Gives::Half(true),
        ..OF_PAIRS
    },
    LayerRow {
        name: "TakeSecond",
        ty: "TakeSecond",
        usage: "TakeSecond",
        about: "|TakeSecond|: the second half of a pair alone, such as a last state",
        gives: Gives::Half(false),
        ..OF_PAIRS
    },
    LayerRow {
        name: "WithState",
        ty: "WithState",
        usage: "WithState<Gru<32>>",
        about: "|WithState|: an `Rnn`, `Lstm` or `Gru` over the first half of a pair, whose state before the first step is the second half, \
                `[units]` or, of an `Lstm`, `[2, units]`; a pair of all states and the last one",
        arguments: &[Parameter::new("layer", "the recurrent layer", Line)],
        gives: Gives::States,
        ..OF_PAIRS
    },
];

const OF_PAIRS: LayerRow = LayerRow { reads: Reads::Pair, over_steps: OverSteps::Cannot, ..ANY };
