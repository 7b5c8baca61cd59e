//! Forms of layers one after the other and of branches, which hand on how many steps count.

use core::slice::{from_mut, from_ref};

use typednet_tensor::{Differentiable, Flat, Parallel, ops, same, zeros};

use super::super::with_zeros;
#[cfg(feature = "alloc")]
use super::Walk;
use super::{CompactPadded, PaddedPredictor};
use crate::concat::beside;
use crate::{Add, Chain, Concat, Labels};

impl<A: PaddedPredictor, B: PaddedPredictor<Elem = A::Elem, In = A::Out>> PaddedPredictor for Chain<A, B> {
    /// As of the layers: what is last may be one row.
    const KEEPS_STEPS: bool = B::KEEPS_STEPS;

    fn predict_padded(&self, x: &A::In, y: &mut B::Out, length: usize) {
        let mut between = zeros::<A::Out>();
        self.first.predict_padded(x, &mut between, length);
        self.rest.predict_padded(&between, y, length);
    }
}

impl<A: CompactPadded, B: CompactPadded<In = A::Out>> CompactPadded for Chain<A, B> {
    fn observe_padded(&self, x: &A::In, y: &mut B::Out, to: &mut Self::Int8, length: usize) {
        with_zeros(|between| {
            self.first.observe_padded(x, between, &mut to.first, length);
            self.rest.observe_padded(between, y, &mut to.rest, length);
        });
    }

    #[cfg(feature = "alloc")]
    fn compare_padded(&self, form: &Self::Int8, x: [&A::In; 2], y: [&mut B::Out; 2], length: usize, walk: &mut Walk) {
        with_zeros(|[a, b]: &mut [A::Out; 2]| {
            self.first.compare_padded(&form.first, x, [&mut *a, &mut *b], length, walk);
            self.rest.compare_padded(&form.rest, [&*a, &*b], y, length, walk);
        });
    }
}

impl<A, B, L: Labels> PaddedPredictor for Add<A, B, L>
where
    A: PaddedPredictor,
    B: PaddedPredictor<Elem = A::Elem>,
{
    const KEEPS_STEPS: bool = A::KEEPS_STEPS;

    fn predict_padded(&self, x: &A::In, y: &mut A::Out, length: usize) {
        let mut b = zeros::<B::Out>();
        self.first.predict_padded(x, y, length);
        self.second.predict_padded(&same(from_ref(x))[0], &mut b, length);
        ops::add(b.as_flat(), y.as_flat_mut());
    }
}

impl<A, B, L: Labels> CompactPadded for Add<A, B, L>
where
    A: CompactPadded<In: Differentiable<Elem = f32>>,
    B: CompactPadded<In: Differentiable<Elem = f32>>,
{
    fn observe_padded(&self, x: &A::In, y: &mut A::Out, to: &mut Self::Int8, length: usize) {
        self.first.observe_padded(x, y, &mut to.first, length);
        with_zeros(|b: &mut B::Out| {
            self.second.observe_padded(&same(from_ref(x))[0], b, &mut to.second, length);
            ops::add(b.as_flat(), y.as_flat_mut());
        });
    }

    #[cfg(feature = "alloc")]
    fn compare_padded(
        &self,
        form: &Self::Int8,
        x: [&A::In; 2],
        [y, of_form]: [&mut A::Out; 2],
        length: usize,
        walk: &mut Walk,
    ) {
        self.first.compare_padded(&form.first, x, [&mut *y, &mut *of_form], length, walk);
        with_zeros(|[a, b]: &mut [B::Out; 2]| {
            let x = x.map(|x| &same::<A::In, B::In>(from_ref(x))[0]);
            self.second.compare_padded(&form.second, x, [&mut *a, &mut *b], length, walk);
            ops::add(a.as_flat(), y.as_flat_mut());
            ops::add(b.as_flat(), of_form.as_flat_mut());
        });
    }
}

impl<A, B, Out, L: Labels> PaddedPredictor for Concat<A, B, Out, L>
where
    A: PaddedPredictor,
    B: PaddedPredictor<Elem = A::Elem>,
    Out: Differentiable<Elem = f32>,
{
    const KEEPS_STEPS: bool = A::KEEPS_STEPS;

    fn predict_padded(&self, x: &A::In, y: &mut Out, length: usize) {
        let (mut a, mut b) = ([zeros::<A::Out>()], [zeros::<B::Out>()]);
        self.first.predict_padded(x, &mut a[0], length);
        self.second.predict_padded(&same(from_ref(x))[0], &mut b[0], length);
        beside(&a, &b, from_mut(y), Parallel::SERIAL);
    }
}

impl<A, B, Out, L: Labels> CompactPadded for Concat<A, B, Out, L>
where
    A: CompactPadded<In: Differentiable<Elem = f32>>,
    B: CompactPadded<In: Differentiable<Elem = f32>>,
    Out: Differentiable<Elem = f32>,
{
    fn observe_padded(&self, x: &A::In, y: &mut Out, to: &mut Self::Int8, length: usize) {
        with_zeros(|a: &mut A::Out| {
            with_zeros(|b: &mut B::Out| {
                self.first.observe_padded(x, a, &mut to.first, length);
                self.second.observe_padded(&same(from_ref(x))[0], b, &mut to.second, length);
                beside(from_ref(a), from_ref(b), from_mut(y), Parallel::SERIAL);
            });
        });
    }

    #[cfg(feature = "alloc")]
    fn compare_padded(&self, form: &Self::Int8, x: [&A::In; 2], y: [&mut Out; 2], length: usize, walk: &mut Walk) {
        // Both branches of the layer, and both of the form.
        with_zeros(|[a, b]: &mut [A::Out; 2]| {
            with_zeros(|[c, d]: &mut [B::Out; 2]| {
                self.first.compare_padded(&form.first, x, [&mut *a, &mut *b], length, walk);
                let x = x.map(|x| &same::<A::In, B::In>(from_ref(x))[0]);
                self.second.compare_padded(&form.second, x, [&mut *c, &mut *d], length, walk);
                for ((first, second), y) in [(&*a, &*c), (&*b, &*d)].into_iter().zip(y) {
                    beside(from_ref(first), from_ref(second), from_mut(y), Parallel::SERIAL);
                }
            });
        });
    }
}
