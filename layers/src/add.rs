//! Two branches, added.

use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use crate::branches::Pair;
use crate::{
    Behaviour, Child, Labels, Layer, LayerInfo, Linear, Named, Operation, Output, PassContext, Path, Trace, Workspace,
    WorkspaceSize, threads,
};
use typednet_tensor::{
    Differentiable, Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat, recast, recast_mut, same_mut,
};

/// Two branches that read the same, and their sum: y = a(x) + b(x), where a is the layer `A` and b the layer `B`.
///
/// Each gets ∂L/∂y as it is, and what they give back for x is added: ∂L/∂x = (∂a/∂x)ᵀ ∂L/∂y + (∂b/∂x)ᵀ ∂L/∂y. With b the
/// identity this is [`Residual`](crate::Residual).
///
/// # Shapes
/// `A` and `B` read one shape and give one shape. In `network!` it is written
/// `Add<deep: Dense<32, Relu> => Dense<64>, wide: Dense<64>>`, with two branches or more; what does not fit is an error
/// there. By hand it is an error when the program is built.
///
/// `L` holds the [`Labels`], by which the branches are fields: `layer.deep.first.weight`. Of three branches the last two are an
/// `Add` of their own, which is called `rest`.
///
/// Parameters: those of `A`, then those of `B`.
///
/// ```
/// use typednet_layers::{Add, Dense, Network};
///
/// let double = Dense::<2, 2>::new([[2.0, 0.0], [0.0, 2.0]], [0.0, 0.0]);
/// let swap = Dense::<2, 2>::new([[0.0, 1.0], [1.0, 0.0]], [0.25, 0.0]);
/// let layer: Add<_, _> = Add::new(double, swap);
/// assert_eq!(layer.predict(&[1.0, 2.0]), [4.25, 5.0]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Add, Each, Dense, Network, OnPadded};
/// use typednet_tensor::Padded;
///
/// // `OnPadded` around the sum, and not around what is added.
/// let branch = || OnPadded::new(Each::<3, _>::new(Dense::<1, 1>::new([[2.0]], [0.0])));
/// let layer: Add<_, _> = Add::new(branch(), branch());
/// layer.predict(&Padded::full([[1.0]; 3]));
/// ```
#[repr(C)]
pub struct Add<A, B, L = Named> {
    pub(crate) first: A,
    pub(crate) second: B,
    labels: PhantomData<fn() -> L>,
}

impl<A, B, L> Add<A, B, L> {
    /// The sum of `first` and `second`.
    pub const fn new(first: A, second: B) -> Self {
        Self { first, second, labels: PhantomData }
    }
}

/// The branches as fields under their labels.
impl<A: Flat, B: Flat<Elem = A::Elem>, L: Labels> Deref for Add<A, B, L> {
    type Target = L::Fields<A, B>;

    #[inline]
    fn deref(&self) -> &L::Fields<A, B> {
        recast(self)
    }
}

impl<A: Flat, B: Flat<Elem = A::Elem>, L: Labels> DerefMut for Add<A, B, L> {
    #[inline]
    fn deref_mut(&mut self) -> &mut L::Fields<A, B> {
        recast_mut(self)
    }
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>, L: 'static] Add<A, B, L>: A::Elem {
        first: A,
        second: B,
    } markers { labels }
}

impl<A, B, L: Labels> Add<A, B, L>
where
    A: Layer<Elem: Scalar>,
    B: Layer<Elem = A::Elem>,
{
    const FITS: () = {
        let (a, b) = (A::Out::SHAPE, B::Out::SHAPE);
        assert!(a.is(&b), "an add needs branches that give one shape");
        assert!(
            !a.has_padding(),
            "`Add` adds numbers, and how many steps count is none: write `OnPadded<Add<…>>` on padded steps, and in a pair \
             `OnFirst<…>` or `OnSecond<…>` around that"
        );
    };

    fn pair(&self) -> Pair<'_, A, B> {
        Pair { left: &self.first, right: &self.second }
    }

    /// The branches.
    pub(crate) const fn branches(&self) -> (&A, &B) {
        (&self.first, &self.second)
    }

    /// y ← y + b of one sample
    pub(crate) fn add_one(b: &B::Out, y: &mut A::Out) {
        Self::add(core::slice::from_ref(b), core::slice::from_mut(y), Parallel::SERIAL);
    }

    /// y ← y + b
    fn add(b: &[B::Out], y: &mut [A::Out], parallel: Parallel<'_>) {
        let () = Self::FITS;
        threads::add(parallel, flat(b), flat_mut(y));
    }
}

/// Whether the branches read and give the same is asked apart, as with [`Residual`](crate::Residual).
impl<A, B, L: Labels> Layer for Add<A, B, L>
where
    A: Layer<Elem: Scalar, In: Differentiable<Elem = <A as Flat>::Elem>>,
    B: Layer<Elem = A::Elem, In: Differentiable<Elem = A::Elem>>,
{
    type In = A::In;
    type Out = A::Out;
    /// The sum is no activation's output, whatever the branches end with.
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Add",
        args: &[],
        input: A::In::SHAPE,
        output: A::Out::SHAPE,
        params: &[],
        children: &[Child { name: L::NAMES[0], node: &A::TREE }, Child { name: L::NAMES[1], node: &B::TREE }],
        flops: A::Out::LEN as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfAdd),
    };

    const SAVED: WorkspaceSize = Pair::<A, B>::SAVED;

    /// ∂L/∂y once more, since a branch uses it up, and what both take.
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(A::Out::LEN).and(Pair::<A, B>::SCRATCH);

    const INFER: WorkspaceSize = WorkspaceSize::rows(B::Out::LEN).and(Pair::<A, B>::INFER);

    #[inline]
    fn predict_into(&self, x: &A::In, y: &mut A::Out) {
        let mut b = [B::Out::zeros()];
        self.pair().predict_into(x, y, &mut b[0]);
        Self::add(&b, core::slice::from_mut(y), Parallel::SERIAL);
    }

    fn infer(&self, x: &[A::In], y: &mut [A::Out], scratch: &mut [A::Elem], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let b = scratch.samples::<B::Out>();
        self.pair().infer(x, (&mut *y, &mut *b), scratch.rest(), run);
        Self::add(b, y, run.parallel());
    }

    fn visit_outputs(
        &self,
        x: &[A::In],
        y: &mut [A::Out],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, A::Elem>),
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let b = scratch.samples::<B::Out>();
        let paths = (&path.inner(L::NAMES[0]), &path.inner(L::NAMES[1]));
        self.pair().visit_outputs(x, (&mut *y, &mut *b), scratch.rest(), run, paths, visit);
        Self::add(b, y, run.parallel());
    }

    fn forward(
        &self,
        x: &[A::In],
        y: &mut [A::Out],
        saved: &mut [A::Elem],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let (a, b) = self.pair().forward(x, saved, scratch, run);
        let () = Self::FITS;
        threads::sum(run.parallel(), flat(a), flat(b), flat_mut(y));
    }

    /// ∂L/∂a = ∂L/∂b = ∂L/∂y
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [A::Out],
        dx: Option<&mut [A::In]>,
        grad: &mut Self,
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        let mut scratch = Workspace::new(scratch, x.len());
        let da = scratch.samples::<A::Out>();
        threads::copy(run.parallel(), flat(dy), flat_mut(da));
        let (grads, db) = ((&mut grad.first, &mut grad.second), same_mut::<A::Out, B::Out>(dy));
        self.pair().backward((x, saved), (da, db), dx, grads, scratch.rest(), run);
    }

    fn commit(&mut self, grad: &Self) {
        self.first.commit(&grad.first);
        self.second.commit(&grad.second);
    }
}
