// says: `..` cannot be used in union patterns
//! The elements of a union need not have been written.

use typednet::tensor::impl_flat;

#[repr(C)]
union Wrong {
    scale: f32,
    nothing: (),
}

impl_flat! { [] Wrong: f32 { scale: f32, } }

fn main() {}
