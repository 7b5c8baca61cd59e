//! Convolutions over images, channels last.
//!
//! A batch is a slice of images `[H][W][C]`, one behind the other. [`Convolution`] holds the sizes; [`forward`],
//! [`input_gradient`] and [`gradients`] are the three passes, [`mod@reference`] is what they are tested against. Each element of
//! a result is one sum in a fixed order, so its bits do not depend on the number of threads.
//!
//! All three are one kind of sum, a matrix product whose operands are never gathered into matrices (`contraction.rs`, and
//! `tile.rs` for its innermost loop). What meets what along an axis is said by `span.rs`; nothing is padded.

mod bias;
mod choose;
mod contraction;
mod cut;
mod forward;
mod input_gradient;
mod input_gradient_one;
mod operands;
mod plan;
mod planes;
pub mod reference;
mod runs;
mod shape;
mod span;
#[cfg(test)]
mod tests;
mod tile;
mod turn;
mod turned_gradient;
mod weight_gradient;
mod width;

pub use shape::{Convolution, output_size};
pub(crate) use turn::turn_matrix;
pub(crate) use width::Width;

use plan::Plan;

use crate::matmul::Epilogue;
use crate::simd::{Lane, lane};
use crate::size::checked_product;
use crate::{Parallel, Scalar};

impl Convolution {
    /// The elements of working memory that [`input_gradient`] takes, for any batch: the weights once more.
    pub const fn scratch(&self) -> usize {
        self.weights()
    }
}

/// y ← f(x ∗ w + b), where b is `bias`, or 0 where that is empty.
///
/// x is a batch of `[H][W][C]`, `weight` is `[KH][KW][C / groups][F]`, y a batch of `[OH][OW][F]`:
/// y\[i]\[j]\[f] = b\[f] + Σ over r, s, c of x\[i·stride + r·dilation − pad]\[j·stride + s·dilation − pad]\[c] · w\[r]\[s]\[c]\[f].
///
/// ```
/// use typednet_tensor::Parallel;
/// use typednet_tensor::conv::{Convolution, forward};
/// use typednet_tensor::matmul::Epilogue;
///
/// // The differences of neighbours in a row.
/// let edges = Convolution::new([1, 4, 1], 1, [1, 2]);
/// let mut y = [0.0_f32; 3];
/// forward(&edges, &[1.0, 1.0, 5.0, 2.0], &[-1.0, 1.0], &[], &mut y, Epilogue::None, Parallel::SERIAL);
/// assert_eq!(y, [0.0, 4.0, -3.0]);
/// ```
///
/// # Panics
/// If the lengths do not agree.
#[allow(clippy::too_many_arguments, reason = "the sizes, four blocks, a choice and where it runs")]
#[inline(never)]
pub fn forward<T: Scalar>(
    c: &Convolution,
    x: &[T],
    weight: &[T],
    bias: &[T],
    y: &mut [T],
    epilogue: Epilogue,
    parallel: Parallel<'_>,
) {
    forward_on(lane(), c, (x, weight, bias), y, epilogue, parallel);
}

/// dx ← δ ∗ᵀ w: ∂L/∂x from δ = ∂L/∂(x ∗ w + b), which is a batch of `[OH][OW][F]`.
///
/// dx\[i]\[j]\[c] is the sum of δ\[p]\[q]\[f] · w\[r]\[s]\[c]\[f] over all p, q, r, s, f with p·stride + r·dilation − pad = i and
/// q·stride + s·dilation − pad = j. A transposed convolution's forward pass is this.
///
/// # Panics
/// If the lengths do not agree, or `scratch` is shorter than [`Convolution::scratch`] says.
#[inline(never)]
pub fn input_gradient<T: Scalar>(
    c: &Convolution,
    delta: &[T],
    weight: &[T],
    dx: &mut [T],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    input_gradient_on(lane(), c, (delta, weight), dx, scratch, parallel);
}

/// As [`input_gradient`] of one image, with nothing but the stack.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn input_gradient_one<T: Scalar>(c: &Convolution, delta: &[T], weight: &[T], dx: &mut [T]) {
    input_gradient_one_on(lane(), c, (delta, weight), dx);
}

/// ∂L/∂w and ∂L/∂b, summed over the batch, from δ = ∂L/∂(x ∗ w + b): the weight's is overwritten, and the bias's too unless it
/// is empty.
///
/// ∂L/∂w\[r]\[s]\[c]\[f] is the sum of x\[i·stride + r·dilation − pad]\[j·stride + s·dilation − pad]\[c] · δ\[i]\[j]\[f] over all
/// images, rows i and columns j.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn gradients<T: Scalar>(
    c: &Convolution,
    x: &[T],
    delta: &[T],
    (d_weight, d_bias): (&mut [T], &mut [T]),
    parallel: Parallel<'_>,
) {
    gradients_on(lane(), c, (x, delta), (d_weight, d_bias), parallel);
}

/// [`forward`] on a lane.
///
/// # Panics
/// If the lengths do not agree.
#[doc(hidden)]
#[inline(never)]
pub fn forward_on<T: Scalar>(
    lane: Lane,
    c: &Convolution,
    (x, weight, bias): (&[T], &[T], &[T]),
    y: &mut [T],
    epilogue: Epilogue,
    parallel: Parallel<'_>,
) {
    check(c, x.len(), weight.len(), bias.len(), y.len());
    forward::forward(lane, &Plan::of(c), x, weight, bias, y, epilogue == Epilogue::Relu, parallel);
}

/// [`input_gradient`] on a lane.
///
/// # Panics
/// If the lengths do not agree.
#[doc(hidden)]
#[inline(never)]
pub fn input_gradient_on<T: Scalar>(
    lane: Lane,
    c: &Convolution,
    (delta, weight): (&[T], &[T]),
    dx: &mut [T],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    check(c, dx.len(), weight.len(), 0, delta.len());
    let (least, found) = (c.scratch(), scratch.len());
    assert!(found >= least, "a convolution of {c:?}: {found} elements of scratch are less than {least}");
    input_gradient::input_gradient(lane, &Plan::of(c), delta, weight, dx, &mut scratch[..least], parallel);
}

/// [`input_gradient_one`] on a lane.
///
/// # Panics
/// If the lengths do not agree.
#[doc(hidden)]
#[inline(never)]
pub fn input_gradient_one_on<T: Scalar>(lane: Lane, c: &Convolution, (delta, weight): (&[T], &[T]), dx: &mut [T]) {
    assert_eq!(dx.len(), c.inputs(), "input_gradient_one takes one image");
    check(c, dx.len(), weight.len(), 0, delta.len());
    input_gradient_one::input_gradient_one(lane, &Plan::of(c), delta, weight, dx);
}

/// [`gradients`] on a lane.
///
/// # Panics
/// If the lengths do not agree.
#[doc(hidden)]
#[inline(never)]
pub fn gradients_on<T: Scalar>(
    lane: Lane,
    c: &Convolution,
    (x, delta): (&[T], &[T]),
    (d_weight, d_bias): (&mut [T], &mut [T]),
    parallel: Parallel<'_>,
) {
    check(c, x.len(), d_weight.len(), d_bias.len(), delta.len());
    weight_gradient::gradients(lane, &Plan::of(c), x, delta, (d_weight, d_bias), parallel);
}

/// In how many pieces one thread goes through so many images.
#[doc(hidden)]
pub fn pieces<T: Scalar>(c: &Convolution, images: usize) -> usize {
    cut::chunks::<T>(&Plan::of(c), images).count()
}

/// In how many parts a pass is cut by its images, and the weights' gradient by the weights.
#[doc(hidden)]
pub fn parts(c: &Convolution, images: usize, parallel: Parallel<'_>) -> [usize; 2] {
    let plan = Plan::of(c);
    let by_images = images.div_ceil(cut::images_of_a_part(parallel, &plan, images));
    [by_images, cut::Cut::of(parallel, &plan, images, false).parts()]
}

/// The lengths agree.
fn check(c: &Convolution, x: usize, weight: usize, bias: usize, y: usize) {
    let (inputs, outputs) = (c.inputs(), c.outputs());
    assert!(inputs > 0 && outputs > 0, "a convolution of {c:?} reads or gives nothing");
    assert!(x.is_multiple_of(inputs), "a convolution of {c:?}: {x} elements are not images of {inputs}");
    let rows = x / inputs;
    let agrees = checked_product(&[rows, outputs]) == Some(y);
    assert!(agrees, "a convolution of {c:?}: {rows} images give {rows} times {outputs} elements, not {y}");
    assert_eq!(weight, c.weights(), "a convolution of {c:?} has other weights");
    assert!(bias == 0 || bias == c.outputs, "a convolution of {c:?}: {bias} biases");
}
