//! The common part of layers with two branches that read one input.

use typednet_tensor::{Differentiable, Flat, Sample, Scalar, flat, flat_mut, same, same_mut};

use crate::{Layer, Output, PassContext, Path, Trace, Workspace, WorkspaceSize, threads};

/// Two layers that read one input.
///
/// That they do is asked apart, by [`join`](crate::join); by hand it is an error when the program is built.
pub(crate) struct Pair<'a, A, B> {
    pub(crate) left: &'a A,
    pub(crate) right: &'a B,
}

impl<A, B> Pair<'_, A, B>
where
    A: Layer<Elem: Scalar>,
    B: Layer<Elem = A::Elem>,
{
    const FITS: () = assert!(A::In::SHAPE.is(&B::In::SHAPE), "both branches read one input: it must have one shape");

    /// What each branch saves, and what it gives, since its derivative may be a function of that.
    pub(crate) const SAVED: WorkspaceSize =
        A::SAVED.and(WorkspaceSize::rows(A::Out::LEN)).and(B::SAVED).and(WorkspaceSize::rows(B::Out::LEN));

    /// The right branch's ∂L/∂x, and what either branch takes.
    pub(crate) const SCRATCH: WorkspaceSize = WorkspaceSize::rows(A::In::LEN).and(A::SCRATCH.or(B::SCRATCH));

    /// What either branch takes in use.
    pub(crate) const INFER: WorkspaceSize = A::INFER.or(B::INFER);

    /// The input as the right branch sees it.
    fn same_input(x: &[A::In]) -> &[B::In] {
        let () = Self::FITS;
        same(x)
    }

    pub(crate) fn predict_into(&self, x: &A::In, a: &mut A::Out, b: &mut B::Out) {
        self.left.predict_into(x, a);
        self.right.predict_into(&Self::same_input(core::slice::from_ref(x))[0], b);
    }

    pub(crate) fn infer(
        &self,
        x: &[A::In],
        (a, b): (&mut [A::Out], &mut [B::Out]),
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        self.left.infer(x, a, scratch, run.child(0));
        self.right.infer(Self::same_input(x), b, scratch, run.child(1));
    }

    pub(crate) fn visit_outputs(
        &self,
        x: &[A::In],
        (a, b): (&mut [A::Out], &mut [B::Out]),
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
        (path_a, path_b): (&Path<'_>, &Path<'_>),
        visit: &mut dyn FnMut(Output<'_, A::Elem>),
    ) {
        Output::show(self.left, x, a, scratch, run.child(0), path_a, visit);
        Output::show(self.right, Self::same_input(x), b, scratch, run.child(1), path_b, visit);
    }

    /// What each branch gives, which stays in `saved`.
    pub(crate) fn forward<'s>(
        &self,
        x: &[A::In],
        saved: &'s mut [A::Elem],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) -> (&'s [A::Out], &'s [B::Out]) {
        let mut saved = Workspace::new(saved, x.len());
        let (saved_a, a) = (saved.take(A::SAVED), saved.samples::<A::Out>());
        let (saved_b, b) = (saved.take(B::SAVED), saved.samples::<B::Out>());
        self.left.forward(x, a, saved_a, scratch, run.child(0));
        self.right.forward(Self::same_input(x), b, saved_b, scratch, run.child(1));
        (a, b)
    }
}

impl<A, B> Pair<'_, A, B>
where
    A: Layer<Elem: Scalar, In: Differentiable<Elem = <A as Flat>::Elem>>,
    B: Layer<Elem = A::Elem, In: Differentiable<Elem = A::Elem>>,
{
    /// From ∂L/∂a and ∂L/∂b: ∂L/∂x = (∂a/∂x)ᵀ ∂L/∂a + (∂b/∂x)ᵀ ∂L/∂b
    pub(crate) fn backward(
        &self,
        (x, saved): (&[A::In], &mut [A::Elem]),
        (da, db): (&mut [A::Out], &mut [B::Out]),
        dx: Option<&mut [A::In]>,
        (grad_a, grad_b): (&mut A, &mut B),
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let mut saved = Workspace::new(saved, x.len());
        let (saved_a, a) = (saved.take(A::SAVED), saved.samples::<A::Out>());
        let (saved_b, b) = (saved.take(B::SAVED), saved.samples::<B::Out>());
        let mut scratch = Workspace::new(scratch, x.len());
        let right = scratch.samples::<A::In>();
        let scratch = scratch.rest();
        let trace_a = Trace { x, y: &*a, saved: saved_a };
        let trace_b = Trace { x: Self::same_input(x), y: &*b, saved: saved_b };
        let Some(dx) = dx else {
            self.left.backward(trace_a, da, None, grad_a, scratch, run.child(0));
            self.right.backward(trace_b, db, None, grad_b, scratch, run.child(1));
            return;
        };
        self.left.backward(trace_a, da, Some(&mut *dx), grad_a, scratch, run.child(0));
        let right_dx = Some(same_mut::<A::In, B::In>(&mut *right));
        self.right.backward(trace_b, db, right_dx, grad_b, scratch, run.child(1));
        threads::add(run.parallel(), flat(right), flat_mut(dx));
    }
}
