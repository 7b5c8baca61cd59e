//! What a step learns of where it stands.

mod sinusoidal;
pub(crate) mod waves;

pub use sinusoidal::SinusoidalPositions;

use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat, ops};

use crate::threads::{self, by_rows};
use crate::{Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, Streaming, Trace};

/// Learned positions yᵢ = xᵢ + pᵢ: each of N steps has a vector of its own, which is added to what stands on it (Vaswani and
/// others 2017, Radford and others 2018).
///
/// [`Attention`](crate::Attention) gives the same whatever the order of the steps that it sees; this tells them apart.
/// [`SinusoidalPositions`] are given and not learned, and rotary ones stand in the attention itself.
///
/// # Shapes
/// x and y are `[[T; D]; N]`. There are as many positions as steps; a [`Stream`](crate::Stream) through them ends after N.
///
/// Parameters: N·D, at first N(0, 0.02²) as in `GPT-2`. They are added, so weight decay leaves them alone.
///
/// ```
/// use typednet_layers::{Network, Positions};
///
/// let positions = Positions::<2, 3>::new([[0.5, 0.0, 0.0], [0.0, 0.0, -1.0]]);
/// assert_eq!(positions.predict(&[[1.0; 3]; 2]), [[1.5, 1.0, 1.0], [1.0, 1.0, 0.0]]);
/// ```
#[repr(C)]
pub struct Positions<const N: usize, const D: usize, T = f32> {
    /// A row for each step.
    pub table: [[T; D]; N],
}

impl<const N: usize, const D: usize, T> Positions<N, D, T> {
    /// The layer with these positions.
    pub const fn new(table: [[T; D]; N]) -> Self {
        Self { table }
    }
}

impl_flat! {
    [const N: usize, const D: usize, T: Scalar] Positions<N, D, T>: T {
        table: [[T; D]; N],
    }
}

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    sinusoidal::instances::<T>();
    core::hint::black_box(add_to_each::<T> as *const ());
}

/// y ← x + `table` for each sample.
#[inline(never)]
fn add_to_each<T: Scalar>(table: &[T], x: &[T], y: &mut [T], parallel: Parallel<'_>) {
    if table.is_empty() {
        return;
    }
    by_rows(parallel, y, table.len(), |at, y| {
        y.copy_from_slice(&x[at..at + y.len()]);
        for y in y.chunks_exact_mut(table.len()) {
            ops::add(table, y);
        }
    });
}

impl<const N: usize, const D: usize, T: Scalar> Layer for Positions<N, D, T> {
    type In = [[T; D]; N];
    type Out = [[T; D]; N];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Positions",
        args: &[],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &[Param {
            name: "table",
            shape: Self::In::SHAPE,
            kind: ParamKind::Bias,
            init: Init::Normal(0.02),
            fan_in: 1,
            fan_out: 1,
        }],
        children: &[],
        flops: Self::In::LEN as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfPositions),
    };

    #[inline]
    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        add_to_each(self.table.as_flat(), x.as_flat(), y.as_flat_mut(), Parallel::SERIAL);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], run: PassContext<'_>) {
        add_to_each(self.table.as_flat(), flat(x), flat_mut(y), run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂p = Σ ∂L/∂y over the samples, and ∂L/∂x = ∂L/∂y.
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        if !run.is_frozen() {
            ops::column_sums_on(flat(dy), grad.table.as_flat_mut(), run.parallel());
        }
        if let Some(dx) = dx {
            threads::copy(run.parallel(), flat(dy), flat_mut(dx));
        }
    }
}

/// The bits are those of the whole sequence.
#[diagnostic::do_not_recommend]
impl<const N: usize, const D: usize, T: Scalar> Streaming for Positions<N, D, T> {
    type StepIn = [T; D];
    type StepOut = [T; D];
    type State = [T; 0];

    const LONGEST: usize = N;

    fn step_into(&self, _: &mut Self::State, at: usize, x: &[T; D], y: &mut [T; D]) {
        *y = *x;
        ops::add(&self.table[at], y);
    }
}
