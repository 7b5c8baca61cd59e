//! The forms of layers with layers inside.

use core::slice::{from_mut, from_ref};

use typednet_tensor::{Differentiable, Flat, Sample, flat, flat_mut, ops, same};

use super::{Compact, Predictor, with_zeros};
use crate::concat::beside;
use crate::recurrent::turn_steps;
use crate::repeat::in_turn;
use crate::threads::{self, by_samples};
use crate::{Add, Chain, Concat, Each, Frozen, Labels, PassContext, Repeat, Residual, Reverse, Workspace, WorkspaceSize};

/// The larger of two numbers of bytes.
const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

impl<A: Predictor, B: Predictor<Elem = A::Elem, In = A::Out>> Predictor for Chain<A, B> {
    type In = A::In;
    type Out = B::Out;

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

    fn write_bf16(&self, to: &mut Self::Bf16) {
        self.first.write_bf16(&mut to.first);
        self.rest.write_bf16(&mut to.rest);
    }

    fn observe(&self, x: &A::In, y: &mut B::Out, to: &mut Self::Int8) {
        with_zeros(|between| {
            self.first.observe(x, between, &mut to.first);
            self.rest.observe(between, y, &mut to.rest);
        });
    }

    fn quantise(&self, to: &mut Self::Int8) {
        self.first.quantise(&mut to.first);
        self.rest.quantise(&mut to.rest);
    }
}

/// y ← y + x
fn add<X: Sample, Y: Differentiable<Elem = f32>>(x: &[X], y: &mut [Y], run: PassContext<'_>) {
    threads::add(run.parallel(), flat(same::<X, Y>(x)), flat_mut(y));
}

impl<L: Predictor> Predictor for Residual<L> {
    type In = L::In;
    type Out = L::Out;

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

    fn write_bf16(&self, to: &mut Self::Bf16) {
        self.inner.write_bf16(&mut to.inner);
    }

    fn observe(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8) {
        self.inner.observe(x, y, &mut to.inner);
        ops::add(flat(same::<L::In, L::Out>(from_ref(x))), y.as_flat_mut());
    }

    fn quantise(&self, to: &mut Self::Int8) {
        self.inner.quantise(&mut to.inner);
    }
}

impl<A, B, L: Labels> Predictor for Add<A, B, L>
where
    A: Predictor,
    B: Predictor<Elem = A::Elem>,
{
    type In = A::In;
    type Out = A::Out;

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

    fn write_bf16(&self, to: &mut Self::Bf16) {
        self.first.write_bf16(&mut to.first);
        self.second.write_bf16(&mut to.second);
    }

    fn observe(&self, x: &A::In, y: &mut A::Out, to: &mut Self::Int8) {
        self.first.observe(x, y, &mut to.first);
        with_zeros(|b: &mut B::Out| {
            self.second.observe(&same(from_ref(x))[0], b, &mut to.second);
            ops::add(b.as_flat(), y.as_flat_mut());
        });
    }

    fn quantise(&self, to: &mut Self::Int8) {
        self.first.quantise(&mut to.first);
        self.second.quantise(&mut to.second);
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

    const INFER: WorkspaceSize =
        WorkspaceSize::rows(A::Out::LEN).and(WorkspaceSize::rows(B::Out::LEN)).and(A::INFER.or(B::INFER));

    const STACK: usize = size_of::<Out>() + larger(A::STACK, B::STACK);

    fn predict_into(&self, x: &A::In, y: &mut Out) {
        let (mut a, mut b) = ([A::Out::zeros()], [B::Out::zeros()]);
        self.first.predict_into(x, &mut a[0]);
        self.second.predict_into(&same(from_ref(x))[0], &mut b[0]);
        beside(&a, &b, from_mut(y), typednet_tensor::Parallel::SERIAL);
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

    fn write_bf16(&self, to: &mut Self::Bf16) {
        self.first.write_bf16(&mut to.first);
        self.second.write_bf16(&mut to.second);
    }

    fn observe(&self, x: &A::In, y: &mut Out, to: &mut Self::Int8) {
        with_zeros(|a: &mut A::Out| {
            with_zeros(|b: &mut B::Out| {
                self.first.observe(x, a, &mut to.first);
                self.second.observe(&same(from_ref(x))[0], b, &mut to.second);
                beside(from_ref(a), from_ref(b), from_mut(y), typednet_tensor::Parallel::SERIAL);
            });
        });
    }

    fn quantise(&self, to: &mut Self::Int8) {
        self.first.quantise(&mut to.first);
        self.second.quantise(&mut to.second);
    }
}

impl<const N: usize, L: Predictor> Predictor for Each<N, L> {
    type In = [L::In; N];
    type Out = [L::Out; N];

    const INFER: WorkspaceSize = L::INFER.times(N);

    const STACK: usize = L::STACK;

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        for (x, y) in x.iter().zip(y) {
            self.inner.predict_into(x, y);
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [f32], run: PassContext<'_>) {
        self.inner.infer(x.as_flattened(), y.as_flattened_mut(), scratch, run);
    }
}

impl<const N: usize, L: Compact> Compact for Each<N, L> {
    type Bf16 = Each<N, L::Bf16>;
    type Int8 = Each<N, L::Int8>;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        self.inner.write_bf16(&mut to.inner);
    }

    fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8) {
        for (x, y) in x.iter().zip(y) {
            self.inner.observe(x, y, &mut to.inner);
        }
    }

    fn quantise(&self, to: &mut Self::Int8) {
        self.inner.quantise(&mut to.inner);
    }
}

impl<const N: usize, L: Predictor> Predictor for Repeat<N, L> {
    type In = L::In;
    type Out = L::Out;

    const INFER: WorkspaceSize = WorkspaceSize::rows(L::Out::LEN).and(L::INFER);

    const STACK: usize = size_of::<L::Out>() + L::STACK;

    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        let mut between = [L::Out::zeros()];
        in_turn(N, from_ref(x), from_mut(y), &mut between, |index, x, y| {
            self.layers[index].predict_into(&x[0], &mut y[0]);
        });
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [f32], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let between = scratch.samples::<L::Out>();
        let scratch = scratch.rest();
        in_turn(N, x, y, between, |index, x, y| self.layers[index].infer(x, y, scratch, run));
    }
}

impl<const N: usize, L: Compact> Compact for Repeat<N, L> {
    type Bf16 = Repeat<N, L::Bf16>;
    type Int8 = Repeat<N, L::Int8>;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        for (layer, to) in self.layers.iter().zip(&mut to.layers) {
            layer.write_bf16(to);
        }
    }

    fn observe(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8) {
        with_zeros(|between: &mut L::Out| {
            in_turn(N, from_ref(x), from_mut(y), from_mut(between), |index, x, y| {
                self.layers[index].observe(&x[0], &mut y[0], &mut to.layers[index]);
            });
        });
    }

    fn quantise(&self, to: &mut Self::Int8) {
        for (layer, to) in self.layers.iter().zip(&mut to.layers) {
            layer.quantise(to);
        }
    }
}

impl<const N: usize, L: Predictor<In: Differentiable<Elem = f32>>> Predictor for Reverse<N, L> {
    type In = L::In;
    type Out = L::Out;

    const INFER: WorkspaceSize = WorkspaceSize::rows(L::In::LEN).and(L::INFER);

    const STACK: usize = size_of::<L::In>() + L::STACK;

    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        let mut turned = *x;
        turn_steps::<N, _>(&mut turned);
        self.inner.predict_into(&turned, y);
        turn_steps::<N, _>(y);
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [f32], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let turned = scratch.samples::<L::In>();
        turned.copy_from_slice(x);
        by_samples(run.parallel(), turned, L::In::LEN, |_, x| x.iter_mut().for_each(turn_steps::<N, _>));
        self.inner.infer(turned, y, scratch.rest(), run);
        by_samples(run.parallel(), y, L::Out::LEN, |_, y| y.iter_mut().for_each(turn_steps::<N, _>));
    }
}

impl<const N: usize, L: Compact<In: Differentiable<Elem = f32>>> Compact for Reverse<N, L> {
    type Bf16 = Reverse<N, L::Bf16>;
    type Int8 = Reverse<N, L::Int8>;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        self.inner.write_bf16(&mut to.inner);
    }

    fn observe(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8) {
        let mut turned = *x;
        turn_steps::<N, _>(&mut turned);
        self.inner.observe(&turned, y, &mut to.inner);
        turn_steps::<N, _>(y);
    }

    fn quantise(&self, to: &mut Self::Int8) {
        self.inner.quantise(&mut to.inner);
    }
}

/// Nothing is trained any more, so the form is that of the layer.
impl<L: Compact> Compact for Frozen<L> {
    type Bf16 = L::Bf16;
    type Int8 = L::Int8;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        self.inner.write_bf16(to);
    }

    fn observe(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8) {
        self.inner.observe(x, y, to);
    }

    fn quantise(&self, to: &mut Self::Int8) {
        self.inner.quantise(to);
    }
}
