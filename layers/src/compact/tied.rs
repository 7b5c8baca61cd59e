//! The form of an embedding whose table is also the weight of the output.

use core::slice::{from_mut, from_ref};

use typednet_tensor::{Flat, Parallel, Token, impl_flat, same};

#[cfg(feature = "alloc")]
use super::Walk;
use super::form::form;
use super::table::{Table, TableBf16, with_columns};
use super::{Compact, DenseInt8, Predictor, Steps, with_zeros};
use crate::threads::by_samples;
use crate::tied_embedding::Text;
use crate::{Child, LayerInfo, Linear, PassContext, TiedEmbedding, Workspace, WorkspaceSize};

/// [`TiedEmbedding`] with the form `E` of its table, which is there once and has the bias, and the form `L` of what stands inside:
/// e = Ê\[x\], h = f(e), y = h·Êᵀ + b̂.
#[repr(C)]
pub struct TiedForm<const N: usize, const V: usize, const D: usize, E, L> {
    pub(super) embedding: E,
    pub(super) inner: L,
}

impl_flat! {
    [const N: usize, const V: usize, const D: usize, E: Flat, L: Flat<Elem = E::Elem>] TiedForm<N, V, D, E, L>: E::Elem {
        embedding: E,
        inner: L,
    }
}

impl<const N: usize, const V: usize, const D: usize, E: Table<V, D>, L: Predictor<Elem = E::Elem>>
    TiedForm<N, V, D, E, L>
{
    /// e ← Ê\[x\], and 0 for tokens of padding.
    pub(super) fn look_up<X: Text<N, V>>(&self, x: &X, e: &mut [[f32; D]; N]) {
        let (counted, padding) = e.split_at_mut(x.counted().len());
        for (x, e) in x.counted().iter().zip(counted) {
            self.embedding.row(x.index(), e);
        }
        padding.as_flattened_mut().fill(0.0);
    }

    /// y ← the logits of texts.
    pub(super) fn infer_texts<X: Text<N, V>>(
        &self,
        x: &[X],
        y: &mut [[[f32; V]; N]],
        scratch: &mut [f32],
        run: PassContext<'_>,
    ) {
        assert_eq!(x.len(), y.len(), "there must be one output for each row");
        let mut scratch = Workspace::new(scratch, x.len());
        let (e, h) = (scratch.samples::<[[f32; D]; N]>(), scratch.samples::<L::Out>());
        let scratch = scratch.rest();
        by_samples(run.parallel(), e, N * D, |first, e| {
            for (x, e) in x[first..].iter().zip(e) {
                self.look_up(x, e);
            }
        });
        self.inner.infer(same(e), h, scratch, run);
        self.embedding.infer(same::<L::Out, [[f32; D]; N]>(h).as_flattened(), y.as_flattened_mut(), scratch, run);
    }
}

impl<const N: usize, const V: usize, const D: usize, E: Table<V, D>, L: Predictor<Elem = E::Elem>> Predictor
    for TiedForm<N, V, D, E, L>
{
    type In = [Token<V>; N];
    type Out = [[f32; V]; N];

    const TREE: LayerInfo = form::<Self>(
        "TiedEmbedding",
        &[],
        &[],
        &[Child { name: "embedding", node: &E::TREE }, Child { name: "inner", node: &L::TREE }],
    );

    /// e and h, and what stands between them or behind them takes.
    const INFER: WorkspaceSize =
        WorkspaceSize::rows(N * D).and(WorkspaceSize::rows(N * D)).and(L::INFER.or(E::INFER.times(N)));

    const STACK: usize = 2 * size_of::<[[f32; D]; N]>() + if L::STACK > E::STACK { L::STACK } else { E::STACK };

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let (mut e, mut h) = ([[0.0; D]; N], [L::Out::zeros()]);
        self.look_up(x, &mut e);
        self.inner.predict_into(&same(from_ref(&e))[0], &mut h[0]);
        for (h, y) in same::<L::Out, [[f32; D]; N]>(&h)[0].iter().zip(y) {
            self.embedding.predict_into(h, y);
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [f32], run: PassContext<'_>) {
        self.infer_texts(x, y, scratch, run);
    }
}

impl<const N: usize, const V: usize, const D: usize, L: Compact, const B: usize> TiedEmbedding<N, V, D, L, f32, B> {
    /// As [`Compact::observe`], where `observe` does it of the layers inside.
    pub(super) fn observe_texts<X: Text<N, V>>(
        &self,
        x: &X,
        y: &mut [[f32; V]; N],
        to: &mut TiedInt8<N, V, D, L>,
        observe: impl FnOnce(&L, &L::In, &mut L::Out, &mut L::Int8),
    ) {
        let length = x.counted().len();
        with_zeros(|e: &mut [[f32; D]; N]| {
            with_zeros(|h: &mut L::Out| {
                self.look_up(from_ref(x), from_mut(e), Parallel::SERIAL);
                observe(&self.inner, &same(from_ref(&*e))[0], h, &mut to.inner);
                let h = &h.as_flat()[..length * D];
                to.embedding.observe(h);
                self.logits(h, &mut y.as_flat_mut()[..length * V], Parallel::SERIAL);
            });
        });
    }

    /// As [`Compact::compare`], where `compare` does it of the layers inside.
    #[cfg(feature = "alloc")]
    pub(super) fn compare_texts<X: Text<N, V>>(
        &self,
        form: &TiedInt8<N, V, D, L>,
        [x, in_form]: [&X; 2],
        [y, of_form]: [&mut [[f32; V]; N]; 2],
        walk: &mut Walk,
        compare: impl FnOnce(&L, &L::Int8, [&L::In; 2], [&mut L::Out; 2], &mut Walk),
    ) {
        let (length, table) = (x.counted().len(), walk.place());
        with_zeros(|[e, e_of_form]: &mut [[[f32; D]; N]; 2]| {
            with_zeros(|[h, h_of_form]: &mut [L::Out; 2]| {
                self.look_up(from_ref(x), from_mut(e), Parallel::SERIAL);
                form.look_up(in_form, e_of_form);
                walk.numbers([&*e, &*e_of_form].map(|e| e[..length].as_flattened()), None);
                let e = [&*e, &*e_of_form].map(|e| &same(from_ref(e))[0]);
                compare(&self.inner, &form.inner, e, [&mut *h, &mut *h_of_form], walk);
                let Steps { inverse, zero, .. } = form.embedding.steps();
                walk.reads(table, &h_of_form.as_flat()[..length * D], [inverse, zero]);
                self.logits(&h.as_flat()[..length * D], &mut y.as_flat_mut()[..length * V], Parallel::SERIAL);
                let rows = &same::<L::Out, [[f32; D]; N]>(from_ref(h_of_form))[0][..length];
                for (h, y) in rows.iter().zip(of_form) {
                    form.embedding.predict_to(h, y);
                }
            });
        });
    }
}

/// The form of bytes.
type TiedInt8<const N: usize, const V: usize, const D: usize, L> =
    TiedForm<N, V, D, DenseInt8<D, V, Linear>, <L as Compact>::Int8>;

impl<const N: usize, const V: usize, const D: usize, L: Compact, const B: usize> Compact
    for TiedEmbedding<N, V, D, L, f32, B>
{
    type Bf16 = TiedForm<N, V, D, TableBf16<V, D, B>, L::Bf16>;
    type Int8 = TiedInt8<N, V, D, L>;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        let () = Self::FITS;
        to.embedding.round(&self.embedding.weight, &self.bias);
        self.inner.write_bf16(&mut to.inner);
    }

    fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8) {
        self.observe_texts(x, y, to, L::observe);
    }

    fn quantise(&self, to: &mut Self::Int8) {
        let () = Self::FITS;
        with_columns(&self.embedding.weight, |weight| to.embedding.quantise(weight, &self.bias));
        self.inner.quantise(&mut to.inner);
    }

    fn restore(&self, form: &Self::Int8, to: &mut Self) {
        for (token, row) in to.embedding.weight.iter_mut().enumerate() {
            form.embedding.row(token, row);
        }
        to.bias.copy_from_slice(&self.bias);
        self.inner.restore(&form.inner, &mut to.inner);
    }

    fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
        visit(Some(form.embedding.steps()));
        L::steps(&form.inner, visit);
    }

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&Self::In; 2], y: [&mut Self::Out; 2], walk: &mut Walk) {
        self.compare_texts(form, x, y, walk, L::compare);
    }
}
