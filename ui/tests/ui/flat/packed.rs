// says: reference to field of packed struct is unaligned
//! The elements of a packed struct may stand where no number may.

use typednet::tensor::impl_flat;

#[repr(C, packed)]
struct Wrong {
    scale: f32,
}

impl_flat! { [] Wrong: f32 { scale: f32, } }

fn main() {}
