//! A layer behind which a padded sequence is none any more.

use typednet_tensor::{Differentiable, Flat, Padded, Sample, Scalar, Steps, impl_flat};

use super::lengths::LengthsOf;
use super::{ReadsPadded, clear_padding, copy_steps};
use crate::threads::by_samples;
use crate::{Layer, LayerInfo, Output, PassContext, Path, Trace, Workspace, WorkspaceSize};

/// The layer `L` on the steps that count of sequences of different lengths, of which it makes samples that are not padded: one row, by
/// [`Last`](crate::Last) and [`MeanOverSteps`](crate::MeanOverSteps), or, at a network's end, all steps, of which those of
/// padding are 0 and have no gradient.
///
/// # Shapes
/// x is `Padded<L::In>`, y is `L::Out`. In `network!` it is not written: it stands around `Last`, `MeanOverSteps`, and whatever
/// comes last.
///
/// Parameters: those of `L`, under the same names. In the network's tree it is `L` itself with a padded input.
///
/// ```
/// use typednet_layers::{EndPadded, Last, MeanOverSteps, Network};
/// use typednet_tensor::Padded;
///
/// let x = Padded::new(&[[1.0, 2.0], [3.0, 6.0]])?;
/// assert_eq!(EndPadded::<Last<[f32; 2], 5>>::zeroed().predict(&x), [3.0, 6.0]);
/// assert_eq!(EndPadded::<MeanOverSteps<5, 2>>::zeroed().predict(&x), [2.0, 4.0]);
/// # Ok::<(), typednet_tensor::PaddingError>(())
/// ```
#[repr(C)]
pub struct EndPadded<L> {
    /// The layer.
    pub inner: L,
}

impl<L> EndPadded<L> {
    /// `inner` on the steps that count.
    pub const fn new(inner: L) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [L: Flat] EndPadded<L>: L::Elem {
        inner: L,
    }
}

impl<L: ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem>>> EndPadded<L> {
    /// Sets what belongs to padding to 0, in outputs and their gradients.
    fn clear(x: &[Padded<L::In>], y: &mut [L::Out], run: PassContext<'_>) {
        if L::KEEPS_STEPS {
            by_samples(run.parallel(), y, L::Out::LEN, |first, y| {
                for (x, y) in x[first..].iter().zip(y) {
                    clear_padding(y, L::In::STEPS, x.length());
                }
            });
        }
    }
}

/// The context of the pass is given on as in [`OnPadded`](super::OnPadded).
impl<L> Layer for EndPadded<L>
where
    L: ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem>>,
{
    type In = Padded<L::In>;
    type Out = L::Out;
    type Head = L::Head;

    const TREE: LayerInfo = LayerInfo { input: Self::In::SHAPE, behaviour: L::TREE.behaviour.on_padded(), ..L::TREE };

    /// x of `L`, and what it saves.
    const SAVED: WorkspaceSize = WorkspaceSize::rows(L::In::LEN).and(L::SAVED);

    /// The gradient of x, and what `L` takes.
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(L::In::LEN).and(L::SCRATCH);

    /// x of `L`, and what it takes.
    const INFER: WorkspaceSize = WorkspaceSize::rows(L::In::LEN).and(L::INFER);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        self.inner.predict_padded(&x.steps, y, x.length());
        if L::KEEPS_STEPS {
            clear_padding(y, L::In::STEPS, x.length());
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let steps = scratch.samples::<L::In>();
        copy_steps(x, steps, false, run);
        self.inner.infer(steps, y, scratch.rest(), run.with_lengths(&LengthsOf(x)));
        Self::clear(x, y, run);
    }

    /// What is inside is shown with what it gives for padding, which is of no account.
    fn visit_outputs(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, L::Elem>),
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let steps = scratch.samples::<L::In>();
        copy_steps(x, steps, false, run);
        self.inner.visit_outputs(steps, y, scratch.rest(), run.with_lengths(&LengthsOf(x)), path, visit);
        Self::clear(x, y, run);
    }

    fn forward(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        saved: &mut [L::Elem],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let mut saved = Workspace::new(saved, x.len());
        let steps = saved.samples::<L::In>();
        copy_steps(x, steps, false, run);
        self.inner.forward(steps, y, saved.rest(), scratch, run.with_lengths(&LengthsOf(x)));
        Self::clear(x, y, run);
    }

    /// ∂L/∂y of the steps that count goes into `L`, with 0 for the others; by how many steps count there is no gradient.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        let inside = LengthsOf(x);
        let mut saved = Workspace::new(saved, x.len());
        let steps = saved.samples::<L::In>();
        let mut scratch = Workspace::new(scratch, x.len());
        let d_steps = scratch.samples::<L::In>();
        Self::clear(x, dy, run);
        let trace = Trace { x: &*steps, y, saved: saved.rest() };
        let (grad, inner) = (&mut grad.inner, run.with_lengths(&inside));
        let Some(dx) = dx else {
            self.inner.backward(trace, dy, None, grad, scratch.rest(), inner);
            return;
        };
        self.inner.backward(trace, dy, Some(&mut *d_steps), grad, scratch.rest(), inner);
        let d_steps = &*d_steps;
        by_samples(run.parallel(), dx, L::In::LEN, |first, dx| {
            for (d_steps, dx) in d_steps[first..].iter().zip(dx) {
                *dx = Padded::full(*d_steps);
            }
        });
    }

    fn commit(&mut self, grad: &Self) {
        self.inner.commit(&grad.inner);
    }
}
