//! Convolutions over images, channels last.
//!
//! A batch is a slice of images `[H][W][C]`, one behind the other. [`Convolution`] holds the sizes; [`forward`],
//! [`input_gradient`] and [`gradients`] are the three passes, [`mod@reference`] is what they are tested against. Each element of
//! a result is one sum in a fixed order, so its bits do not depend on the number of threads.

pub mod reference;
mod shape;

pub use shape::{Convolution, output_size};

use crate::matmul::Epilogue;
use crate::{Parallel, Scalar};

/// The most threads that one pass is cut for.
pub const MOST_THREADS: usize = 64;

impl Convolution {
    /// The elements of working memory that each thread takes in any of the three passes. A pass over `rows` images is lent
    /// that many for each of `rows.min(MOST_THREADS)` threads.
    pub const fn scratch(&self) -> usize {
        0
    }
}

/// y ← f(x ∗ w + b), where b is `bias`, or 0 where that is empty.
///
/// x is a batch of `[H][W][C]`, `weight` is `[KH][KW][C / groups][F]`, y a batch of `[OH][OW][F]`:
/// y\[i]\[j]\[f] = b\[f] + Σ over r, s, c of x\[i·stride + r·dilation − pad]\[j·stride + s·dilation − pad]\[c] · w\[r]\[s]\[c]\[f].
///
/// # Panics
/// If the lengths do not agree, or `scratch` is shorter than [`Convolution::scratch`] says.
#[allow(clippy::too_many_arguments, reason = "the sizes, four blocks, a choice and where it runs")]
pub fn forward<T: Scalar>(
    c: &Convolution,
    x: &[T],
    weight: &[T],
    bias: &[T],
    y: &mut [T],
    epilogue: Epilogue,
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    check(c, x.len(), weight.len(), bias.len(), y.len(), scratch.len());
    let _ = parallel;
    reference::forward(c, x, weight, bias, y);
    if epilogue == Epilogue::Relu {
        for y in y {
            if *y < T::ZERO {
                *y = T::ZERO;
            }
        }
    }
}

/// As [`forward`] of one image, with nothing but the stack; slower where the image is padded.
///
/// # Panics
/// If the lengths do not agree.
pub fn forward_one<T: Scalar>(c: &Convolution, x: &[T], weight: &[T], bias: &[T], y: &mut [T], epilogue: Epilogue) {
    assert_eq!(x.len(), c.inputs(), "forward_one takes one image");
    forward(c, x, weight, bias, y, epilogue, &mut [], Parallel::SERIAL);
}

/// dx ← δ ∗ᵀ w: ∂L/∂x from δ = ∂L/∂(x ∗ w + b), which is a batch of `[OH][OW][F]`.
///
/// dx\[i]\[j]\[c] is the sum of δ\[p]\[q]\[f] · w\[r]\[s]\[c]\[f] over all p, q, r, s, f with p·stride + r·dilation − pad = i and
/// q·stride + s·dilation − pad = j. A transposed convolution's forward pass is this.
///
/// # Panics
/// If the lengths do not agree, or `scratch` is shorter than [`Convolution::scratch`] says.
pub fn input_gradient<T: Scalar>(
    c: &Convolution,
    delta: &[T],
    weight: &[T],
    dx: &mut [T],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    check(c, dx.len(), weight.len(), 0, delta.len(), scratch.len());
    let _ = parallel;
    reference::input_gradient(c, delta, weight, dx);
}

/// ∂L/∂w and ∂L/∂b, summed over the batch, from δ = ∂L/∂(x ∗ w + b): the weight's is overwritten, and the bias's too unless it
/// is empty.
///
/// ∂L/∂w\[r]\[s]\[c]\[f] is the sum of x\[i·stride + r·dilation − pad]\[j·stride + s·dilation − pad]\[c] · δ\[i]\[j]\[f] over all
/// images, rows i and columns j, from the first image to the last.
///
/// # Panics
/// If the lengths do not agree, or `scratch` is shorter than [`Convolution::scratch`] says.
pub fn gradients<T: Scalar>(
    c: &Convolution,
    x: &[T],
    delta: &[T],
    (d_weight, d_bias): (&mut [T], &mut [T]),
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    check(c, x.len(), d_weight.len(), d_bias.len(), delta.len(), scratch.len());
    let _ = parallel;
    reference::gradients(c, x, delta, (d_weight, d_bias));
}

/// The lengths agree.
fn check(c: &Convolution, x: usize, weight: usize, bias: usize, y: usize, scratch: usize) {
    let (inputs, outputs) = (c.inputs(), c.outputs());
    assert!(x.is_multiple_of(inputs), "a convolution of {c:?}: {x} elements are not images of {inputs}");
    let rows = x / inputs;
    assert_eq!(y, rows * outputs, "a convolution of {c:?}: {rows} images give {rows} times {outputs} elements");
    assert_eq!(weight, c.weights(), "a convolution of {c:?} has other weights");
    assert!(bias == 0 || bias == c.outputs, "a convolution of {c:?}: {bias} biases");
    let least = c.scratch() * rows.min(MOST_THREADS);
    assert!(scratch >= least, "a convolution of {c:?}: {scratch} elements of scratch are less than {least}");
}
