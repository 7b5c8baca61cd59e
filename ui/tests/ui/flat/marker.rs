// says: mismatched types
//! A type without bytes may still be a proof that only its module can give; zeros would make one.

use typednet::tensor::impl_flat;

mod door {
    pub struct Key(());

    impl std::ops::Deref for Key {
        type Target = std::marker::PhantomData<u8>;
        fn deref(&self) -> &std::marker::PhantomData<u8> {
            &std::marker::PhantomData
        }
    }
}

#[repr(C)]
struct Wrong {
    scale: f32,
    key: door::Key,
}

impl_flat! { [] Wrong: f32 { scale: f32, } markers { key } }

fn main() {}
