//! The sizes that all passes reckon with, reckoned once for each.

use super::Convolution;
use super::span::Axis;

/// A convolution's sizes. Distances are in elements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) c: Convolution,
    /// C, from a pixel of the input to the next.
    pub(super) channels: usize,
    /// F, from a pixel of the output to the next.
    pub(super) outputs: usize,
    /// C / groups.
    pub(super) channels_in_group: usize,
    /// From a row of the input to the next, and the elements of an image of it.
    pub(super) input_row: usize,
    pub(super) input: usize,
    /// From a row of the output to the next, and the elements of an image of it.
    pub(super) output_row: usize,
    pub(super) output: usize,
    /// The rows of the output.
    pub(super) output_rows: usize,
    pub(super) groups: Groups,
    pub(super) axes: [Axis; 2],
}

/// The parts of the channels that are computed one by one.
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

impl Plan {
    pub(super) fn of(c: &Convolution) -> Self {
        let ([height, width, channels], [rows, columns, outputs]) = (c.input, c.output());
        let groups = if c.groups > 1 && c.groups == channels && channels == outputs {
            Groups { count: 1, inputs: channels, outputs, by_channel: true }
        } else {
            let count = c.groups;
            Groups { count, inputs: channels / count, outputs: outputs / count, by_channel: false }
        };
        Self {
            c: *c,
            channels,
            outputs,
            channels_in_group: channels / c.groups,
            input_row: width * channels,
            input: height * width * channels,
            output_row: columns * outputs,
            output: rows * columns * outputs,
            output_rows: rows,
            groups,
            axes: [Axis::of(c, 0, rows), Axis::of(c, 1, columns)],
        }
    }

    /// From one of the kernel's rows to the next, and from one of its elements to the next, in weights whose rows have so
    /// many elements.
    pub(super) fn kernel_distances(&self, row: usize) -> [usize; 2] {
        [self.c.kernel[1] * row, row]
    }
}
