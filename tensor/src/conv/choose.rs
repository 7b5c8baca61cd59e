//! Which of its ways a pass takes.

use super::plan::Plan;
use super::width::Width;
use crate::Scalar;
use crate::simd::Lane;

/// Whether the input gradient computes runs and adds them, instead of computing each pixel at once.
///
/// A run takes the time of its vectors for each output, and to be added that of some outputs more.
pub(super) fn by_runs<T: Scalar>(lane: Lane, plan: &Plan) -> bool {
    let (c, run) = (&plan.c, plan.c.kernel[1] * plan.channels);
    let time = |columns| Width::for_columns::<T>(lane, columns).time(columns);
    c.groups == 1
        && c.dilation[1] == 1
        && plan.output_rows >= 8
        && time(run) * (plan.outputs + TIME_TO_ADD) < c.kernel[1] * time(plan.channels) * plan.outputs
}

/// To add a run takes as long as so many outputs.
const TIME_TO_ADD: usize = 4;

/// The most weights of a row of the kernel, which are turned through the stack.
pub(super) const MOST_TURNED: usize = 4096;

/// Whether the weight gradient is computed turned round, with a row of the kernel's weights of one output side by side.
///
/// For each pixel it takes the time of a vector of outputs for each of those weights, or that of their vectors for each
/// output, but no less than for some outputs, since sums have to wait for each other. A kernel of one row could not be cut for
/// threads.
pub(super) fn turned_gradient<T: Scalar>(lane: Lane, plan: &Plan) -> bool {
    let run = plan.c.kernel[1] * plan.channels;
    let time = |columns| Width::for_columns::<T>(lane, columns).time(columns);
    plan.c.groups == 1
        && plan.c.kernel[0] > 1
        && plan.c.dilation[1] == 1
        && run * plan.outputs <= MOST_TURNED
        && time(run) * plan.outputs.max(OUTPUTS_AT_LEAST) < time(plan.outputs) * run
}

/// Fewer outputs take as long.
const OUTPUTS_AT_LEAST: usize = 3;

/// Whether the weight gradient takes each of the kernel's elements by itself, over all outputs that it has a part in, or the
/// outputs that the same elements have a part in together.
///
/// The first makes tiles of an element's input channels, and the second of all elements', but at the border only few outputs
/// belong together.
pub(super) fn by_element(plan: &Plan) -> bool {
    plan.c.pad != [0, 0] && plan.channels_in_group >= 4
}
