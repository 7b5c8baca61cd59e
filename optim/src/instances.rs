//! Which functions over a scalar are compiled here, for `f32` and `f64`, as in `typednet_tensor::instances`, which says why.

use core::hint::black_box;

use typednet_tensor::Scalar;

#[cfg(feature = "alloc")]
use crate::state;
use crate::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, GradientDescent, Lamb, Lion, Momentum, NAdam, Nesterov, Optimizer, RAdam,
    RmsProp, clip, norm, penalty, step, toward,
};

/// Compiles them.
#[inline(never)]
pub fn instances() {
    of::<f32>();
    of::<f64>();
}

fn of<T: Scalar>() {
    optimizer::<T, Adadelta>();
    optimizer::<T, Adagrad>();
    optimizer::<T, Adam>();
    optimizer::<T, AdamW>();
    optimizer::<T, Adamax>();
    optimizer::<T, GradientDescent>();
    optimizer::<T, Lamb>();
    optimizer::<T, Lion>();
    optimizer::<T, Momentum>();
    optimizer::<T, NAdam>();
    optimizer::<T, Nesterov>();
    optimizer::<T, RAdam>();
    optimizer::<T, RmsProp>();
    black_box([
        clip::within::<T> as *const (),
        norm::sum_of_blocks::<T> as *const (),
        penalty::add_slope::<T> as *const (),
        penalty::sum_abs::<T> as *const (),
        toward::move_toward::<T> as *const (),
    ]);
}

fn optimizer<T: Scalar, O: Optimizer>() {
    black_box([step::step_over::<T, O> as *const (), step::step_over_groups::<T, O> as *const ()]);
    #[cfg(feature = "alloc")]
    black_box([state::make_step::<T, O> as *const (), state::make_step_in::<T, O> as *const ()]);
}
