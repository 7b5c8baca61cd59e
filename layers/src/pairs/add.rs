//! What a layer makes of two samples, added to the first.

use typednet_tensor::{Differentiable, Flat, Pair, Sample, Scalar, impl_flat, ops};

use super::Sequence;
use crate::threads::by_samples;
use crate::{
    Behaviour, Child, Layer, LayerInfo, Linear, Operation, Output, PassContext, Path, Trace, Workspace, WorkspaceSize,
};

/// A way around a layer that reads two sequences: (x, z) becomes (x + f(x, z), z), so that such layers can stand one behind the other and be
/// repeated, as in a decoder.
///
/// # Shapes
/// x and y are `L::In`, a pair whose first half is what `L` gives. Of padded sequences the steps are added, and as many count as before.
/// Parameters: those of `L`.
///
/// ```
/// use typednet_layers::{AddToFirst, Network, TakeFirst};
/// use typednet_tensor::Pair;
///
/// let layer = AddToFirst::new(TakeFirst::<[f32; 2], [f32; 1]>::new());
/// let y = layer.predict(&Pair { first: [1.0, 2.0], second: [5.0] });
/// assert_eq!(y, Pair { first: [2.0, 4.0], second: [5.0] });
/// ```
#[repr(C)]
pub struct AddToFirst<L> {
    /// f
    pub inner: L,
}

impl<L> AddToFirst<L> {
    /// The way around `inner`.
    pub const fn new(inner: L) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [L: Flat] AddToFirst<L>: L::Elem {
        inner: L,
    }
}

impl<A, B, L> Layer for AddToFirst<L>
where
    A: Differentiable<Elem = L::Elem> + Sequence,
    B: Differentiable<Elem = L::Elem>,
    L: Layer<In = Pair<A, B>, Out = A, Elem: Scalar>,
{
    type In = Pair<A, B>;
    type Out = Pair<A, B>;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "AddToFirst",
        args: &[],
        input: L::In::SHAPE,
        output: L::In::SHAPE,
        params: &[],
        children: &[Child { name: "inner", node: &L::TREE }],
        flops: A::LEN as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfAddToFirst),
    };

    /// What `L` gives, and what it saves.
    const SAVED: WorkspaceSize = WorkspaceSize::rows(A::LEN).and(L::SAVED);

    /// Its gradient, and what `L` takes.
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(A::LEN).and(L::SCRATCH);

    const INFER: WorkspaceSize = WorkspaceSize::rows(A::LEN).and(L::INFER);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        self.inner.predict_into(x, &mut y.first);
        y.first.set_length(x.first.length());
        ops::add(x.first.all().as_flat(), y.first.all_mut().as_flat_mut());
        y.second = x.second;
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let given = scratch.samples::<A>();
        self.inner.infer(x, given, scratch.rest(), run.child(0));
        add(x, given, y, run);
    }

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
        let given = scratch.samples::<A>();
        Output::show(&self.inner, x, given, scratch.rest(), run.child(0), &path.inner("inner"), visit);
        add(x, given, y, run);
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
        let given = saved.samples::<A>();
        self.inner.forward(x, given, saved.rest(), scratch, run.child(0));
        add(x, given, y, run);
    }

    /// (∂L/∂x, ∂L/∂z) = (∂L/∂y₁, ∂L/∂y₂) + (∂f/∂(x, z))ᵀ ∂L/∂y₁
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
        let mut saved = Workspace::new(saved, x.len());
        let given = saved.samples::<A>();
        let mut scratch = Workspace::new(scratch, x.len());
        let d_given = scratch.samples::<A>();
        let dy = &*dy;
        by_samples(run.parallel(), d_given, A::LEN, |first, d_given| {
            for (d_given, dy) in d_given.iter_mut().zip(&dy[first..]) {
                *d_given = dy.first;
            }
        });
        let trace = Trace { x, y: &*given, saved: saved.rest() };
        let Some(dx) = dx else {
            self.inner.backward(trace, d_given, None, &mut grad.inner, scratch.rest(), run.child(0));
            return;
        };
        self.inner.backward(trace, d_given, Some(&mut *dx), &mut grad.inner, scratch.rest(), run.child(0));
        by_samples(run.parallel(), dx, <Pair<A, B>>::LEN, |first, dx| {
            for (dx, dy) in dx.iter_mut().zip(&dy[first..]) {
                ops::add(dy.first.all().as_flat(), dx.first.all_mut().as_flat_mut());
                ops::add(dy.second.as_flat(), dx.second.as_flat_mut());
            }
        });
    }

    fn commit(&mut self, grad: &Self) {
        self.inner.commit(&grad.inner);
    }
}

/// y ← (x + f, z)
fn add<A, B>(x: &[Pair<A, B>], given: &[A], y: &mut [Pair<A, B>], run: PassContext<'_>)
where
    A: Differentiable + Sequence,
    B: Differentiable<Elem = A::Elem>,
{
    by_samples(run.parallel(), y, <Pair<A, B>>::LEN, |first, y| {
        for ((x, given), y) in x[first..].iter().zip(&given[first..]).zip(y) {
            *y = *x;
            ops::add(given.all().as_flat(), y.first.all_mut().as_flat_mut());
        }
    });
}
