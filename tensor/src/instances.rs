//! Which functions over a scalar are compiled here for `f32` and `f64`, once, and not in every program that calls them.
//!
//! rustc compiles a generic function in the crate that asks for it with a type, so a kernel would be compiled again, for each
//! lane, in every program with a network. It takes the function of another crate instead where
//!
//! - the function is `#[inline(never)]`, and
//! - that crate has it for the same types.
//!
//! The second is what the list below is for. A function of the list keeps all that it calls out of users' programs; only what is
//! called by functions that are compiled there (layers of given sizes) has to stand in it.

use core::hint::black_box;

use crate::{Scalar, attention, conv, matmul, noise, normalisation, ops, pooling, recurrent};

/// Compiles them.
#[inline(never)]
pub fn instances() {
    of::<f32>();
    of::<f64>();
}

fn of<T: Scalar>() {
    black_box([
        attention::backward::<T> as *const (),
        attention::backward_across::<T> as *const (),
        attention::forward::<T> as *const (),
        attention::forward_across::<T> as *const (),
        attention::step::<T> as *const (),
        conv::forward::<T> as *const (),
        conv::gradients::<T> as *const (),
        conv::input_gradient::<T> as *const (),
        conv::input_gradient_one::<T> as *const (),
        matmul::affine::<T> as *const (),
        matmul::gradients::<T> as *const (),
        matmul::input_gradient::<T> as *const (),
        matmul::product::<T> as *const (),
        matmul::weight_gradient::<T> as *const (),
        noise::add_normal::<T> as *const (),
        noise::mask::<T> as *const (),
        noise::plus_normal::<T> as *const (),
        normalisation::apply::<T> as *const (),
        normalisation::gradient_sums::<T> as *const (),
        normalisation::input_gradient::<T> as *const (),
        normalisation::moments::<T> as *const (),
        normalisation::normalise::<T> as *const (),
        normalisation::scale::<T> as *const (),
        ops::add::<T> as *const (),
        ops::all_finite::<T> as *const (),
        ops::all_finite_on::<T> as *const (),
        ops::axpby::<T> as *const (),
        ops::axpy::<T> as *const (),
        ops::column_sums::<T> as *const (),
        ops::column_sums_on::<T> as *const (),
        ops::copy_on::<T> as *const (),
        ops::dot::<T> as *const (),
        ops::largest::<T> as *const (),
        ops::mul::<T> as *const (),
        ops::row_largest::<T> as *const (),
        ops::scale::<T> as *const (),
        ops::scale_on::<T> as *const (),
        ops::sub::<T> as *const (),
        ops::sum::<T> as *const (),
        ops::widen::<T> as *const (),
        pooling::forward::<T> as *const (),
        pooling::gradient::<T> as *const (),
        recurrent::Gru::<'_, T>::backward as *const (),
        recurrent::Gru::<'_, T>::forward as *const (),
        recurrent::Gru::<'_, T>::infer as *const (),
        recurrent::Gru::<'_, T>::step as *const (),
        recurrent::Lstm::<'_, T>::backward as *const (),
        recurrent::Lstm::<'_, T>::forward as *const (),
        recurrent::Lstm::<'_, T>::infer as *const (),
        recurrent::Lstm::<'_, T>::step as *const (),
        recurrent::Rnn::<'_, T>::backward as *const (),
        recurrent::Rnn::<'_, T>::forward as *const (),
        recurrent::Rnn::<'_, T>::step as *const (),
    ]);
}
