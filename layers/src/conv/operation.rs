//! What a convolutional layer computes before its activation, and the derivatives of that. `scratch` is as much as
//! [`Convolution::scratch`] says.

use typednet_tensor::conv::{self, Convolution};
use typednet_tensor::{Parallel, Scalar, matmul::Epilogue, ops};

use super::bias::add_bias;
use crate::activated::AffineMap;

/// z = x ∗ w + b
#[derive(Clone, Copy)]
pub(crate) struct Direct<'a, T> {
    pub(super) sizes: &'a Convolution,
    pub(super) weight: &'a [T],
    pub(super) bias: &'a [T],
}

impl<T: Scalar> AffineMap<T> for Direct<'_, T> {
    fn channels(self) -> usize {
        self.sizes.output()[2]
    }

    fn logits(self, x: &[T], y: &mut [T], epilogue: Epilogue, _: &mut [T], parallel: Parallel<'_>) -> bool {
        conv::forward(self.sizes, x, self.weight, self.bias, y, epilogue, parallel);
        epilogue != Epilogue::None
    }

    fn logits_of_one(self, x: &[T], y: &mut [T], epilogue: Epilogue) -> bool {
        conv::forward(self.sizes, x, self.weight, self.bias, y, epilogue, Parallel::SERIAL);
        epilogue != Epilogue::None
    }

    fn gradients(self, x: &[T], delta: &[T], parameters: (&mut [T], &mut [T]), parallel: Parallel<'_>) {
        conv::gradients(self.sizes, x, delta, parameters, parallel);
    }

    fn input_gradient(self, delta: &[T], dx: &mut [T], scratch: &mut [T], parallel: Parallel<'_>) {
        conv::input_gradient(self.sizes, delta, self.weight, dx, scratch, parallel);
    }
}

/// z = x ∗ᵀ w + b: `sizes` are those of the convolution from z to x whose input gradient this is, so each of its passes
/// takes the place of another.
#[derive(Clone, Copy)]
pub(crate) struct Transposed<'a, T> {
    pub(super) sizes: &'a Convolution,
    pub(super) weight: &'a [T],
    pub(super) bias: &'a [T],
}

impl<T: Scalar> AffineMap<T> for Transposed<'_, T> {
    fn channels(self) -> usize {
        self.sizes.input()[2]
    }

    fn logits(self, x: &[T], y: &mut [T], epilogue: Epilogue, scratch: &mut [T], parallel: Parallel<'_>) -> bool {
        conv::input_gradient(self.sizes, x, self.weight, y, scratch, parallel);
        add_bias(self.bias, y, epilogue, parallel)
    }

    fn logits_of_one(self, x: &[T], y: &mut [T], epilogue: Epilogue) -> bool {
        conv::input_gradient_one(self.sizes, x, self.weight, y);
        add_bias(self.bias, y, epilogue, Parallel::SERIAL)
    }

    fn gradients(self, x: &[T], delta: &[T], (weight, bias): (&mut [T], &mut [T]), parallel: Parallel<'_>) {
        conv::gradients(self.sizes, delta, x, (weight, &mut []), parallel);
        if !bias.is_empty() {
            ops::column_sums_on(delta, bias, parallel);
        }
    }

    fn input_gradient(self, delta: &[T], dx: &mut [T], _: &mut [T], parallel: Parallel<'_>) {
        conv::forward(self.sizes, delta, self.weight, &[], dx, Epilogue::None, parallel);
    }
}
