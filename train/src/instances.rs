//! Which functions over a scalar are compiled here, for `f32` and `f64`, as in `typednet_tensor::instances`, which says why.

use std::hint::black_box;

use typednet_tensor::Scalar;

use crate::shards::Team;
use crate::{checkpoint, ranks};

/// Compiles them.
#[inline(never)]
pub fn instances() {
    of::<f32>();
    of::<f64>();
}

fn of<T: Scalar>() {
    black_box([
        checkpoint::Archive::fill::<T> as *const (),
        checkpoint::write::<T> as *const (),
        ranks::add::<T> as *const (),
        ranks::bytes_of::<T> as *const (),
        ranks::gather::<T> as *const (),
        ranks::receive::<T> as *const (),
        ranks::send::<T> as *const (),
        Team::<T>::add as *const (),
        Team::<T>::add_other_ranks as *const (),
        Team::<T>::gather_outputs as *const (),
        Team::<T>::reserve as *const (),
    ]);
}
