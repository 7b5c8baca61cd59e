//! A bias for each channel of pixels that are already there.

use typednet_tensor::simd::{Kernel, Row, Simd, columns};
use typednet_tensor::{Parallel, Scalar, matmul::Epilogue};

use crate::activation::vector;
use crate::threads::by_rows;

/// y ← f(y + b) for each pixel of `y`; says whether f is all of `epilogue`. With no bias nothing is done.
pub(crate) fn add_bias<T: Scalar>(bias: &[T], y: &mut [T], epilogue: Epilogue, parallel: Parallel<'_>) -> bool {
    if bias.is_empty() {
        return false;
    }
    let relu = epilogue == Epilogue::Relu;
    by_rows(parallel, y, bias.len(), |_, y| T::dispatch(AddBias { bias, relu, y }));
    relu
}

struct AddBias<'a, T> {
    bias: &'a [T],
    relu: bool,
    y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for AddBias<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { bias, relu, y } = self;
        for y in y.chunks_exact_mut(bias.len()) {
            for at in columns(s, bias.len()) {
                let z = s.add(y.load(at), bias.load(at));
                y.store(at, if relu { vector::positive_part(s, z) } else { z });
            }
        }
    }
}
