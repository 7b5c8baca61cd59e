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

    /// Fails to compile where `LEN` elements are not the size of the type, or it may stand where they may not.
    #[doc(hidden)]
    const SIZE_IS_LEN: () = {
        assert!(
            size_of::<Self>() == Self::LEN * size_of::<Self::Elem>(),
            "a `Flat` type must be exactly `LEN` elements long"
        );
        assert!(align_of::<Self>() >= align_of::<Self::Elem>(), "a `Flat` type must be aligned as its elements are");
    };

    /// Written by [`impl_flat!`](crate::impl_flat) to show that no field is left out.
    #[doc(hidden)]
    fn fields_are_listed(&self) {}

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

    /// A run of elements as the value that it is, the other way round than [`as_flat_mut`](Flat::as_flat_mut).
    ///
    /// ```
    /// use typednet_tensor::Flat;
    ///
    /// let mut memory = [1.0_f32, 2.0, 3.0, 4.0];
    /// <[[f32; 2]; 2]>::from_flat_mut(&mut memory)[1][0] = 7.0;
    /// assert_eq!(memory, [1.0, 2.0, 7.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If there are not [`LEN`](Flat::LEN) elements, or they do not begin where a value may begin: a type may be aligned more strictly than
    /// its elements are.
    #[inline]
    fn from_flat_mut(elements: &mut [Self::Elem]) -> &mut Self {
        const { Self::SIZE_IS_LEN };
        assert_eq!(elements.len(), Self::LEN, "a value is all of its elements");
        let start = elements.as_mut_ptr().cast::<Self>();
        assert!(start.is_aligned(), "the elements do not begin where such a value may begin");
        // SAFETY: by the trait's contract `LEN` consecutive elements are a value, whatever they are; it begins where one may, and the unique
        // borrow is passed on.
        unsafe { &mut *start }
    }

    /// The value whose elements are all zero.
    ///
    /// It is returned by value: use it for samples and small layers, and [`Model::zeroed`](crate::Model::zeroed) for
    /// anything that should not pass over the stack.
    #[inline]
    fn zeros() -> Self {
        zeros()
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

/// The value whose elements are all zero, as [`Flat::zeros`], at compile time too.
///
/// ```
/// static SUMS: [[f32; 3]; 2] = typednet_tensor::zeros();
/// assert_eq!(SUMS, [[0.0; 3]; 2]);
/// ```
#[inline]
pub const fn zeros<F: Flat>() -> F {
    const { F::SIZE_IS_LEN };
    // SAFETY: zero bytes are a valid `Elem`, and any elements make a valid value.
    unsafe { core::mem::zeroed() }
}

/// The same elements as a value of another type that has as many of them; another number does not compile.
#[inline]
pub fn recast<A: Flat, B: Flat<Elem = A::Elem>>(value: &A) -> &B {
    const {
        let () = (A::SIZE_IS_LEN, B::SIZE_IS_LEN).1;
        assert!(A::LEN == B::LEN && align_of::<A>() >= align_of::<B>(), "the types must have the same elements");
    }
    // SAFETY: both are the same number of the same elements, any of which make a valid `B`; the borrow is passed on.
    unsafe { &*core::ptr::from_ref(value).cast::<B>() }
}

/// [`recast`] for a value that is to be changed.
#[inline]
pub fn recast_mut<A: Flat, B: Flat<Elem = A::Elem>>(value: &mut A) -> &mut B {
    const {
        let () = (A::SIZE_IS_LEN, B::SIZE_IS_LEN).1;
        assert!(A::LEN == B::LEN && align_of::<A>() >= align_of::<B>(), "the types must have the same elements");
    }
    // SAFETY: as in `recast`; any elements that are written make a valid `A` too. The unique borrow is passed on.
    unsafe { &mut *core::ptr::from_mut(value).cast::<B>() }
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
pub const fn from_le_bytes<F: Flat<Elem: crate::AnyBits>, const BYTES: usize>(bytes: &[u8; BYTES]) -> F {
    const {
        assert!(
            size_of::<F>() == BYTES,
            "the bytes are not as many as the parameters need: is this the file of another network?"
        );
        let () = F::SIZE_IS_LEN;
    }
    // SAFETY: the sizes agree, any elements make a valid `F`, and the read does not ask for alignment. Any
    // bytes make an element.
    unsafe { bytes.as_ptr().cast::<F>().read_unaligned() }
}

/// The bytes of all elements, each with the lowest first, to be written at compile time too: any bytes make elements of this kind.
///
/// ```
/// let mut pair = [0.0_f32; 2];
/// typednet_tensor::le_bytes_mut(&mut pair).copy_from_slice(&[0, 0, 128, 63, 0, 0, 0, 192]);
/// assert_eq!(pair, [1.0, -2.0]);
/// ```
#[cfg(target_endian = "little")]
#[inline]
pub const fn le_bytes_mut<F: Flat<Elem: crate::AnyBits>>(value: &mut F) -> &mut [u8] {
    const { F::SIZE_IS_LEN };
    // SAFETY: the value is elements in a row, and an element is plain bytes without padding. Whatever is written, any bytes make
    // an element, and any elements a value. The unique borrow is passed on.
    unsafe { core::slice::from_raw_parts_mut(core::ptr::from_mut(value).cast(), size_of::<F>()) }
}

/// Implements [`Flat`] for a `#[repr(C)]` struct whose fields are flat values of one element type, safely.
///
/// The fields stand in the order of the struct; `markers` names the fields that are a `PhantomData`. What is not true of
/// the struct does not compile: a field that is missing from the list, a type other than the field's own (also one that it dereferences to), another
/// order, another element, padding. Neither does a union, whose bytes need not have been written, nor a packed struct, whose fields need not
/// be aligned. Parameters and conditions have no braces: what stands in them is a constant with a name.
///
/// ```
/// use std::marker::PhantomData;
///
/// use typednet_tensor::{Flat, Scalar, impl_flat};
///
/// #[repr(C)]
/// struct Affine<T, A, const N: usize> {
///     scale: [T; N],
///     shift: [T; N],
///     activation: PhantomData<A>,
/// }
///
/// impl_flat! {
///     [T: Scalar, A: 'static, const N: usize] Affine<T, A, N>: T {
///         scale: [T; N],
///         shift: [T; N],
///     } markers { activation }
/// }
///
/// assert_eq!(Affine::<f32, (), 5>::LEN, 10);
/// ```
///
/// ```compile_fail
/// # use typednet_tensor::{Flat, impl_flat};
/// #[repr(C)]
/// struct Unlisted {
///     scale: f32,
///     shift: f32,
/// }
///
/// impl_flat! { [] Unlisted: f32 { scale: f32, } }
/// ```
#[macro_export]
macro_rules! impl_flat {
    (
        [$($generics:tt)*] $name:ty : $elem:ty $(where [$($condition:tt)*])? {
            $($field:ident : $kind:ty,)*
        } $(markers { $($marker:ident),* })?
    ) => {
        $($crate::refuse_braces! { $generics })*
        $($($crate::refuse_braces! { $condition })*)?

        // SAFETY: the struct has the listed fields and markers and no other (destructured below), each of exactly the
        // listed type (compared as raw pointers, which no `Deref` coerces); the fields are flat with the same element,
        // stand behind each other in this order (offsets compared below) and are all of its size (`SIZE_IS_LEN`); a
        // marker is a `PhantomData`, which has no bytes. It is no union and not packed: it lends its fields (below).
        unsafe impl<$($generics)*> $crate::Flat for $name $(where $($condition)*)? {
            type Elem = $elem;

            const LEN: ::core::primitive::usize = 0 $(+ <$kind as $crate::Flat>::LEN)*;

            const SIZE_IS_LEN: () = {
                const fn element<F: $crate::Flat<Elem = E>, E>() {}
                $(element::<$kind, $elem>();)*
                // A pattern is a constant of the user's where it has its name.
                let mut __offset = 0;
                $(
                    ::core::assert!(
                        ::core::mem::offset_of!($name, $field) == __offset,
                        "the fields must stand in the order of the struct, which must be `repr(C)`"
                    );
                    __offset += ::core::mem::size_of::<$kind>();
                )*
                ::core::assert!(
                    ::core::mem::size_of::<Self>() == __offset
                        && ::core::mem::align_of::<Self>() == ::core::mem::align_of::<$elem>(),
                    "the struct must consist of the listed fields only; give one without parameters a field `[T; 0]`"
                );
            };

            fn fields_are_listed(&self) {
                let Self { $($field: _,)* $($($marker: _,)*)? } = self;
                $(
                    // A union lends no field, and a packed struct none that needs alignment.
                    let Self { $field: ref field, .. } = *self;
                    // Raw pointers, since a reference to another type might be coerced: `&Box<f32>` to `&f32`.
                    let _: *const $kind = &raw const *field;
                )*
                $($(let _: *const ::core::marker::PhantomData<_> = &raw const self.$marker;)*)?
            }
        }
    };
}

/// Refuses a group in braces among the parameters and conditions of [`impl_flat!`](crate::impl_flat): it might be the body of the `unsafe impl`,
/// with whatever length the caller likes, behind which another item begins.
#[doc(hidden)]
#[macro_export]
macro_rules! refuse_braces {
    ({ $($inside:tt)* }) => {
        ::core::compile_error!("`impl_flat!` takes no braces among parameters and conditions: name a constant instead");
    };
    ($token:tt) => {};
}

/// A run of elements as the value that it is.
///
/// ```
/// use typednet_tensor::value_mut;
///
/// let mut memory = [0.0_f32; 6];
/// value_mut::<[[f32; 2]; 3]>(&mut memory)[1] = [1.0, 2.0];
/// assert_eq!(memory, [0.0, 0.0, 1.0, 2.0, 0.0, 0.0]);
/// ```
///
/// # Panics
/// If there are not exactly [`Flat::LEN`] elements.
#[inline]
pub fn value_mut<F: Flat>(elements: &mut [F::Elem]) -> &mut F {
    const {
        let () = F::SIZE_IS_LEN;
        assert!(align_of::<F>() == align_of::<F::Elem>(), "a value is aligned as its elements are");
    }
    assert_eq!(elements.len(), F::LEN, "a value is made of as many elements as it has");
    // SAFETY: there are `LEN` elements in a row, any of which make a valid value, at a place that is aligned for it (both
    // asked above). The unique borrow is passed on.
    unsafe { &mut *elements.as_mut_ptr().cast::<F>() }
}

/// Numbers as the bytes that they stand in, for working memory that holds bytes for a while: four for each.
///
/// ```
/// use typednet_tensor::bytes_mut;
///
/// let mut memory = [0.0_f32; 2];
/// assert_eq!(bytes_mut(&mut memory).len(), 8);
/// ```
#[inline]
pub fn bytes_mut(numbers: &mut [f32]) -> &mut [u8] {
    // SAFETY: a number is four bytes without padding, and any bytes make one. The unique borrow is passed on.
    unsafe { core::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), size_of_val(numbers)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C, align(64))]
    struct Wide([f32; 16]);

    // SAFETY: sixteen numbers, 64 bytes, which is also what it is aligned to.
    unsafe impl Flat for Wide {
        type Elem = f32;
        const LEN: usize = 16;
    }

    #[test]
    fn a_value_is_seen_where_its_elements_are() {
        let mut value = Wide([0.0; 16]);
        Wide::from_flat_mut(value.as_flat_mut()).0[15] = 3.0;
        assert_eq!(value.as_flat()[15].to_bits(), 3.0_f32.to_bits());
    }

    #[test]
    #[should_panic(expected = "a value is all of its elements")]
    fn too_many_elements_are_no_value() {
        <[f32; 3]>::from_flat_mut(&mut [0.0; 4]);
    }

    #[test]
    #[should_panic(expected = "do not begin where such a value may begin")]
    fn a_value_does_not_begin_anywhere() {
        let mut room = [Wide([0.0; 16]), Wide([0.0; 16])];
        let elements = <[Wide; 2]>::as_flat_mut(&mut room);
        Wide::from_flat_mut(&mut elements[4..20]);
    }
}
