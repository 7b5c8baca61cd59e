//! Forms of layers around one layer, which hand on how many steps count.

use core::slice::{from_mut, from_ref};

#[cfg(feature = "alloc")]
use typednet_tensor::Flat;
use typednet_tensor::{Differentiable, Sample, Steps, flat, ops, same, zeros};

use super::super::around::with_turned;
use super::super::{Compact, Predictor, with_zeros};
#[cfg(feature = "alloc")]
use super::Walk;
use super::{CompactPadded, PaddedPredictor};
use crate::padding::clear_padding;
use crate::recurrent::turn_first;
use crate::repeat::in_turn;
use crate::{Each, Frozen, Repeat, Residual, Reverse};

/// Only the steps that count are looked at; what is inside is not told.
impl<const N: usize, P: Predictor> PaddedPredictor for Each<N, P>
where
    [P::In; N]: Steps,
{
    const KEEPS_STEPS: bool = true;

    fn predict_padded(&self, x: &[P::In; N], y: &mut [P::Out; N], length: usize) {
        for (x, y) in x[..length].iter().zip(&mut *y) {
            self.inner.predict_into(x, y);
        }
        clear_padding(y, N, length);
    }
}

impl<const N: usize, L: Compact> CompactPadded for Each<N, L>
where
    [L::In; N]: Steps,
{
    fn observe_padded(&self, x: &[L::In; N], y: &mut [L::Out; N], to: &mut Self::Int8, length: usize) {
        for (x, y) in x[..length].iter().zip(&mut *y) {
            self.inner.observe(x, y, &mut to.inner);
        }
        clear_padding(y, N, length);
    }

    #[cfg(feature = "alloc")]
    fn compare_padded(
        &self,
        form: &Self::Int8,
        [x, in_form]: [&[L::In; N]; 2],
        [y, of_form]: [&mut [L::Out; N]; 2],
        length: usize,
        walk: &mut Walk,
    ) {
        let first = walk.place();
        for ((x, in_form), (y, of_form)) in x[..length].iter().zip(in_form).zip(y.iter_mut().zip(&mut *of_form)) {
            walk.back_to(first);
            self.inner.compare(&form.inner, [x, in_form], [y, of_form], walk);
        }
        clear_padding(y, N, length);
        clear_padding(of_form, N, length);
    }
}

impl<const N: usize, P: PaddedPredictor> PaddedPredictor for Repeat<N, P> {
    const KEEPS_STEPS: bool = P::KEEPS_STEPS;

    fn predict_padded(&self, x: &P::In, y: &mut P::Out, length: usize) {
        let mut between = [zeros::<P::Out>()];
        in_turn(N, from_ref(x), from_mut(y), &mut between, |index, x, y| {
            self.layers[index].predict_padded(&x[0], &mut y[0], length);
        });
    }
}

impl<const N: usize, L: CompactPadded> CompactPadded for Repeat<N, L> {
    fn observe_padded(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8, length: usize) {
        with_zeros(|between: &mut L::Out| {
            in_turn(N, from_ref(x), from_mut(y), from_mut(between), |index, x, y| {
                self.layers[index].observe_padded(&x[0], &mut y[0], &mut to.layers[index], length);
            });
        });
    }

    #[cfg(feature = "alloc")]
    fn compare_padded(
        &self,
        form: &Self::Int8,
        x: [&L::In; 2],
        [y, of_form]: [&mut L::Out; 2],
        length: usize,
        walk: &mut Walk,
    ) {
        with_zeros(|[a, b]: &mut [L::Out; 2]| {
            for (index, (layer, form)) in self.layers.iter().zip(&form.layers).enumerate() {
                let x = if index == 0 { x } else { [&*a, &*b].map(|x| &same::<L::Out, L::In>(from_ref(x))[0]) };
                layer.compare_padded(form, x, [&mut *y, &mut *of_form], length, walk);
                a.as_flat_mut().copy_from_slice(y.as_flat());
                b.as_flat_mut().copy_from_slice(of_form.as_flat());
            }
        });
    }
}

/// Only the steps that count are turned round.
impl<const N: usize, P: PaddedPredictor<In: Differentiable<Elem = f32>>> PaddedPredictor for Reverse<N, P> {
    const KEEPS_STEPS: bool = P::KEEPS_STEPS;

    fn predict_padded(&self, x: &P::In, y: &mut P::Out, length: usize) {
        let mut turned = *x;
        turn_first::<N, _>(&mut turned, length);
        self.inner.predict_padded(&turned, y, length);
        turn_first::<N, _>(y, length);
    }
}

impl<const N: usize, L> CompactPadded for Reverse<N, L>
where
    L: CompactPadded<In: Differentiable<Elem = f32> + Steps>,
{
    fn observe_padded(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8, length: usize) {
        with_turned::<N, L::In, _>(x, length, |x| self.inner.observe_padded(x, y, &mut to.inner, length));
        turn_first::<N, _>(y, length);
    }

    #[cfg(feature = "alloc")]
    fn compare_padded(
        &self,
        form: &Self::Int8,
        x: [&L::In; 2],
        [y, of_form]: [&mut L::Out; 2],
        length: usize,
        walk: &mut Walk,
    ) {
        with_turned::<N, L::In, _>(x[0], length, |a| {
            with_turned::<N, L::In, _>(x[1], length, |b| {
                self.inner.compare_padded(&form.inner, [a, b], [&mut *y, &mut *of_form], length, walk);
            });
        });
        turn_first::<N, _>(y, length);
        turn_first::<N, _>(of_form, length);
    }
}

/// y ← y + x
fn add<X: Sample, Y: Differentiable<Elem = f32>>(x: &X, y: &mut Y) {
    ops::add(flat(same::<X, Y>(from_ref(x))), y.as_flat_mut());
}

impl<P: PaddedPredictor> PaddedPredictor for Residual<P> {
    const KEEPS_STEPS: bool = P::KEEPS_STEPS;

    fn predict_padded(&self, x: &P::In, y: &mut P::Out, length: usize) {
        self.inner.predict_padded(x, y, length);
        add(x, y);
    }
}

impl<L: CompactPadded> CompactPadded for Residual<L> {
    fn observe_padded(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8, length: usize) {
        self.inner.observe_padded(x, y, &mut to.inner, length);
        add(x, y);
    }

    #[cfg(feature = "alloc")]
    fn compare_padded(
        &self,
        form: &Self::Int8,
        x: [&L::In; 2],
        [y, of_form]: [&mut L::Out; 2],
        length: usize,
        walk: &mut Walk,
    ) {
        self.inner.compare_padded(&form.inner, x, [&mut *y, &mut *of_form], length, walk);
        for (x, y) in x.into_iter().zip([y, of_form]) {
            add(x, y);
        }
    }
}

impl<L: CompactPadded> CompactPadded for Frozen<L> {
    fn observe_padded(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8, length: usize) {
        self.inner.observe_padded(x, y, to, length);
    }

    #[cfg(feature = "alloc")]
    fn compare_padded(&self, form: &Self::Int8, x: [&L::In; 2], y: [&mut L::Out; 2], length: usize, walk: &mut Walk) {
        self.inner.compare_padded(form, x, y, length, walk);
    }
}
