//! The forms of layers around one layer: on each part, several times, backwards, and not trained.

use core::marker::PhantomData;
use core::slice::{from_mut, from_ref};

#[cfg(feature = "alloc")]
use typednet_tensor::same;
use typednet_tensor::{Differentiable, Flat, Sample};

#[cfg(feature = "alloc")]
use super::Walk;
use super::form::form;
use super::of_parts::of_parts;
use super::{Compact, Predictor, Steps, with_zeros};
use crate::recurrent::{turn_first, turn_steps};
use crate::repeat::{Numbers, in_turn};
use crate::threads::by_samples;
use crate::{Child, Each, Frozen, LayerInfo, PassContext, Repeat, Reverse, Workspace, WorkspaceSize};

impl<const N: usize, L: Predictor> Predictor for Each<N, L> {
    type In = [L::In; N];
    type Out = [L::Out; N];

    const TREE: LayerInfo = form::<Self>("Each", &[], &[], &[Child { name: "inner", node: &L::TREE }]);

    const INFER: WorkspaceSize = L::INFER.times(N);

    const STACK: usize = L::STACK;

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        for (x, y) in x.iter().zip(y) {
            self.inner.predict_into(x, y);
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [f32], run: PassContext<'_>) {
        self.inner.infer(x.as_flattened(), y.as_flattened_mut(), scratch, run.over_parts());
    }
}

impl<const N: usize, L: Compact> Compact for Each<N, L> {
    type Bf16 = Each<N, L::Bf16>;
    type Int8 = Each<N, L::Int8>;

    fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8) {
        for (x, y) in x.iter().zip(y) {
            self.inner.observe(x, y, &mut to.inner);
        }
    }

    of_parts!(inner: L);

    #[cfg(feature = "alloc")]
    fn compare(
        &self,
        form: &Self::Int8,
        [x, in_form]: [&Self::In; 2],
        [y, of_form]: [&mut Self::Out; 2],
        walk: &mut Walk,
    ) {
        let first = walk.place();
        for ((x, in_form), (y, of_form)) in x.iter().zip(in_form).zip(y.iter_mut().zip(of_form)) {
            walk.back_to(first);
            self.inner.compare(&form.inner, [x, in_form], [y, of_form], walk);
        }
    }
}

/// The repeated forms with their numbers as names.
struct Repeated<const N: usize, L>(PhantomData<L>);

impl<const N: usize, L: Predictor> Repeated<N, L> {
    const CHILDREN: [Child; N] = {
        let mut children = [Child { name: "", node: &L::TREE }; N];
        let mut i = 0;
        while i < N {
            children[i].name = Numbers::<N>::text(i);
            i += 1;
        }
        children
    };
}

impl<const N: usize, L: Predictor> Predictor for Repeat<N, L> {
    type In = L::In;
    type Out = L::Out;

    const TREE: LayerInfo = form::<Self>("Repeat", &[], &[], &Repeated::<N, L>::CHILDREN);

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

    fn restore(&self, form: &Self::Int8, to: &mut Self) {
        for ((layer, form), to) in self.layers.iter().zip(&form.layers).zip(&mut to.layers) {
            layer.restore(form, to);
        }
    }

    fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
        for form in &form.layers {
            L::steps(form, visit);
        }
    }

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&L::In; 2], y: [&mut L::Out; 2], walk: &mut Walk) {
        let [y, of_form] = y;
        with_zeros(|a: &mut L::Out| {
            with_zeros(|b: &mut L::Out| {
                for (index, (layer, form)) in self.layers.iter().zip(&form.layers).enumerate() {
                    let x = if index == 0 { x } else { [&*a, &*b].map(|x| &same::<L::Out, L::In>(from_ref(x))[0]) };
                    layer.compare(form, x, [&mut *y, &mut *of_form], walk);
                    a.as_flat_mut().copy_from_slice(y.as_flat());
                    b.as_flat_mut().copy_from_slice(of_form.as_flat());
                }
            });
        });
    }
}

impl<const N: usize, L: Predictor<In: Differentiable<Elem = f32>>> Predictor for Reverse<N, L> {
    type In = L::In;
    type Out = L::Out;

    const TREE: LayerInfo = form::<Self>("Reverse", &[], &[], &[Child { name: "inner", node: &L::TREE }]);

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
        turn::<N, _>(turned, run);
        self.inner.infer(turned, y, scratch.rest(), run);
        turn::<N, _>(y, run);
    }
}

/// The steps of each sample from the last to the first, those that count.
fn turn<const N: usize, S: Sample>(samples: &mut [S], run: PassContext<'_>) {
    by_samples(run.parallel(), samples, S::LEN, |first, samples| {
        for (at, sample) in (first..).zip(samples) {
            turn_first::<N, S>(sample, run.length(at, N));
        }
    });
}

/// Lends the `N` steps of `x`, of which the first `length` stand from the last to the first.
pub(super) fn with_turned<const N: usize, S: Sample<Elem = f32>, R>(
    x: &S,
    length: usize,
    work: impl FnOnce(&S) -> R,
) -> R {
    with_zeros(|turned: &mut S| {
        turned.as_flat_mut().copy_from_slice(x.as_flat());
        turn_first::<N, _>(turned, length);
        work(turned)
    })
}

impl<const N: usize, L: Compact<In: Differentiable<Elem = f32>>> Compact for Reverse<N, L> {
    type Bf16 = Reverse<N, L::Bf16>;
    type Int8 = Reverse<N, L::Int8>;

    fn observe(&self, x: &L::In, y: &mut L::Out, to: &mut Self::Int8) {
        with_turned::<N, L::In, _>(x, N, |x| self.inner.observe(x, y, &mut to.inner));
        turn_steps::<N, _>(y);
    }

    of_parts!(inner: L);

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&L::In; 2], y: [&mut L::Out; 2], walk: &mut Walk) {
        let [y, of_form] = y;
        with_turned::<N, L::In, _>(x[0], N, |a| {
            with_turned::<N, L::In, _>(x[1], N, |b| {
                self.inner.compare(&form.inner, [a, b], [&mut *y, &mut *of_form], walk);
            });
        });
        turn_steps::<N, _>(y);
        turn_steps::<N, _>(of_form);
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

    fn restore(&self, form: &Self::Int8, to: &mut Self) {
        self.inner.restore(form, &mut to.inner);
    }

    fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
        L::steps(form, visit);
    }

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&L::In; 2], y: [&mut L::Out; 2], walk: &mut Walk) {
        self.inner.compare(form, x, y, walk);
    }
}
