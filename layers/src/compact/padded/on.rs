//! The forms of what stands around layers over padded steps.

use typednet_tensor::{Differentiable, Flat, Padded, Sample, Steps};

use super::super::of_parts::of_parts;
use super::super::{Compact, Predictor};
#[cfg(feature = "alloc")]
use super::Walk;
use super::{CompactPadded, PaddedPredictor};
use crate::padding::{LengthsOf, clear_padding, copy_steps, pad};
use crate::threads::by_samples;
use crate::{EndPadded, LayerInfo, OnPadded, PassContext, Workspace, WorkspaceSize};

impl<P> Predictor for OnPadded<P>
where
    P: PaddedPredictor<In: Differentiable<Elem = f32>, Out: Steps>,
{
    type In = Padded<P::In>;
    type Out = Padded<P::Out>;

    const TREE: LayerInfo = LayerInfo { input: Self::In::SHAPE, output: Self::Out::SHAPE, ..P::TREE };

    /// x and y of `P`, and what it takes.
    const INFER: WorkspaceSize = WorkspaceSize::rows(P::In::LEN).and(WorkspaceSize::rows(P::Out::LEN)).and(P::INFER);

    const STACK: usize = P::STACK;

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        self.inner.predict_padded(&x.steps, &mut y.steps, x.length());
        end(x, y);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [f32], run: PassContext<'_>) {
        assert_eq!(x.len(), y.len(), "there must be one output for each row");
        let mut scratch = Workspace::new(scratch, x.len());
        let (steps, given) = (scratch.samples::<P::In>(), scratch.samples::<P::Out>());
        copy_steps(x, steps, false, run);
        self.inner.infer(steps, given, scratch.rest(), run.with_lengths(&LengthsOf(x)));
        pad(x, given, y, run);
    }
}

/// As many steps of `y` count as of `x`, and the others are 0.
fn end<X: Steps, Y: Differentiable + Steps>(x: &Padded<X>, y: &mut Padded<Y>) {
    clear_padding(&mut y.steps, Y::STEPS, x.length());
    y.set_length(x.length());
}

impl<L> Compact for OnPadded<L>
where
    L: CompactPadded<In: Differentiable<Elem = f32>, Out: Steps>,
{
    type Bf16 = OnPadded<L::Bf16>;
    type Int8 = OnPadded<L::Int8>;

    fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8) {
        self.inner.observe_padded(&x.steps, &mut y.steps, &mut to.inner, x.length());
        end(x, y);
    }

    of_parts!(inner: L);

    #[cfg(feature = "alloc")]
    fn compare(
        &self,
        form: &Self::Int8,
        [x, in_form]: [&Self::In; 2],
        [y, of_form]: [&mut Self::Out; 2],
        walk: &mut Walk,
    ) {
        let (steps, given) = ([&x.steps, &in_form.steps], [&mut y.steps, &mut of_form.steps]);
        self.inner.compare_padded(&form.inner, steps, given, x.length(), walk);
        end(x, y);
        end(x, of_form);
    }
}

/// Sets what the form `P` gives for padding to 0, if it keeps the steps.
fn clear<P: PaddedPredictor>(x: &Padded<P::In>, y: &mut P::Out) {
    if P::KEEPS_STEPS {
        clear_padding(y, P::In::STEPS, x.length());
    }
}

impl<P: PaddedPredictor<In: Differentiable<Elem = f32>>> Predictor for EndPadded<P> {
    type In = Padded<P::In>;
    type Out = P::Out;

    const TREE: LayerInfo = LayerInfo { input: Self::In::SHAPE, ..P::TREE };

    /// x of `P`, and what it takes.
    const INFER: WorkspaceSize = WorkspaceSize::rows(P::In::LEN).and(P::INFER);

    const STACK: usize = P::STACK;

    fn predict_into(&self, x: &Self::In, y: &mut P::Out) {
        self.inner.predict_padded(&x.steps, y, x.length());
        clear::<P>(x, y);
    }

    fn infer(&self, x: &[Self::In], y: &mut [P::Out], scratch: &mut [f32], run: PassContext<'_>) {
        assert_eq!(x.len(), y.len(), "there must be one output for each row");
        let mut scratch = Workspace::new(scratch, x.len());
        let steps = scratch.samples::<P::In>();
        copy_steps(x, steps, false, run);
        self.inner.infer(steps, y, scratch.rest(), run.with_lengths(&LengthsOf(x)));
        if P::KEEPS_STEPS {
            by_samples(run.parallel(), y, P::Out::LEN, |first, y| {
                for (x, y) in x[first..].iter().zip(y) {
                    clear::<P>(x, y);
                }
            });
        }
    }
}

impl<L: CompactPadded<In: Differentiable<Elem = f32>>> Compact for EndPadded<L> {
    type Bf16 = EndPadded<L::Bf16>;
    type Int8 = EndPadded<L::Int8>;

    fn observe(&self, x: &Self::In, y: &mut L::Out, to: &mut Self::Int8) {
        self.inner.observe_padded(&x.steps, y, &mut to.inner, x.length());
        clear::<L::Int8>(x, y);
    }

    of_parts!(inner: L);

    #[cfg(feature = "alloc")]
    fn compare(
        &self,
        form: &Self::Int8,
        [x, in_form]: [&Self::In; 2],
        [y, of_form]: [&mut L::Out; 2],
        walk: &mut Walk,
    ) {
        let steps = [&x.steps, &in_form.steps];
        self.inner.compare_padded(&form.inner, steps, [&mut *y, &mut *of_form], x.length(), walk);
        clear::<L::Int8>(x, y);
        clear::<L::Int8>(x, of_form);
    }
}
