//! Positions as waves of many lengths.

use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat};

use super::add_to_each;
use super::waves::{angle, waves};
use crate::threads;
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Streaming, Trace, Workspace, WorkspaceSize};

/// Given positions yᵢ = xᵢ + pᵢ with pᵢ,₂ₖ = sin(i·10000^(−2k/D)) and pᵢ,₂ₖ₊₁ = cos(i·10000^(−2k/D)) on step i from 0 (Vaswani and
/// others 2017).
///
/// # Shapes
/// x and y are `[[T; D]; N]`. In `network!` it is written `Positions<Sinusoidal>`.
///
/// Parameters: none. There is a position for every step, so a [`Stream`](crate::Stream) through them has no end.
///
/// ```
/// use typednet_layers::{Network, SinusoidalPositions};
///
/// let [first, second] = SinusoidalPositions::<2, 3>::new().predict(&[[0.0; 3]; 2]);
/// assert_eq!(first, [0.0, 1.0, 0.0]);
/// let expected = [1_f32.sin(), 1_f32.cos(), 10000_f32.powf(-2.0 / 3.0).sin()];
/// assert!(second.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6));
/// ```
#[repr(C)]
pub struct SinusoidalPositions<const N: usize, const D: usize, T = f32> {
    /// No elements; it gives the layer its element's alignment.
    elements: [T; 0],
}

impl<const N: usize, const D: usize, T> SinusoidalPositions<N, D, T> {
    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [] }
    }
}

impl<const N: usize, const D: usize, T> Default for SinusoidalPositions<N, D, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [const N: usize, const D: usize, T: Scalar] SinusoidalPositions<N, D, T>: T {
        elements: [T; 0],
    }
}

/// The number of waves: each is a sine and, but for the last one of an odd width, a cosine.
const fn pairs(width: usize) -> usize {
    width.div_ceil(2)
}

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(super) fn instances<T: Scalar>() {
    core::hint::black_box([add_one::<T> as *const (), fill::<T> as *const ()]);
}

/// The positions of all `steps` of `width` numbers, into `table`.
#[inline(never)]
fn fill<T: Scalar>(steps: usize, width: usize, table: &mut [T]) {
    waves(steps, pairs(width), width, |step, pair, wave| {
        for (to, number) in table[step * width..][..width][2 * pair..].iter_mut().zip(wave) {
            *to = T::of(number);
        }
    });
}

/// y ← x + the position of one step.
#[inline(never)]
fn add_one<T: Scalar>(step: usize, x: &[T], y: &mut [T]) {
    let width = x.len();
    for (pair, (y, x)) in y.chunks_mut(2).zip(x.chunks(2)).enumerate() {
        for ((y, x), wave) in y.iter_mut().zip(x).zip(angle(step, pair, width)) {
            *y = *x + T::of(wave);
        }
    }
}

impl<const N: usize, const D: usize, T: Scalar> SinusoidalPositions<N, D, T> {
    fn apply(x: &[[[T; D]; N]], y: &mut [[[T; D]; N]], scratch: &mut [T], parallel: Parallel<'_>) {
        let table = Workspace::new(scratch, x.len()).elements(N * D);
        fill(N, D, table);
        add_to_each(table, flat(x), flat_mut(y), parallel);
    }
}

impl<const N: usize, const D: usize, T: Scalar> Layer for SinusoidalPositions<N, D, T> {
    type In = [[T; D]; N];
    type Out = [[T; D]; N];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "SinusoidalPositions",
        args: &[],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &[],
        children: &[],
        flops: Self::In::LEN as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfSinusoidalPositions),
    };

    /// All positions
    const SCRATCH: WorkspaceSize = WorkspaceSize::fixed(<[[T; D]; N]>::LEN);

    const INFER: WorkspaceSize = Self::SCRATCH;

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        fill(N, D, y.as_flat_mut());
        for (y, x) in y.as_flat_mut().iter_mut().zip(x.as_flat()) {
            *y = *x + *y;
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        Self::apply(x, y, scratch, run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        Self::apply(x, y, scratch, run.parallel());
    }

    /// ∂L/∂x = ∂L/∂y
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        _: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        if let Some(dx) = dx {
            threads::copy(run.parallel(), flat(dy), flat_mut(dx));
        }
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize, const D: usize, T: Scalar> Streaming for SinusoidalPositions<N, D, T> {
    type StepIn = [T; D];
    type StepOut = [T; D];
    type State = [T; 0];

    fn step_into(&self, _: &mut Self::State, at: usize, x: &[T; D], y: &mut [T; D]) {
        add_one(at, x, y);
    }
}
