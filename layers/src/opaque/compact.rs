//! Forms of networks that do not say of what.

use core::marker::PhantomData;

use typednet_tensor::compact::Bf16;
use typednet_tensor::{Element, Flat, Sample, impl_flat, recast, recast_mut, same, same_mut};

use super::streaming::{one, one_mut};

#[cfg(feature = "alloc")]
use crate::compact::Walk;
use crate::compact::{Compact, Steps};
use crate::{Layer, LayerInfo, PassContext, Predictor, WorkspaceSize};

/// The form of elements `E`.
pub trait FormOf<E>: Compact {
    /// The form.
    type Form: Predictor<In = Self::In, Out = Self::Out> + Flat<Elem = E>;
}

impl<L: Compact> FormOf<Bf16> for L {
    type Form = L::Bf16;
}

impl<L: Compact> FormOf<u8> for L {
    type Form = L::Int8;
}

/// [`Predictor`] of a chain's form, which is given under another name.
pub trait FormFor<'a, E> {
    /// As [`Predictor::TREE`].
    const TREE: LayerInfo;

    /// As [`Predictor::INFER`].
    const INFER: WorkspaceSize;

    /// As [`Predictor::STACK`].
    const STACK: usize;

    /// As [`Predictor::predict_into`].
    fn predict_into<F: Flat<Elem = E>, X: Sample, Y: Sample>(form: &F, x: &X, y: &mut Y);

    /// As [`Predictor::infer`].
    fn infer<F: Flat<Elem = E>, X: Sample, Y: Sample>(
        form: &F,
        x: &[X],
        y: &mut [Y],
        scratch: &mut [f32],
        run: PassContext<'_>,
    );
}

impl<E, L: FormOf<E>> FormFor<'_, E> for L {
    const TREE: LayerInfo = L::Form::TREE;
    const INFER: WorkspaceSize = L::Form::INFER;
    const STACK: usize = L::Form::STACK;

    fn predict_into<F: Flat<Elem = E>, X: Sample, Y: Sample>(form: &F, x: &X, y: &mut Y) {
        recast::<F, L::Form>(form).predict_into(one(x), one_mut(y));
    }

    fn infer<F: Flat<Elem = E>, X: Sample, Y: Sample>(
        form: &F,
        x: &[X],
        y: &mut [Y],
        scratch: &mut [f32],
        run: PassContext<'_>,
    ) {
        recast::<F, L::Form>(form).infer(same(x), same_mut(y), scratch, run);
    }
}

/// [`Compact`] of a chain, for forms that are given under another name.
pub trait CompactFor<'a> {
    /// As [`Compact::write_bf16`].
    fn write_bf16<F: Flat<Elem = Bf16>>(&self, to: &mut F);

    /// As [`Compact::observe`].
    fn observe<F: Flat<Elem = u8>, X: Sample, Y: Sample>(&self, x: &X, y: &mut Y, to: &mut F);

    /// As [`Compact::quantise`].
    fn quantise<F: Flat<Elem = u8>>(&self, to: &mut F);

    /// As [`Compact::restore`].
    fn restore<F: Flat<Elem = u8>>(&self, form: &F, to: &mut Self);

    /// As [`Compact::steps`].
    fn steps<F: Flat<Elem = u8>>(form: &F, visit: &mut dyn FnMut(Option<Steps<'_>>));

    /// As [`Compact::compare`].
    #[cfg(feature = "alloc")]
    fn compare<F: Flat<Elem = u8>, X: Sample, Y: Sample>(&self, form: &F, x: [&X; 2], y: [&mut Y; 2], walk: &mut Walk);
}

impl<L: Compact> CompactFor<'_> for L {
    fn write_bf16<F: Flat<Elem = Bf16>>(&self, to: &mut F) {
        Compact::write_bf16(self, recast_mut(to));
    }

    fn observe<F: Flat<Elem = u8>, X: Sample, Y: Sample>(&self, x: &X, y: &mut Y, to: &mut F) {
        Compact::observe(self, one(x), one_mut(y), recast_mut(to));
    }

    fn quantise<F: Flat<Elem = u8>>(&self, to: &mut F) {
        Compact::quantise(self, recast_mut(to));
    }

    fn restore<F: Flat<Elem = u8>>(&self, form: &F, to: &mut Self) {
        Compact::restore(self, recast(form), to);
    }

    fn steps<F: Flat<Elem = u8>>(form: &F, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
        <L as Compact>::steps(recast(form), visit);
    }

    #[cfg(feature = "alloc")]
    fn compare<F: Flat<Elem = u8>, X: Sample, Y: Sample>(&self, form: &F, x: [&X; 2], y: [&mut Y; 2], walk: &mut Walk) {
        Compact::compare(self, recast(form), x.map(one), y.map(one_mut), walk);
    }
}

/// A network that has forms and does not say of what.
pub trait OpaqueForms<E>: Layer<Elem = f32> {
    /// As [`Predictor::TREE`].
    const TREE: LayerInfo;

    /// As [`Predictor::INFER`].
    const INFER: WorkspaceSize;

    /// As [`Predictor::STACK`].
    const STACK: usize;

    /// As [`Predictor::predict_into`].
    fn predict_into<F: Flat<Elem = E>>(form: &F, x: &Self::In, y: &mut Self::Out);

    /// As [`Predictor::infer`].
    fn infer<F: Flat<Elem = E>>(
        form: &F,
        x: &[Self::In],
        y: &mut [Self::Out],
        scratch: &mut [f32],
        run: PassContext<'_>,
    );
}

/// The form of the network `N` as `LEN` elements.
#[repr(C)]
pub struct OpaqueForm<N, E, const LEN: usize> {
    elements: [E; LEN],
    network: PhantomData<fn() -> N>,
}

impl_flat! {
    [N: 'static, E: Element + Flat<Elem = E>, const LEN: usize] OpaqueForm<N, E, LEN>: E {
        elements: [E; LEN],
    } markers { network }
}

impl<N: OpaqueForms<E>, E: Element + Flat<Elem = E>, const LEN: usize> Predictor for OpaqueForm<N, E, LEN> {
    type In = N::In;
    type Out = N::Out;

    const TREE: LayerInfo = <N as OpaqueForms<E>>::TREE;
    const INFER: WorkspaceSize = <N as OpaqueForms<E>>::INFER;
    const STACK: usize = N::STACK;

    fn predict_into(&self, x: &N::In, y: &mut N::Out) {
        <N as OpaqueForms<E>>::predict_into(self, x, y);
    }

    fn infer(&self, x: &[N::In], y: &mut [N::Out], scratch: &mut [f32], run: PassContext<'_>) {
        <N as OpaqueForms<E>>::infer(self, x, y, scratch, run);
    }
}
