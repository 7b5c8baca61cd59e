// says: mismatched types
//! A box dereferences to the listed type, but its elements would be a pointer's bytes.
use typednet::tensor::impl_flat;

#[repr(C)]
struct Wrong {
    scale: Box<f64>,
}

impl_flat! { [] Wrong: f64 { scale: f64, } }

fn main() {}
