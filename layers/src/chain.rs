//! Two layers, one after the other, as a type.

use typednet_tensor::{Flat, Sample, Scalar, impl_flat, same, same_mut};

use crate::join::Gets;
use crate::{Child, Layer, Need, Node, Output, Path, Run, Space, Trace};

/// First `A`, then `B`; what `network!( … )` gives where a type is wanted. A longer network is a chain of chains.
#[repr(C)]
pub struct Chain<A, B> {
    /// The first layer.
    pub first: A,
    /// The layers after it.
    pub rest: B,
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>] Chain<A, B>: A::Elem {
        first: A,
        rest: B,
    }
}

impl<A, B> Layer for Chain<A, B>
where
    A: Layer,
    B: Layer<Elem = A::Elem>,
    A::Elem: Scalar,
    B::In: Gets<A::Out, B>,
{
    type In = A::In;
    type Out = B::Out;
    type Head = B::Head;

    const TREE: Node = Node {
        name: "Chain",
        args: &[],
        input: A::In::SHAPE,
        output: B::Out::SHAPE,
        params: &[],
        children: &[Child { name: "first", node: &A::TREE }, Child { name: "rest", node: &B::TREE }],
        flops: 0,
    };

    /// What each layer saves, and the value between them.
    const SAVED: Need = A::SAVED.and(Need::rows(A::Out::LEN)).and(B::SAVED);

    /// The gradient of the value between them, and what either layer takes.
    const SCRATCH: Need = Need::rows(A::Out::LEN).and(A::SCRATCH.or(B::SCRATCH));

    const INFER: Need = Need::rows(A::Out::LEN).and(A::INFER.or(B::INFER));

    #[inline]
    fn predict_into(&self, x: &A::In, y: &mut B::Out) {
        let mut between = [A::Out::zeros()];
        self.first.predict_into(x, &mut between[0]);
        self.rest.predict_into(&same(&between)[0], y);
    }

    fn infer(&self, x: &[A::In], y: &mut [B::Out], scratch: &mut [A::Elem], run: Run<'_>) {
        let mut scratch = Space::new(scratch, x.len());
        let between = scratch.samples::<A::Out>();
        let scratch = scratch.rest();
        self.first.infer(x, between, scratch, run.child(0));
        self.rest.infer(same(between), y, scratch, run.last(1));
    }

    fn visit_outputs(
        &self,
        x: &[A::In],
        y: &mut [B::Out],
        scratch: &mut [A::Elem],
        run: Run<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, A::Elem>),
    ) {
        let mut scratch = Space::new(scratch, x.len());
        let between = scratch.samples::<A::Out>();
        let scratch = scratch.rest();
        Output::show(&self.first, x, between, scratch, run.child(0), &path.inner("first"), visit);
        Output::show(&self.rest, same(between), y, scratch, run.last(1), &path.inner("rest"), visit);
    }

    fn forward(&self, x: &[A::In], y: &mut [B::Out], saved: &mut [A::Elem], scratch: &mut [A::Elem], run: Run<'_>) {
        let mut saved = Space::new(saved, x.len());
        let (saved_a, between, saved_b) = (saved.take(A::SAVED), saved.samples::<A::Out>(), saved.rest());
        self.first.forward(x, between, saved_a, scratch, run.child(0));
        self.rest.forward(same(between), y, saved_b, scratch, run.last(1));
    }

    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [B::Out],
        dx: Option<&mut [A::In]>,
        grad: &mut Self,
        scratch: &mut [A::Elem],
        run: Run<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        let mut saved = Space::new(saved, x.len());
        let (saved_a, between, saved_b) = (saved.take(A::SAVED), saved.samples::<A::Out>(), saved.rest());
        let mut scratch = Space::new(scratch, x.len());
        let d_between = scratch.samples::<A::Out>();
        let scratch = scratch.rest();
        let trace_b = Trace { x: same(between), y, saved: saved_b };
        self.rest.backward(trace_b, dy, Some(same_mut(d_between)), &mut grad.rest, scratch, run.last(1));
        let trace_a = Trace { x, y: between, saved: saved_a };
        self.first.backward(trace_a, d_between, dx, &mut grad.first, scratch, run.child(0));
    }

    fn commit(&mut self, grad: &Self) {
        self.first.commit(&grad.first);
        self.rest.commit(&grad.rest);
    }
}
