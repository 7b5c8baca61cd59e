//! How the channels of an image are cut.

use super::Convolution;

/// The parts of a convolution's channels that are computed one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Groups {
    pub(super) count: usize,
    /// The input channels of each.
    pub(super) inputs: usize,
    /// The outputs of each.
    pub(super) outputs: usize,
    /// Whether there is but one, in which each output sees the input channel of its own number and no other: all groups of one
    /// input channel and one output, taken together.
    pub(super) by_channel: bool,
}

impl Groups {
    pub(super) fn of(c: &Convolution) -> Self {
        let [_, _, channels] = c.input;
        if c.groups > 1 && c.groups == channels && channels == c.outputs {
            Self { count: 1, inputs: channels, outputs: channels, by_channel: true }
        } else {
            let (inputs, outputs) = (channels / c.groups, c.outputs / c.groups);
            Self { count: c.groups, inputs, outputs, by_channel: false }
        }
    }
}
