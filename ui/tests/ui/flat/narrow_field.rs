// says: mismatched types
//! Some bits of a number are no `bool`, though the field dereferences to a number.
use std::ops::Deref;

use typednet::tensor::impl_flat;

#[repr(C)]
struct Switch {
    on: [bool; 4],
}

impl Deref for Switch {
    type Target = f32;
    fn deref(&self) -> &f32 {
        if self.on[0] { &1.0 } else { &0.0 }
    }
}

#[repr(C)]
struct Wrong {
    switch: Switch,
}

impl_flat! { [] Wrong: f32 { switch: f32, } }

fn main() {}
