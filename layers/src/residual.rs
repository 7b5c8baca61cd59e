//! A layer with a way around it.

use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat, same, same_mut};

use crate::{
    Behaviour, Child, Gradient, Layer, LayerInfo, Linear, Operation, Output, PassContext, Path, Trace, Workspace,
    WorkspaceSize, threads,
};

/// The residual block y = f(x) + x, where f is the layer `L` (lecture section 7; He and others 2016).
///
/// The gradient reaches x on both ways, ∂L/∂x = ∂L/∂y + (∂f/∂x)ᵀ ∂L/∂y, so that it does not vanish however deep the
/// network is.
///
/// # Shapes
/// x and y are what `L` reads, an array of numbers, and it must give the same; around a layer on pairs stands
/// [`AddToFirst`](crate::AddToFirst), and on padded steps it stands in [`OnPadded`](crate::OnPadded). In `network!` it is written
/// `Residual<Dense<64, Relu> => Dense<64>>`; what does not fit is an error there. By hand it is an error when the program
/// is built.
///
/// Parameters: those of `L`.
///
/// ```
/// use typednet_layers::{Dense, Network, Residual};
///
/// let layer = Residual::new(Dense::<2, 2>::new([[1.0, 0.0], [0.0, 0.5]], [0.25, 0.0]));
/// assert_eq!(layer.predict(&[1.0, 2.0]), [2.25, 3.0]);
/// ```
///
/// How many steps of a half count is no number to add:
///
/// ```compile_fail
/// use typednet_layers::{Dense, Network, OnFirst, Residual};
/// use typednet_tensor::{Padded, Pair};
///
/// let layer = Residual::new(OnFirst::<_, Padded<[[f32; 1]; 3]>>::new(Dense::<1, 1>::new([[2.0]], [0.0])));
/// layer.predict(&Pair { first: [1.0], second: Padded::full([[1.0]; 3]) });
/// ```
#[repr(C)]
pub struct Residual<L> {
    /// f
    pub inner: L,
}

impl<L> Residual<L> {
    /// The way around `inner`.
    pub const fn new(inner: L) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [L: Flat] Residual<L>: L::Elem {
        inner: L,
    }
}

impl<L: Layer<Elem: Scalar>> Residual<L> {
    const FITS: () = {
        let (reads, gives) = (L::In::SHAPE, L::Out::SHAPE);
        assert!(reads.is(&gives), "a residual adds what its layer reads to what it gives: both must have one shape");
        assert!(
            reads.halves().is_none(),
            "`Residual` adds numbers of one sample, and its layer reads a pair: write `AddToFirst<…>`, which adds what the layer gives to \
             the first half, or `OnFirst<Residual<…>>`"
        );
        assert!(
            !reads.is_padded(),
            "`Residual` adds numbers, and how many padded steps count is none: write `OnPadded<Residual<…>>`"
        );
        assert!(
            size_of::<Gradient<L::In>>() == size_of::<L::Out>(),
            "a residual adds to numbers, and its layer reads none"
        );
    };

    /// The input as what the layer gives.
    #[inline]
    fn same_output(x: &[L::In]) -> &[L::Elem] {
        let () = Self::FITS;
        flat(same::<L::In, L::Out>(x))
    }

    /// y ← y + x of one sample
    pub(crate) fn add_one(x: &L::In, y: &mut L::Out) {
        Self::add(core::slice::from_ref(x), core::slice::from_mut(y), Parallel::SERIAL);
    }

    /// y ← y + x
    #[inline]
    fn add(x: &[L::In], y: &mut [L::Out], parallel: Parallel<'_>) {
        threads::add(parallel, Self::same_output(x), flat_mut(y));
    }
}

/// Whether `L` reads what it gives is asked apart, by [`join`](crate::join): asked here, one mistake would be an error in
/// every place that uses the layer.
impl<L: Layer<Elem: Scalar>> Layer for Residual<L> {
    type In = L::In;
    type Out = L::Out;
    /// The sum is no activation's output, whatever the layer ends with.
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Residual",
        args: &[],
        input: L::In::SHAPE,
        output: L::Out::SHAPE,
        params: &[],
        children: &[Child { name: "inner", node: &L::TREE }],
        flops: L::Out::LEN as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfResidual),
    };

    const SAVED: WorkspaceSize = L::SAVED.and(WorkspaceSize::rows(L::Out::LEN));

    /// ∂L/∂y, which `L` uses up, and what it takes.
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(L::Out::LEN).and(L::SCRATCH);

    const INFER: WorkspaceSize = L::INFER;

    #[inline]
    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        self.inner.predict_into(x, y);
        Self::add_one(x, y);
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        self.inner.infer(x, y, scratch, run.child(0));
        Self::add(x, y, run.parallel());
    }

    fn visit_outputs(
        &self,
        x: &[L::In],
        y: &mut [L::Out],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, L::Elem>),
    ) {
        Output::show(&self.inner, x, y, scratch, run.child(0), &path.inner("inner"), visit);
        Self::add(x, y, run.parallel());
    }

    /// What `L` gave is kept, since its derivative may be a function of it.
    fn forward(
        &self,
        x: &[L::In],
        y: &mut [L::Out],
        saved: &mut [L::Elem],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let mut saved = Workspace::new(saved, x.len());
        let (saved, inner) = (saved.take(L::SAVED), saved.samples::<L::Out>());
        self.inner.forward(x, inner, saved, scratch, run.child(0));
        threads::sum(run.parallel(), flat(inner), Self::same_output(x), flat_mut(y));
    }

    /// ∂L/∂x = ∂L/∂y + (∂f/∂x)ᵀ ∂L/∂y
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [L::Out],
        dx: Option<&mut [Gradient<L::In>]>,
        grad: &mut Self,
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        let mut saved = Workspace::new(saved, x.len());
        let (saved, inner) = (saved.take(L::SAVED), saved.samples::<L::Out>());
        let mut scratch = Workspace::new(scratch, x.len());
        let kept = scratch.samples::<L::Out>();
        let scratch = scratch.rest();
        let trace = Trace { x, y: &*inner, saved };
        let Some(dx) = dx else {
            self.inner.backward(trace, dy, None, &mut grad.inner, scratch, run.child(0));
            return;
        };
        threads::copy(run.parallel(), flat(dy), flat_mut(kept));
        self.inner.backward(trace, dy, Some(&mut *dx), &mut grad.inner, scratch, run.child(0));
        threads::add(run.parallel(), flat(kept), flat_mut(same_mut::<Gradient<L::In>, L::Out>(dx)));
    }

    fn commit(&mut self, grad: &Self) {
        self.inner.commit(&grad.inner);
    }
}
