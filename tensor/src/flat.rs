//! Values that are one contiguous run of elements.

use core::mem::size_of;

use crate::Element;

/// A value that is nothing but [`LEN`](Flat::LEN) elements in a row: a number, a nested array, a layer, a network.
///
/// Weights, gradients and optimiser moments of a model are values of one such type, so an optimiser walks all of them
/// as plain slices, and a gradient has the same field names as the model.
///
/// ```
/// use typednet_tensor::Flat;
///
/// let weights = [[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]];
/// assert_eq!(<[[f32; 2]; 3]>::LEN, 6);
/// assert_eq!(weights.as_flat(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// ```
///
/// # Safety
/// The type's memory must be exactly `LEN` consecutive values of `Elem`: no padding, no other fields, no interior
/// mutability, alignment at least that of `Elem`, and every sequence of `LEN` elements must be a valid value.
/// [`as_flat`](Flat::as_flat) refuses to compile where the size does not match.
pub unsafe trait Flat: Sized + 'static {
    /// The type of every element.
    type Elem: Element;

    /// How many elements there are.
    const LEN: usize;

    /// Fails to compile where `LEN` elements are not the size of the type.
    #[doc(hidden)]
    const SIZE_IS_LEN: () = assert!(
        size_of::<Self>() == Self::LEN * size_of::<Self::Elem>(),
        "a `Flat` type must be exactly `LEN` elements long"
    );

    /// All elements in order.
    #[inline]
    fn as_flat(&self) -> &[Self::Elem] {
        const { Self::SIZE_IS_LEN };
        // SAFETY: by the trait's contract `self` is `LEN` consecutive elements; the borrow is passed on.
        unsafe { core::slice::from_raw_parts(core::ptr::from_ref(self).cast(), Self::LEN) }
    }

    /// All elements in order, to be changed.
    #[inline]
    fn as_flat_mut(&mut self) -> &mut [Self::Elem] {
        const { Self::SIZE_IS_LEN };
        // SAFETY: as in `as_flat`; the unique borrow is passed on, and any elements make a valid value.
        unsafe { core::slice::from_raw_parts_mut(core::ptr::from_mut(self).cast(), Self::LEN) }
    }

    /// The value whose elements are all zero.
    ///
    /// It is returned by value: use it for samples and small layers, and [`Model::zeroed`](crate::Model::zeroed) for
    /// anything that should not pass over the stack.
    #[inline]
    fn zero() -> Self {
        const { Self::SIZE_IS_LEN };
        // SAFETY: zero bytes are a valid `Elem`, and any elements make a valid value.
        unsafe { core::mem::zeroed() }
    }
}

macro_rules! flat_number {
    ($($t:ty),*) => {$(
        // SAFETY: a number is one element of its own type.
        unsafe impl Flat for $t {
            type Elem = $t;
            const LEN: usize = 1;
        }
    )*};
}

flat_number!(f32, f64, u8);

// SAFETY: an array is its items in a row without padding, and each item is `F::LEN` elements.
unsafe impl<F: Flat, const N: usize> Flat for [F; N] {
    type Elem = F::Elem;
    const LEN: usize = N * F::LEN;
}

/// Reads a value at compile time from the little-endian bytes of its elements, as `include_bytes!` gives them.
///
/// ```
/// use typednet_tensor::from_le_bytes;
///
/// static BYTES: [u8; 8] = [0, 0, 128, 63, 0, 0, 0, 64];
/// static PAIR: [f32; 2] = from_le_bytes(&BYTES);
/// assert_eq!(PAIR, [1.0, 2.0]);
/// ```
///
/// A file of another length does not compile:
///
/// ```compile_fail
/// use typednet_tensor::from_le_bytes;
///
/// static PAIR: [f32; 2] = from_le_bytes(&[0; 12]);
/// ```
#[cfg(target_endian = "little")]
pub const fn from_le_bytes<F: Flat<Elem: crate::Scalar>, const BYTES: usize>(bytes: &[u8; BYTES]) -> F {
    const {
        assert!(
            size_of::<F>() == BYTES,
            "the bytes are not as many as the parameters need: is this the file of another network?"
        );
        F::SIZE_IS_LEN;
    }
    // SAFETY: the sizes agree, any elements make a valid `F`, and the read does not ask for alignment. Elements are
    // numbers, for which any bytes are valid.
    unsafe { bytes.as_ptr().cast::<F>().read_unaligned() }
}
