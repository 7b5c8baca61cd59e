//! Two dense layers side by side, of which one opens and closes the other.

use typednet_tensor::matmul::{self, MatMut, MatRef};
use typednet_tensor::simd::{Kernel, Row, Simd, columns};
use typednet_tensor::{Flat, Parallel, Sample, Scalar, Shape, flat, flat_mut, impl_flat, zeros};

use crate::activation::vector;
use crate::threads::{self, by_rows_of};
use crate::{
    Arg, Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, Trace, Workspace,
    WorkspaceSize,
};

/// The gated layer y = (silu(x·W) ⊙ x·V)·U with silu(z) = z/(1 + e^(−z)) (Shazeer 2020).
///
/// It stands where a transformer has two dense layers. With M = ⅔ of their hidden size it has as many weights as they.
///
/// # Shapes
/// x and y are `[T; D]`. In `network!` it is written `SwiGlu<341>` for M = 341, and over steps `Each<SwiGlu<341>>`.
///
/// Parameters: 3·D·M; there are no biases, as in the paper and in `Llama`, whose names the fields have.
///
/// ```
/// use typednet_layers::{Network, SwiGlu};
///
/// let layer = SwiGlu::<1, 1>::new([[2.0]], [[3.0]], [[5.0]]);
/// let silu = 2.0 / (1.0 + (-2.0_f32).exp());
/// assert!((layer.predict(&[1.0])[0] - silu * 3.0 * 5.0).abs() < 1e-5);
/// ```
#[repr(C)]
pub struct SwiGlu<const D: usize, const M: usize, T = f32> {
    /// W, which leads to what opens and closes.
    pub gate: [[T; M]; D],
    /// V
    pub up: [[T; M]; D],
    /// U
    pub down: [[T; D]; M],
}

impl<const D: usize, const M: usize, T> SwiGlu<D, M, T> {
    /// The layer with these parameters.
    pub const fn new(gate: [[T; M]; D], up: [[T; M]; D], down: [[T; D]; M]) -> Self {
        Self { gate, up, down }
    }
}

impl_flat! {
    [const D: usize, const M: usize, T: Scalar] SwiGlu<D, M, T>: T {
        gate: [[T; M]; D],
        up: [[T; M]; D],
        down: [[T; D]; M],
    }
}

/// `hidden` ← silu(`gate`) ⊙ `up`: what the layer does, and with δ = ∂L/∂hidden for `up`, ∂L/∂up.
struct Open<'a, T> {
    gate: &'a [T],
    up: &'a [T],
    hidden: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Open<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { gate, up, hidden } = self;
        for at in columns(s, hidden.len()) {
            let (z, up) = (gate.load(at), up.load(at));
            hidden.store(at, s.mul(s.mul(z, vector::sigmoid(s, z)), up));
        }
    }
}

/// From δ = ∂L/∂hidden in `delta`, ∂L/∂gate there.
struct OfGate<'a, T> {
    gate: &'a [T],
    up: &'a [T],
    delta: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for OfGate<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { gate, up, delta } = self;
        let one = s.splat(T::one());
        for at in columns(s, delta.len()) {
            let (z, up) = (gate.load(at), up.load(at));
            let sigmoid = vector::sigmoid(s, z);
            let slope = s.mul(sigmoid, s.mul_add(z, s.sub(one, sigmoid), one));
            delta.store(at, s.mul(s.mul(delta.load(at), up), slope));
        }
    }
}

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    core::hint::black_box([open::<T> as *const (), of_gate::<T> as *const ()]);
}

/// [`Open`], of rows of `width`.
#[inline(never)]
fn open<T: Scalar>(gate: &[T], up: &[T], hidden: &mut [T], width: usize, parallel: Parallel<'_>) {
    by_rows_of(parallel, hidden, width, 3 * gate.len(), |at, hidden| {
        let range = at..at + hidden.len();
        T::dispatch(Open { gate: &gate[range.clone()], up: &up[range], hidden });
    });
}

/// [`OfGate`], of rows of `width`.
#[inline(never)]
fn of_gate<T: Scalar>(gate: &[T], up: &[T], delta: &mut [T], width: usize, parallel: Parallel<'_>) {
    by_rows_of(parallel, delta, width, 3 * gate.len(), |at, delta| {
        let range = at..at + delta.len();
        T::dispatch(OfGate { gate: &gate[range.clone()], up: &up[range], delta });
    });
}

impl<const D: usize, const M: usize, T: Scalar> SwiGlu<D, M, T> {
    /// W, V and U
    fn weights(&self) -> [MatRef<'_, T>; 3] {
        let Self { gate, up, down } = self;
        [MatRef::new(gate.as_flat(), D, M), MatRef::new(up.as_flat(), D, M), MatRef::new(down.as_flat(), M, D)]
    }

    /// `gate` ← x·W, `up` ← x·V, `hidden` ← silu(gate) ⊙ up, y ← hidden·U
    fn apply(&self, x: &[T], [gate, up, hidden]: [&mut [T]; 3], y: &mut [T], parallel: Parallel<'_>) {
        let [by_gate, by_up, by_down] = self.weights();
        let x = MatRef::of_rows(x, D);
        matmul::product(x, by_gate, MatMut::of_rows(gate, M), parallel);
        matmul::product(x, by_up, MatMut::of_rows(up, M), parallel);
        open(gate, up, hidden, M, parallel);
        matmul::product(MatRef::of_rows(hidden, M), by_down, MatMut::of_rows(y, D), parallel);
    }
}

impl<const D: usize, const M: usize, T: Scalar> Layer for SwiGlu<D, M, T> {
    type In = [T; D];
    type Out = [T; D];
    type Head = Linear;

    const TREE: LayerInfo = {
        const fn param(name: &'static str, shape: Shape, fan_in: usize, fan_out: usize) -> Param {
            Param { name, shape, kind: ParamKind::Weight, init: Init::XavierNormal, fan_in, fan_out }
        }
        LayerInfo {
            name: "SwiGlu",
            args: &[Arg::Size(M)],
            input: Self::In::SHAPE,
            output: Self::Out::SHAPE,
            params: &[
                param("gate", <[[T; M]; D]>::SHAPE, D, M),
                param("up", <[[T; M]; D]>::SHAPE, D, M),
                param("down", <[[T; D]; M]>::SHAPE, M, D),
            ],
            children: &[],
            flops: (6 * D * M + 2 * M) as u64,
            behaviour: Behaviour::PLAIN.computing(Operation::OfSwiGlu),
        }
    };

    /// x·W, x·V and what U is multiplied with
    const SAVED: WorkspaceSize = WorkspaceSize::rows(M).and(WorkspaceSize::rows(M)).and(WorkspaceSize::rows(M));

    /// The gradients of the first two, and one of the two parts of ∂L/∂x
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(M).and(WorkspaceSize::rows(M)).and(WorkspaceSize::rows(D));

    const INFER: WorkspaceSize = Self::SAVED;

    fn predict_into(&self, x: &[T; D], y: &mut [T; D]) {
        let mut rows = zeros::<[[T; M]; 3]>();
        let [gate, up, hidden] = &mut rows;
        self.apply(x, [gate, up, hidden], y, Parallel::SERIAL);
    }

    fn infer(&self, x: &[[T; D]], y: &mut [[T; D]], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let rows = [(); 3].map(|()| flat_mut(scratch.samples::<[T; M]>()));
        self.apply(flat(x), rows, flat_mut(y), run.parallel());
    }

    fn forward(&self, x: &[[T; D]], y: &mut [[T; D]], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        self.infer(x, y, saved, run);
    }

    /// With g = x·W, u = x·V, h = silu(g) ⊙ u and δ = ∂L/∂y·Uᵀ: ∂L/∂U = hᵀ·∂L/∂y; ∂L/∂u = δ ⊙ silu(g) and ∂L/∂g = δ ⊙ u ⊙ silu'(g)
    /// with silu'(g) = σ(g)(1 + g(1 − σ(g))); ∂L/∂V = xᵀ·∂L/∂u, ∂L/∂W = xᵀ·∂L/∂g, ∂L/∂x = ∂L/∂g·Wᵀ + ∂L/∂u·Vᵀ.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; D]],
        dx: Option<&mut [[T; D]]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        if run.is_frozen() && dx.is_none() {
            return;
        }
        let Trace { x, saved, .. } = trace;
        let (mut saved, mut scratch) = (Workspace::new(saved, x.len()), Workspace::new(scratch, x.len()));
        let [gate, up, hidden] = [(); 3].map(|()| flat(saved.samples::<[T; M]>()));
        let [d_gate, d_up] = [(); 2].map(|()| flat_mut(scratch.samples::<[T; M]>()));
        let (parallel, [by_gate, by_up, by_down]) = (run.parallel(), self.weights());
        let (x, dy) = (MatRef::of_rows(flat(x), D), MatRef::of_rows(flat(dy), D));
        matmul::input_gradient(dy, by_down, MatMut::of_rows(d_gate, M), parallel);
        open(gate, d_gate, d_up, M, parallel);
        of_gate(gate, up, d_gate, M, parallel);
        let (d_gate, d_up) = (MatRef::of_rows(d_gate, M), MatRef::of_rows(d_up, M));
        if !run.is_frozen() {
            let Self { gate, up, down } = grad;
            let hidden = MatRef::of_rows(hidden, M);
            matmul::weight_gradient(hidden, dy, MatMut::new(down.as_flat_mut(), M, D), parallel);
            matmul::weight_gradient(x, d_gate, MatMut::new(gate.as_flat_mut(), D, M), parallel);
            matmul::weight_gradient(x, d_up, MatMut::new(up.as_flat_mut(), D, M), parallel);
        }
        if let Some(dx) = dx {
            let second = flat_mut(scratch.samples::<[T; D]>());
            matmul::input_gradient(d_gate, by_gate, MatMut::of_rows(flat_mut(dx), D), parallel);
            matmul::input_gradient(d_up, by_up, MatMut::of_rows(second, D), parallel);
            threads::add(parallel, second, flat_mut(dx));
        }
    }
}
