// says: `impl_flat!` takes no braces
//! What stands in braces might be the body of the implementation itself.

use typednet::tensor::impl_flat;

#[repr(C)]
struct Scale {
    scale: f32,
}

impl_flat! {
    [] Scale: f32 where [
        { type Elem = f32; const LEN: usize = 9; const SIZE_IS_LEN: () = (); }
        #[cfg(any())]
        mod hidden
    ] {
        scale: f32,
    }
}

fn main() {}
