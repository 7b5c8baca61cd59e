//! The forms of layers one after the other and of branches.

use core::slice::{from_mut, from_ref};

use typednet_tensor::{Differentiable, Flat, Parallel, Sample, flat, flat_mut, ops, same};

#[cfg(feature = "alloc")]
use super::Walk;
use super::form::form;
use super::of_parts::of_parts;
use super::{Compact, Predictor, with_zeros};
use crate::concat::beside;
use crate::threads;
use crate::{Add, Chain, Child, Concat, Labels, LayerInfo, PassContext, Residual, Workspace, WorkspaceSize};

/// The larger of two numbers of bytes.
const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

impl<A: Predictor, B: Predictor<Elem = A::Elem, In = A::Out>> Predictor for Chain<A, B> {
    type In = A::In;
    type Out = B::Out;

    const TREE: LayerInfo = form::<Self>(
        "Chain",
        &[],
        &[],
        &[Child { name: "first", node: &A::TREE }, Child { name: "rest", node: &B::TREE }],
    );

    const INFER: WorkspaceSize = WorkspaceSize::rows(A::Out::LEN).and(A::INFER.or(B::INFER));

    const STACK: usize = size_of::<A::Out>() + larger(A::STACK, B::STACK);

    #[inline]
    fn predict_into(&self, x: &A::In, y: &mut B::Out) {
        let mut between = A::Out::zeros();
        self.first.predict_into(x, &mut between);
        self.rest.predict_into(&between, y);
    }

    fn infer(&self, x: &[A::In], y: &mut [B::Out], scratch: &mut [f32], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let between = scratch.samples::<A::Out>();
        let scratch = scratch.rest();
        self.first.infer(x, between, scratch, run);
        self.rest.infer(between, y, scratch, run);
    }
}

impl<A: Compact, B: Compact<In = A::Out>> Compact for Chain<A, B> {
    type Bf16 = Chain<A::Bf16, B::Bf16>;
    type Int8 = Chain<A::Int8, B::Int8>;

    fn observe(&self, x: &A::In, y: &mut B::Out, to: &mut Self::Int8) {
        with_zeros(|between| {
            self.first.observe(x, between, &mut to.first);
            self.rest.observe(between, y, &mut to.rest);
        });
    }

    of_parts!(first: A, rest: B);

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&A::In; 2], y: [&mut B::Out; 2], walk: &mut Walk) {
        with_zeros(|a: &mut A::Out| {
            with_zeros(|b: &mut A::Out| {
                self.first.compare(&form.first, x, [&mut *a, &mut *b], walk);
                self.rest.compare(&form.rest, [&*a, &*b], y, walk);
            });
        });
    }
}

/// y ← y + x
fn add<X: Sample, Y: Differentiable<Elem = f32>>(x: &[X], y: &mut [Y], run: PassContext<'_>) {
    threads::add(run.parallel(), flat(same::<X, Y>(x)), flat_mut(y));
}

impl<L: Predictor> Predictor for Residual<L> {
    type In = L::In;
    type Out = L::Out;

    const TREE: LayerInfo = form::<Self>("Residual", &[], &[], &[Child { name: "inner", node: &L::TREE }]);

    const INFER: WorkspaceSize = L::INFER;

    const STACK: usize = L::STACK;

    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        self.inner.predict_into(x, y);
        ops::add(flat(same::<L::In, L::Out>(from_ref(x))), y.as_flat_mut());
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [f32], run: PassContext<'_>) {
        self.inner.infer(x, y, scratch, run);
        add(x, y, run);
    }
}

impl<L: Compact> Compact for Residual<L> {
    type Bf16 = Residual<L::Bf16>;
    type Int8 = Residual<L::Int8>;

    fn observe(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8) {
        self.inner.observe(x, y, &mut to.inner);
        ops::add(flat(same::<L::In, L::Out>(from_ref(x))), y.as_flat_mut());
    }

    of_parts!(inner: L);

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&L::In; 2], y: [&mut L::Out; 2], walk: &mut Walk) {
        let [y, of_form] = y;
        self.inner.compare(&form.inner, x, [&mut *y, &mut *of_form], walk);
        for (x, y) in x.into_iter().zip([y, of_form]) {
            ops::add(flat(same::<L::In, L::Out>(from_ref(x))), y.as_flat_mut());
        }
    }
}

impl<A, B, L: Labels> Predictor for Add<A, B, L>
where
    A: Predictor,
    B: Predictor<Elem = A::Elem>,
{
    type In = A::In;
    type Out = A::Out;

    const TREE: LayerInfo = form::<Self>(
        "Add",
        &[],
        &[],
        &[Child { name: L::NAMES[0], node: &A::TREE }, Child { name: L::NAMES[1], node: &B::TREE }],
    );

    const INFER: WorkspaceSize = WorkspaceSize::rows(B::Out::LEN).and(A::INFER.or(B::INFER));

    const STACK: usize = size_of::<B::Out>() + larger(A::STACK, B::STACK);

    fn predict_into(&self, x: &A::In, y: &mut A::Out) {
        let mut b = B::Out::zeros();
        self.first.predict_into(x, y);
        self.second.predict_into(&same(from_ref(x))[0], &mut b);
        ops::add(b.as_flat(), y.as_flat_mut());
    }

    fn infer(&self, x: &[A::In], y: &mut [A::Out], scratch: &mut [f32], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let b = scratch.samples::<B::Out>();
        let scratch = scratch.rest();
        self.first.infer(x, y, scratch, run);
        self.second.infer(same(x), b, scratch, run);
        add(b, y, run);
    }
}

impl<A, B, L: Labels> Compact for Add<A, B, L>
where
    A: Compact<In: Differentiable<Elem = f32>>,
    B: Compact<In: Differentiable<Elem = f32>>,
{
    type Bf16 = Add<A::Bf16, B::Bf16, L>;
    type Int8 = Add<A::Int8, B::Int8, L>;

    fn observe(&self, x: &A::In, y: &mut A::Out, to: &mut Self::Int8) {
        self.first.observe(x, y, &mut to.first);
        with_zeros(|b: &mut B::Out| {
            self.second.observe(&same(from_ref(x))[0], b, &mut to.second);
            ops::add(b.as_flat(), y.as_flat_mut());
        });
    }

    of_parts!(first: A, second: B);

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&A::In; 2], y: [&mut A::Out; 2], walk: &mut Walk) {
        let [y, of_form] = y;
        self.first.compare(&form.first, x, [&mut *y, &mut *of_form], walk);
        with_zeros(|a: &mut B::Out| {
            with_zeros(|b: &mut B::Out| {
                let x = x.map(|x| &same::<A::In, B::In>(from_ref(x))[0]);
                self.second.compare(&form.second, x, [&mut *a, &mut *b], walk);
                ops::add(a.as_flat(), y.as_flat_mut());
                ops::add(b.as_flat(), of_form.as_flat_mut());
            });
        });
    }
}

impl<A, B, Out, L: Labels> Predictor for Concat<A, B, Out, L>
where
    A: Predictor,
    B: Predictor<Elem = A::Elem>,
    Out: Differentiable<Elem = f32>,
{
    type In = A::In;
    type Out = Out;

    const TREE: LayerInfo = form::<Self>(
        "Concat",
        &[],
        &[],
        &[Child { name: L::NAMES[0], node: &A::TREE }, Child { name: L::NAMES[1], node: &B::TREE }],
    );

    const INFER: WorkspaceSize =
        WorkspaceSize::rows(A::Out::LEN).and(WorkspaceSize::rows(B::Out::LEN)).and(A::INFER.or(B::INFER));

    const STACK: usize = size_of::<Out>() + larger(A::STACK, B::STACK);

    fn predict_into(&self, x: &A::In, y: &mut Out) {
        let (mut a, mut b) = ([A::Out::zeros()], [B::Out::zeros()]);
        self.first.predict_into(x, &mut a[0]);
        self.second.predict_into(&same(from_ref(x))[0], &mut b[0]);
        beside(&a, &b, from_mut(y), Parallel::SERIAL);
    }

    fn infer(&self, x: &[A::In], y: &mut [Out], scratch: &mut [f32], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (a, b) = (scratch.samples::<A::Out>(), scratch.samples::<B::Out>());
        let scratch = scratch.rest();
        self.first.infer(x, a, scratch, run);
        self.second.infer(same(x), b, scratch, run);
        beside(a, b, y, run.parallel());
    }
}

impl<A, B, Out, L: Labels> Compact for Concat<A, B, Out, L>
where
    A: Compact<In: Differentiable<Elem = f32>>,
    B: Compact<In: Differentiable<Elem = f32>>,
    Out: Differentiable<Elem = f32>,
{
    type Bf16 = Concat<A::Bf16, B::Bf16, Out, L>;
    type Int8 = Concat<A::Int8, B::Int8, Out, L>;

    fn observe(&self, x: &A::In, y: &mut Out, to: &mut Self::Int8) {
        with_zeros(|a: &mut A::Out| {
            with_zeros(|b: &mut B::Out| {
                self.first.observe(x, a, &mut to.first);
                self.second.observe(&same(from_ref(x))[0], b, &mut to.second);
                beside(from_ref(a), from_ref(b), from_mut(y), Parallel::SERIAL);
            });
        });
    }

    of_parts!(first: A, second: B);

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&A::In; 2], y: [&mut Out; 2], walk: &mut Walk) {
        // Both branches of the layer, and both of the form.
        with_zeros(|[a, b]: &mut [A::Out; 2]| {
            with_zeros(|[c, d]: &mut [B::Out; 2]| {
                self.first.compare(&form.first, x, [&mut *a, &mut *b], walk);
                let x = x.map(|x| &same::<A::In, B::In>(from_ref(x))[0]);
                self.second.compare(&form.second, x, [&mut *c, &mut *d], walk);
                for ((first, second), y) in [(&*a, &*c), (&*b, &*d)].into_iter().zip(y) {
                    beside(from_ref(first), from_ref(second), from_mut(y), Parallel::SERIAL);
                }
            });
        });
    }
}
