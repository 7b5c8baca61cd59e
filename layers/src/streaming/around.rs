//! Streams through layers with layers inside.

use core::slice::{from_mut, from_ref};

use typednet_tensor::{Differentiable, Flat, Parallel, Scalar, flat, flat_mut, impl_flat, ops, recast, same, zeros};

use super::Streaming;
use crate::compact::AsChain;
use crate::join::Gets;
use crate::{Add, Chain, Concat, Each, Frozen, Labels, Layer, Repeat, Residual};

/// The states of two layers.
#[repr(C)]
pub struct StatePair<A, B> {
    /// That of the first.
    pub first: A,
    /// That of the second.
    pub second: B,
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>] StatePair<A, B>: A::Elem {
        first: A,
        second: B,
    }
}

/// The smaller of two numbers of steps.
const fn shorter(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

#[diagnostic::do_not_recommend]
impl<A, B> Streaming for Chain<A, B>
where
    A: Streaming<Elem: Scalar>,
    B: Streaming<Elem = A::Elem, In: Gets<A::Out, B>>,
{
    type StepIn = A::StepIn;
    type StepOut = B::StepOut;
    type State = StatePair<A::State, B::State>;

    const LONGEST: usize = shorter(A::LONGEST, B::LONGEST);

    fn step_into(&self, state: &mut Self::State, at: usize, x: &A::StepIn, y: &mut B::StepOut) {
        let mut between = [zeros::<A::StepOut>()];
        self.first.step_into(&mut state.first, at, x, &mut between[0]);
        self.rest.step_into(&mut state.second, at, &same(&between)[0], y);
    }
}

/// Each part is a step, and none of them depends on another.
#[diagnostic::do_not_recommend]
impl<const N: usize, L: Layer> Streaming for Each<N, L> {
    type StepIn = L::In;
    type StepOut = L::Out;
    type State = [L::Elem; 0];

    fn step_into(&self, _: &mut Self::State, _: usize, x: &L::In, y: &mut L::Out) {
        self.inner.predict_into(x, y);
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize, L: Streaming<Elem: Scalar>> Streaming for Repeat<N, L> {
    type StepIn = L::StepIn;
    type StepOut = L::StepOut;
    type State = [L::State; N];

    const LONGEST: usize = L::LONGEST;

    fn step_into(&self, state: &mut Self::State, at: usize, x: &L::StepIn, y: &mut L::StepOut) {
        let mut between = [zeros::<L::StepOut>()];
        for (index, (layer, state)) in self.layers.iter().zip(state).enumerate() {
            let x = if index == 0 { x } else { &same(&between)[0] };
            layer.step_into(state, at, x, y);
            between[0] = *y;
        }
    }
}

/// y = f(x) + x, step by step.
#[diagnostic::do_not_recommend]
impl<L: Streaming<Elem: Scalar>> Streaming for Residual<L> {
    type StepIn = L::StepIn;
    type StepOut = L::StepOut;
    type State = L::State;

    const LONGEST: usize = L::LONGEST;

    fn step_into(&self, state: &mut Self::State, at: usize, x: &L::StepIn, y: &mut L::StepOut) {
        self.inner.step_into(state, at, x, y);
        ops::add(flat(same::<L::StepIn, L::StepOut>(from_ref(x))), y.as_flat_mut());
    }
}

/// y = a(x) + b(x), step by step.
#[diagnostic::do_not_recommend]
impl<A, B, L: Labels> Streaming for Add<A, B, L>
where
    A: Streaming<Elem: Scalar, In: Differentiable<Elem = <A as Flat>::Elem>>,
    B: Streaming<Elem = A::Elem, In: Differentiable<Elem = A::Elem>>,
{
    type StepIn = A::StepIn;
    type StepOut = A::StepOut;
    type State = StatePair<A::State, B::State>;

    const LONGEST: usize = shorter(A::LONGEST, B::LONGEST);

    fn step_into(&self, state: &mut Self::State, at: usize, x: &A::StepIn, y: &mut A::StepOut) {
        let mut b = [zeros::<B::StepOut>()];
        self.first.step_into(&mut state.first, at, x, y);
        self.second.step_into(&mut state.second, at, &same(from_ref(x))[0], &mut b[0]);
        ops::add(flat(same::<B::StepOut, A::StepOut>(&b)), y.as_flat_mut());
    }
}

/// y = (a(x), b(x)), step by step.
#[diagnostic::do_not_recommend]
impl<A, B, P, const N: usize, L: Labels> Streaming for Concat<A, B, [P; N], L>
where
    A: Streaming<Elem: Scalar, In: Differentiable<Elem = <A as Flat>::Elem>>,
    B: Streaming<Elem = A::Elem, In: Differentiable<Elem = A::Elem>>,
    P: Differentiable<Elem = A::Elem>,
{
    type StepIn = A::StepIn;
    type StepOut = P;
    type State = StatePair<A::State, B::State>;

    const LONGEST: usize = shorter(A::LONGEST, B::LONGEST);

    fn step_into(&self, state: &mut Self::State, at: usize, x: &A::StepIn, y: &mut P) {
        let (mut a, mut b) = ([zeros::<A::StepOut>()], [zeros::<B::StepOut>()]);
        self.first.step_into(&mut state.first, at, x, &mut a[0]);
        self.second.step_into(&mut state.second, at, &same(from_ref(x))[0], &mut b[0]);
        Self::join(flat(&a), flat(&b), flat_mut(from_mut(y)), Parallel::SERIAL);
    }
}

#[diagnostic::do_not_recommend]
impl<L: Streaming> Streaming for Frozen<L> {
    type StepIn = L::StepIn;
    type StepOut = L::StepOut;
    type State = L::State;

    const LONGEST: usize = L::LONGEST;

    fn step_into(&self, state: &mut Self::State, at: usize, x: &L::StepIn, y: &mut L::StepOut) {
        self.inner.step_into(state, at, x, y);
    }
}

/// What `network!` declares is read as the chain of its layers.
#[diagnostic::do_not_recommend]
impl<N: AsChain<Chain: Streaming<In = <N as Layer>::In, Out = <N as Layer>::Out>>> Streaming for N {
    type StepIn = <N::Chain as Streaming>::StepIn;
    type StepOut = <N::Chain as Streaming>::StepOut;
    type State = <N::Chain as Streaming>::State;

    const LONGEST: usize = <N::Chain as Streaming>::LONGEST;

    fn step_into(&self, state: &mut Self::State, at: usize, x: &Self::StepIn, y: &mut Self::StepOut) {
        recast::<N, N::Chain>(self).step_into(state, at, x, y);
    }
}
