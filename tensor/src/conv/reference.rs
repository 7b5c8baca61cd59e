//! Convolutions as their formulas say them: what every kernel is tested against.

use super::Convolution;
use crate::Scalar;

/// Calls `visit` with the places of x, weight and y of each product that a convolution of one image adds up.
fn each_product(c: &Convolution, mut visit: impl FnMut(usize, usize, usize)) {
    let ([height, width, channels], [rows, columns, outputs]) = (c.input, c.output());
    let ([kernel_rows, kernel_columns], in_group) = (c.kernel, c.channels_in_group());
    let outputs_in_group = outputs / c.groups;
    // The row or column of x under the kernel's element `k`, if it is one of the image.
    let under = |axis: usize, y: usize, k: usize, len: usize| {
        (y * c.stride[axis] + k * c.dilation[axis]).checked_sub(c.pad[axis]).filter(|x| *x < len)
    };
    for row in 0..rows {
        for column in 0..columns {
            for kr in 0..kernel_rows {
                for kc in 0..kernel_columns {
                    let (Some(i), Some(j)) = (under(0, row, kr, height), under(1, column, kc, width)) else { continue };
                    for channel in 0..in_group {
                        for output in 0..outputs {
                            let group = output / outputs_in_group;
                            visit(
                                (i * width + j) * channels + group * in_group + channel,
                                ((kr * kernel_columns + kc) * in_group + channel) * outputs + output,
                                (row * columns + column) * outputs + output,
                            );
                        }
                    }
                }
            }
        }
    }
}

/// y ← x ∗ w + b; with no `bias`, it is 0.
pub fn forward<T: Scalar>(c: &Convolution, x: &[T], weight: &[T], bias: &[T], y: &mut [T]) {
    for (x, y) in x.chunks_exact(c.inputs()).zip(y.chunks_exact_mut(c.outputs())) {
        for (i, y) in y.iter_mut().enumerate() {
            *y = bias.get(i % c.outputs).copied().unwrap_or_default();
        }
        each_product(c, |at, w, to| y[to] += x[at] * weight[w]);
    }
}

/// ∂L/∂x from ∂L/∂y.
pub fn input_gradient<T: Scalar>(c: &Convolution, delta: &[T], weight: &[T], dx: &mut [T]) {
    dx.fill(T::ZERO);
    for (delta, dx) in delta.chunks_exact(c.outputs()).zip(dx.chunks_exact_mut(c.inputs())) {
        each_product(c, |at, w, to| dx[at] += delta[to] * weight[w]);
    }
}

/// ∂L/∂w and ∂L/∂b from ∂L/∂y, summed over the batch.
pub fn gradients<T: Scalar>(c: &Convolution, x: &[T], delta: &[T], (d_weight, d_bias): (&mut [T], &mut [T])) {
    d_weight.fill(T::ZERO);
    d_bias.fill(T::ZERO);
    for (x, delta) in x.chunks_exact(c.inputs()).zip(delta.chunks_exact(c.outputs())) {
        each_product(c, |at, w, to| d_weight[w] += x[at] * delta[to]);
        if !d_bias.is_empty() {
            for (i, delta) in delta.iter().enumerate() {
                d_bias[i % c.outputs] += *delta;
            }
        }
    }
}
