//! Parameters on the heap, aligned for vectors, made without passing over the stack.

use alloc::boxed::Box;
use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::{Aligned, Flat};

/// An owned model: one heap block, aligned to 64 bytes, that holds all parameters of `M`.
///
/// It is made in place, so a 400 MB layer needs no more stack than a small one. It dereferences to `M`. A model's
/// gradient and an optimiser's moments are of this type too.
pub struct Model<M>(Box<Aligned<M>>);

impl<M: Flat> Model<M> {
    /// A model whose parameters are all zero.
    pub fn zeroed() -> Self {
        const { M::SIZE_IS_LEN };
        // SAFETY: a `Flat` value may consist of any elements, and zero bytes are a valid element.
        Self(unsafe { Box::<Aligned<M>>::new_zeroed().assume_init() })
    }

    /// Takes the parameters of `other`.
    pub fn copy_from(&mut self, other: &M) {
        self.as_flat_mut().copy_from_slice(other.as_flat());
    }
}

impl<M> Deref for Model<M> {
    type Target = M;
    #[inline]
    fn deref(&self) -> &M {
        &self.0.0
    }
}

impl<M> DerefMut for Model<M> {
    #[inline]
    fn deref_mut(&mut self) -> &mut M {
        &mut self.0.0
    }
}

impl<M: Flat> Clone for Model<M> {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed();
        copy.copy_from(self);
        copy
    }
}

impl<M: Flat> fmt::Debug for Model<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Model<{}> of {} elements", core::any::type_name::<M>(), M::LEN)
    }
}

/// A buffer of elements on the heap, aligned to 64 bytes, that only ever grows.
#[derive(Default)]
pub struct Buffer<T> {
    lines: Box<[Line]>,
    len: usize,
    elements: core::marker::PhantomData<T>,
}

/// One cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

impl<T: crate::Element> Buffer<T> {
    /// A buffer of nothing.
    pub fn new() -> Self {
        Self { lines: Box::default(), len: 0, elements: core::marker::PhantomData }
    }

    /// At least `len` elements: makes the buffer larger if it must be, and zeroes it then.
    pub fn grow(&mut self, len: usize) -> &mut [T] {
        const { assert!(align_of::<T>() <= 64) };
        if self.len < len {
            let lines = (len * size_of::<T>()).div_ceil(64);
            // SAFETY: a `Line` is plain bytes, for which zero is valid.
            self.lines = unsafe { Box::<[Line]>::new_zeroed_slice(lines).assume_init() };
            self.len = len;
        }
        &mut self.as_mut_slice()[..len]
    }

    /// All elements.
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: the lines hold at least `len` elements, are aligned for them, and were made of zeros or elements.
        unsafe { core::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }

    /// All elements, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as in `as_slice`, and the borrow is unique.
        unsafe { core::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_400_mb_model_is_made_on_a_small_stack() {
        let sum = std::thread::Builder::new()
            .stack_size(64 * 1024)
            .spawn(|| {
                let model = Model::<[[f32; 10_000]; 10_000]>::zeroed();
                model[9_999][9_999].to_bits()
            })
            .expect("a thread")
            .join()
            .expect("no stack overflow");
        assert_eq!(sum, 0);
    }

    #[test]
    fn models_and_buffers_are_aligned_and_keep_their_size() {
        assert_eq!(Model::<[f32; 3]>::zeroed().as_flat().as_ptr().align_offset(64), 0);
        let mut buffer = Buffer::<f32>::new();
        assert_eq!(buffer.grow(5).as_ptr().align_offset(64), 0);
        buffer.as_mut_slice()[4] = 1.0;
        assert_eq!(buffer.grow(3), [0.0; 3]);
        assert_eq!(buffer.as_slice()[4].to_bits(), 1.0_f32.to_bits());
        assert_eq!(buffer.grow(100).len(), 100);
    }
}
