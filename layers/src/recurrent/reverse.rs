//! A layer over the steps from the last to the first.

use typednet_tensor::{Differentiable, Flat, Sample, Scalar, Steps, flat, flat_mut, impl_flat};

use crate::threads::{self, by_samples};
use crate::{
    Behaviour, Child, Layer, LayerInfo, Operation, Output, PassContext, Path, ReadsPadded, Trace, Workspace,
    WorkspaceSize,
};

/// The layer `L` over N steps from the last to the first: y of step t is what `L` gives, of the steps turned round, N − 1 − t steps
/// behind its beginning.
///
/// A recurrent layer in it knows at every step what comes behind, and beside the same layer as it is both directions:
/// `Concat<Lstm<64>, Reverse<Lstm<64>>>`.
///
/// Of a padded sequence only the steps that count are turned round, as in `PyTorch`'s packed sequences: padding stays behind them.
///
/// # Shapes
/// x and y are those of `L`, which must be arrays of N steps. In `network!` it is written `Reverse<Lstm<64>>`.
///
/// Parameters: those of `L`.
///
/// ```
/// use typednet_layers::{Linear, Network, Reverse, Rnn};
///
/// let sum = Reverse::<3, _>::new(Rnn::<3, 1, 1, Linear>::new([[1.0]], [[1.0]], [0.0]));
/// assert_eq!(sum.predict(&[[1.0], [2.0], [4.0]]), [[7.0], [6.0], [4.0]]);
/// ```
#[repr(C)]
pub struct Reverse<const N: usize, L> {
    /// f
    pub inner: L,
}

impl<const N: usize, L> Reverse<N, L> {
    /// `inner` over the steps from the last to the first.
    pub const fn new(inner: L) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [const N: usize, L: Flat] Reverse<N, L>: L::Elem {
        inner: L,
    }
}

impl<const N: usize, L: Layer<Elem: Scalar>> Reverse<N, L> {
    const FITS: () = {
        let (reads, gives) = (L::In::SHAPE, L::Out::SHAPE);
        let ([reads, ..], [gives, ..]) = (reads.sizes(), gives.sizes()) else {
            panic!("a reverse needs a layer that reads and gives arrays of steps")
        };
        assert!(*reads == N && *gives == N, "a reverse needs a layer that reads and gives as many steps as it has");
    };

    /// The steps of each of `samples` from the last to the first, in place.
    fn turn<S: Sample<Elem = L::Elem>>(samples: &mut [S], run: PassContext<'_>) {
        let () = Self::FITS;
        by_samples(run.parallel(), samples, S::LEN, |first, samples| {
            for (at, sample) in (first..).zip(samples) {
                turn_first::<N, S>(sample, run.length(at, N));
            }
        });
    }

    /// As [`Layer::predict_into`], where the first `length` steps count.
    fn predict(x: &L::In, y: &mut L::Out, length: usize, predict: impl FnOnce(&L::In, &mut L::Out)) {
        let () = Self::FITS;
        let mut turned = *x;
        turn_first::<N, _>(&mut turned, length);
        predict(&turned, y);
        turn_first::<N, _>(y, length);
    }
}

/// All steps of one sample.
pub(crate) fn turn_steps<const N: usize, S: Sample>(sample: &mut S) {
    turn_first::<N, S>(sample, N);
}

/// The first `length` steps of one sample.
pub(crate) fn turn_first<const N: usize, S: Sample>(sample: &mut S, length: usize) {
    let (elements, step) = (sample.as_flat_mut(), S::LEN / N.max(1));
    for t in 0..length / 2 {
        let (first, last) = elements.split_at_mut((length - 1 - t) * step);
        first[t * step..(t + 1) * step].swap_with_slice(&mut last[..step]);
    }
}

/// Whether `L` reads and gives N steps is asked apart, as with [`Residual`](crate::Residual).
impl<const N: usize, L: Layer<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem>>> Layer for Reverse<N, L> {
    type In = L::In;
    type Out = L::Out;
    type Head = L::Head;

    const TREE: LayerInfo = LayerInfo {
        name: "Reverse",
        args: &[],
        input: L::In::SHAPE,
        output: L::Out::SHAPE,
        params: &[],
        children: &[Child { name: "inner", node: &L::TREE }],
        flops: 0,
        behaviour: Behaviour::PLAIN.computing(Operation::OfReverse),
    };

    const SAVED: WorkspaceSize = L::SAVED;

    /// x and y turned round, and what `L` takes.
    const SCRATCH: WorkspaceSize =
        WorkspaceSize::rows(L::In::LEN).and(WorkspaceSize::rows(L::Out::LEN)).and(L::SCRATCH);

    /// x turned round, and what `L` takes.
    const INFER: WorkspaceSize = WorkspaceSize::rows(L::In::LEN).and(L::INFER);

    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        Self::predict(x, y, N, |x, y| self.inner.predict_into(x, y));
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let turned = scratch.samples::<L::In>();
        threads::copy(run.parallel(), flat(x), flat_mut(turned));
        Self::turn(turned, run);
        self.inner.infer(turned, y, scratch.rest(), run.last(0));
        Self::turn(y, run);
    }

    /// The layers inside show what they give from the last step to the first.
    fn visit_outputs(
        &self,
        x: &[L::In],
        y: &mut [L::Out],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, L::Elem>),
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let turned = scratch.samples::<L::In>();
        threads::copy(run.parallel(), flat(x), flat_mut(turned));
        Self::turn(turned, run);
        Output::show(&self.inner, turned, y, scratch.rest(), run.last(0), &path.inner("inner"), visit);
        Self::turn(y, run);
    }

    fn forward(
        &self,
        x: &[L::In],
        y: &mut [L::Out],
        saved: &mut [L::Elem],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let turned = scratch.samples::<L::In>();
        threads::copy(run.parallel(), flat(x), flat_mut(turned));
        Self::turn(turned, run);
        self.inner.forward(turned, y, saved, scratch.rest(), run.last(0));
        Self::turn(y, run);
    }

    /// ∂L/∂y goes into `L` with its steps turned round, and ∂L/∂x comes out so.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [L::Out],
        mut dx: Option<&mut [L::In]>,
        grad: &mut Self,
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let mut scratch = Workspace::new(scratch, trace.x.len());
        let (x, y) = (scratch.samples::<L::In>(), scratch.samples::<L::Out>());
        threads::copy(run.parallel(), flat(trace.x), flat_mut(x));
        threads::copy(run.parallel(), flat(trace.y), flat_mut(y));
        Self::turn(x, run);
        Self::turn(y, run);
        Self::turn(dy, run);
        let trace = Trace { x: &*x, y: &*y, saved: trace.saved };
        self.inner.backward(trace, dy, dx.as_deref_mut(), &mut grad.inner, scratch.rest(), run.last(0));
        if let Some(dx) = dx {
            Self::turn(dx, run);
        }
    }

    fn commit(&mut self, grad: &Self) {
        self.inner.commit(&grad.inner);
    }
}

impl<const N: usize, L> ReadsPadded for Reverse<N, L>
where
    L: ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem> + Steps>,
{
    const KEEPS_STEPS: bool = {
        assert!(L::KEEPS_STEPS, "a reverse needs a layer that gives as many steps as it reads");
        true
    };

    fn predict_padded(&self, x: &L::In, y: &mut L::Out, length: usize) {
        Self::predict(x, y, length, |x, y| self.inner.predict_padded(x, y, length));
    }
}
