//! Sequences of different lengths: layers that are told how many steps count.
//!
//! Between layers such a sequence is a [`Padded`], so what cannot read one does not fit. Layers themselves read and give plain
//! arrays of steps; [`OnPadded`] and [`EndPadded`] stand around them, and put how many steps of each sample count into the
//! [`PassContext`](crate::PassContext). Most layers need not look: what a step that counts gives depends on no step behind it, and by
//! what a step of padding gives the gradient is 0. Those that look over all steps do: attention, [`Last`](crate::Last),
//! [`MeanOverSteps`](crate::MeanOverSteps) and [`Reverse`](crate::Reverse).
//!
//! Steps that are taken one at a time ([`Streaming`](crate::Streaming)) are those that count. Forms of fewer bytes stand in the same two
//! ([`compact::CompactPadded`](crate::compact::CompactPadded)).

mod embedding;
mod end;
mod lengths;
mod on;
mod reads;
mod tied_embedding;

pub use embedding::PaddedEmbedding;
pub use end::EndPadded;
pub use lengths::Lengths;
pub(crate) use lengths::LengthsOf;
#[cfg(feature = "alloc")]
pub(crate) use lengths::OfOne;
pub use on::OnPadded;
pub use reads::ReadsPadded;
pub use tied_embedding::PaddedTiedEmbedding;

use typednet_tensor::{Differentiable, Padded, Scalar, Steps};

use crate::PassContext;
use crate::threads::by_samples;

/// The steps of each sample, side by side; where they are cleared, those of padding are 0.
pub(crate) fn copy_steps<X: Differentiable + Steps>(
    from: &[Padded<X>],
    to: &mut [X],
    is_cleared: bool,
    run: PassContext<'_>,
) {
    by_samples(run.parallel(), to, X::LEN, |first, to| {
        for (from, to) in from[first..].iter().zip(to) {
            *to = from.steps;
            if is_cleared {
                clear_padding(to, X::STEPS, from.length());
            }
        }
    });
}

/// What a layer gave of all steps, as sequences of which as many steps count as of `x`: without what it gave for padding.
pub(crate) fn pad<X: Steps, Y: Differentiable + Steps>(
    x: &[Padded<X>],
    from: &[Y],
    to: &mut [Padded<Y>],
    run: PassContext<'_>,
) {
    by_samples(run.parallel(), to, Y::LEN, |first, to| {
        for ((x, from), to) in x[first..].iter().zip(&from[first..]).zip(to) {
            to.steps = *from;
            to.set_length(x.length());
            clear_padding(&mut to.steps, Y::STEPS, x.length());
        }
    });
}

/// The gradient by the steps that count of `x`, side by side, with 0 for the others.
fn copy_counted<X: Steps, Y: Differentiable + Steps>(
    x: &[Padded<X>],
    from: &[Padded<Y>],
    to: &mut [Y],
    run: PassContext<'_>,
) {
    by_samples(run.parallel(), to, Y::LEN, |first, to| {
        for ((x, from), to) in x[first..].iter().zip(&from[first..]).zip(to) {
            *to = from.steps;
            clear_padding(to, Y::STEPS, x.length());
        }
    });
}

/// Sets what belongs to padding to 0, where `length` of `steps` steps count.
pub(crate) fn clear_padding<S: Differentiable>(sample: &mut S, steps: usize, length: usize) {
    let step = S::LEN / steps;
    sample.as_flat_mut()[length * step..].fill(S::Elem::ZERO);
}
