//! Memory that a thread keeps from batch to batch.

use std::cell::RefCell;

use typednet_tensor::Scalar;

mod sealed {
    use std::cell::RefCell;
    use std::thread::LocalKey;

    pub trait Pool: Sized + 'static {
        /// This thread's buffers that nobody uses now.
        fn pool() -> &'static LocalKey<RefCell<Vec<Vec<Self>>>>;
    }
}

/// The numbers of samples that can be augmented: [`f32`] and [`f64`].
pub trait Pixel: Scalar + sealed::Pool {}

macro_rules! pixel {
    ($($t:ident),*) => {$(
        impl sealed::Pool for $t {
            fn pool() -> &'static std::thread::LocalKey<RefCell<Vec<Vec<Self>>>> {
                thread_local! {
                    static POOL: RefCell<Vec<Vec<$t>>> = const { RefCell::new(Vec::new()) };
                }
                &POOL
            }
        }

        impl Pixel for $t {}
    )*};
}

pixel!(f32, f64);

/// Lends `len` numbers of any value to `work`, which may borrow more.
pub(super) fn with<T: Pixel, R>(len: usize, work: impl FnOnce(&mut [T]) -> R) -> R {
    let mut buffer = T::pool().with_borrow_mut(Vec::pop).unwrap_or_default();
    if buffer.len() < len {
        buffer.resize(len, T::zero());
    }
    let result = work(&mut buffer[..len]);
    T::pool().with_borrow_mut(|pool| pool.push(buffer));
    result
}
