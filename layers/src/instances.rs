//! Which functions over a scalar are compiled here, for `f32` and `f64`, as in `typednet_tensor::instances`, which says why.

use core::hint::black_box;

use typednet_tensor::Scalar;

use crate::activated::{self, AffineMap};
use crate::activation::{self, softmax};
use crate::conv::operation::{Direct, Transposed};
use crate::dense::{self, DenseMap};
use crate::{
    attention, group_norm, init, layer_norm, loss, pairs, parts, positions, rms_norm, swi_glu, threads, tied_embedding,
    upsample,
};

/// Compiles them.
#[inline(never)]
pub fn instances() {
    of::<f32>();
    of::<f64>();
}

fn of<T: Scalar>() {
    activation::instances::<T>();
    attention::instances::<T>();
    dense::instances::<T>();
    group_norm::kernels::instances::<T>();
    layer_norm::kernels::instances::<T>();
    loss::instances::<T>();
    pairs::instances::<T>();
    parts::instances::<T>();
    positions::instances::<T>();
    rms_norm::kernels::instances::<T>();
    swi_glu::instances::<T>();
    tied_embedding::instances::<T>();
    upsample::instances::<T>();
    operation::<T, DenseMap<'_, T>>();
    operation::<T, Direct<'_, T>>();
    operation::<T, Transposed<'_, T>>();
    black_box([
        activation::layer::backward::<T> as *const (),
        activation::layer::infer::<T> as *const (),
        init::initialise::<T> as *const (),
        softmax::log_softmax::<T> as *const (),
        softmax::normaliser::<T> as *const (),
        softmax::softmax::<T> as *const (),
        threads::add::<T> as *const (),
        threads::copy::<T> as *const (),
        threads::sum::<T> as *const (),
    ]);
}

fn operation<T: Scalar, O: AffineMap<T>>() {
    black_box([
        activated::backward::<T, O> as *const (),
        activated::forward::<T, O> as *const (),
        activated::infer::<T, O> as *const (),
        activated::predict::<T, O> as *const (),
    ]);
}
