//! A layer that keeps the steps of a padded sequence.

use typednet_tensor::{Differentiable, Flat, Padded, Sample, Scalar, Steps, impl_flat, zeros};

use super::lengths::LengthsOf;
use super::{ReadsPadded, copy_counted, copy_steps, pad};
use crate::threads::by_samples;
use crate::{Layer, LayerInfo, Output, PassContext, Path, Trace, Workspace, WorkspaceSize};

/// The layer `L` on the steps that count of sequences of different lengths: of a sequence of n steps it gives n steps, those that `L`
/// gives of these alone. What it gives for padding is 0, and by padding a gradient is 0.
///
/// # Shapes
/// x is `Padded<L::In>`, y is `Padded<L::Out>`, with as many steps that count. In `network!` it stands around every layer
/// behind a padded input, such as `Padded<[Token<65>; 64]>`, up to [`Last`](crate::Last) or
/// [`MeanOverSteps`](crate::MeanOverSteps), and is not written.
///
/// Parameters: those of `L`, under the same names. In the network's tree it is `L` itself with padded shapes.
///
/// ```
/// use typednet_layers::{Linear, Network, OnPadded, Reverse, Rnn};
/// use typednet_tensor::Padded;
///
/// // The sum of what comes behind, of two steps and of three.
/// let sum = OnPadded::new(Reverse::<3, _>::new(Rnn::<3, 1, 1, Linear>::new([[1.0]], [[1.0]], [0.0])));
/// let two = sum.predict(&Padded::new(&[[1.0], [2.0]])?);
/// assert_eq!((two.counted(), two.steps), (&[[3.0], [2.0]][..], [[3.0], [2.0], [0.0]]));
/// assert_eq!(sum.predict(&Padded::full([[1.0], [2.0], [4.0]])).steps, [[7.0], [6.0], [4.0]]);
/// # Ok::<(), typednet_tensor::PaddingError>(())
/// ```
///
/// What does not keep the steps, or cannot be told which ones count, is an error when the program is built; in `network!` it is
/// one that says so.
///
/// ```compile_fail
/// use typednet_layers::{Last, Network, OnPadded};
/// use typednet_tensor::Padded;
///
/// OnPadded::<Last<[f32; 2], 3>>::zeroed().predict(&Padded::full([[1.0, 2.0]; 3]));
/// ```
#[repr(C)]
pub struct OnPadded<L> {
    /// The layer.
    pub inner: L,
}

impl<L> OnPadded<L> {
    /// `inner` on the steps that count.
    pub const fn new(inner: L) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [L: Flat] OnPadded<L>: L::Elem {
        inner: L,
    }
}

impl<L> OnPadded<L>
where
    L: ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem>, Out: Steps>,
{
    const FITS: () = {
        assert!(L::KEEPS_STEPS, "a layer that gives padded sequences keeps the steps that it reads");
        assert!(L::In::STEPS == L::Out::STEPS, "a layer on padded sequences gives as many steps as it reads");
    };

    /// What `L` gave, without what it gave for padding.
    fn pad(x: &[Padded<L::In>], from: &[L::Out], y: &mut [Padded<L::Out>], run: PassContext<'_>) {
        let () = Self::FITS;
        pad(x, from, y, run);
    }
}

/// What `L` is told is in the context of the pass, which it is given as it is: as in [`Each`](crate::Each), to the layers inside
/// this one is not there.
impl<L> Layer for OnPadded<L>
where
    L: ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem>, Out: Steps>,
{
    type In = Padded<L::In>;
    type Out = Padded<L::Out>;
    type Head = L::Head;

    const TREE: LayerInfo = LayerInfo {
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        behaviour: L::TREE.behaviour.on_padded(),
        ..L::TREE
    };

    /// x and y of `L` side by side, and what it saves.
    const SAVED: WorkspaceSize = WorkspaceSize::rows(L::In::LEN).and(WorkspaceSize::rows(L::Out::LEN)).and(L::SAVED);

    /// Their gradients, and what `L` takes.
    const SCRATCH: WorkspaceSize =
        WorkspaceSize::rows(L::In::LEN).and(WorkspaceSize::rows(L::Out::LEN)).and(L::SCRATCH);

    /// x and y of `L`, and what it takes.
    const INFER: WorkspaceSize = WorkspaceSize::rows(L::In::LEN).and(WorkspaceSize::rows(L::Out::LEN)).and(L::INFER);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let () = Self::FITS;
        let mut steps = zeros::<L::Out>();
        self.inner.predict_padded(&x.steps, &mut steps, x.length());
        Self::pad(core::slice::from_ref(x), &[steps], core::slice::from_mut(y), PassContext::SERIAL);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (steps, given) = (scratch.samples::<L::In>(), scratch.samples::<L::Out>());
        copy_steps(x, steps, false, run);
        self.inner.infer(steps, given, scratch.rest(), run.with_lengths(&LengthsOf(x)));
        Self::pad(x, given, y, run);
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
        let (steps, given) = (scratch.samples::<L::In>(), scratch.samples::<L::Out>());
        copy_steps(x, steps, false, run);
        self.inner.visit_outputs(steps, given, scratch.rest(), run.with_lengths(&LengthsOf(x)), path, visit);
        Self::pad(x, given, y, run);
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
        let (steps, given) = (saved.samples::<L::In>(), saved.samples::<L::Out>());
        copy_steps(x, steps, false, run);
        self.inner.forward(steps, given, saved.rest(), scratch, run.with_lengths(&LengthsOf(x)));
        Self::pad(x, given, y, run);
    }

    /// ∂L/∂y of the steps that count goes into `L`, with 0 for the others. By how many steps count there is no gradient: 0 stands
    /// there.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        let inside = LengthsOf(x);
        let mut saved = Workspace::new(saved, x.len());
        let (steps, given) = (saved.samples::<L::In>(), saved.samples::<L::Out>());
        let mut scratch = Workspace::new(scratch, x.len());
        let (d_steps, d_given) = (scratch.samples::<L::In>(), scratch.samples::<L::Out>());
        copy_counted(x, dy, d_given, run);
        let trace = Trace { x: &*steps, y: &*given, saved: saved.rest() };
        let (grad, inner) = (&mut grad.inner, run.with_lengths(&inside));
        let Some(dx) = dx else {
            self.inner.backward(trace, d_given, None, grad, scratch.rest(), inner);
            return;
        };
        self.inner.backward(trace, d_given, Some(&mut *d_steps), grad, scratch.rest(), inner);
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
