// says: `impl_flat!` takes no braces
//! What stands in braces might be the body of another `unsafe impl`.

use typednet::tensor::impl_flat;

struct Counted(std::rc::Rc<u8>);

#[repr(C)]
struct Scale {
    scale: f32,
}

impl_flat! { [> Send for Counted {} unsafe impl<] Scale: f32 { scale: f32, } }

fn main() {}
