//! Parameters on the heap, aligned for vectors, made without passing over the stack.

use alloc::alloc::Layout;
use alloc::boxed::Box;
use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::{Aligned, Flat, size};

/// An owned model: one heap block, aligned to 64 bytes, that holds all parameters of `M`.
///
/// It is made in place, so a 400 MB layer needs no more stack than a small one. It dereferences to `M`. A model's
/// gradient and an optimiser's moments are of this type too.
pub struct Model<M>(Box<Aligned<M>>);

impl<M: Flat> Model<M> {
    /// A model whose parameters are all zero.
    ///
    /// The program ends where there is no memory for it; [`try_zeroed`](Self::try_zeroed) says so instead.
    pub fn zeroed() -> Self {
        const { M::SIZE_IS_LEN };
        // SAFETY: a `Flat` value may consist of any elements, and zero bytes are a valid element.
        Self(unsafe { Box::<Aligned<M>>::new_zeroed().assume_init() })
    }

    /// A model whose parameters are all zero, for programs that must not end where memory does.
    ///
    /// Many systems promise more memory than they have, and end a program when it is used.
    ///
    /// ```
    /// use typednet_tensor::{Flat, Model};
    ///
    /// let model = Model::<[[f32; 784]; 128]>::try_zeroed()?;
    /// assert!(model.as_flat().iter().all(|weight| *weight == 0.0));
    /// # Ok::<(), typednet_tensor::NoMemory>(())
    /// ```
    ///
    /// # Errors
    /// [`NoMemory`] if the allocator has not so much.
    pub fn try_zeroed() -> Result<Self, NoMemory> {
        const { M::SIZE_IS_LEN };
        let layout = Layout::new::<Aligned<M>>();
        if layout.size() == 0 {
            return Ok(Self::zeroed());
        }
        // SAFETY: the layout's size is not 0.
        let start = unsafe { alloc::alloc::alloc_zeroed(layout) }.cast::<Aligned<M>>();
        if start.is_null() {
            return Err(NoMemory { bytes: layout.size() });
        }
        // SAFETY: the block is from the allocator that boxes use and has the value's layout; its zero bytes are a valid
        // value, as in `zeroed`.
        Ok(Self(unsafe { Box::from_raw(start) }))
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

/// The memory for a model is more than the allocator has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NoMemory {
    /// How many bytes were asked for.
    pub bytes: usize,
}

impl fmt::Display for NoMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no memory for a block of {} bytes: free some, or use a smaller network", self.bytes)
    }
}

crate::debug_as_display!(NoMemory);

impl core::error::Error for NoMemory {}

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
    /// A line is aligned for the elements, also the place of none.
    const ALIGNED: () = assert!(align_of::<T>() <= align_of::<Line>(), "elements are aligned to a cache line at most");

    /// A buffer of nothing.
    pub fn new() -> Self {
        Self { lines: Box::default(), len: 0, elements: core::marker::PhantomData }
    }

    /// At least `len` elements: makes the buffer larger if it must be, and zeroes it then.
    pub fn grow(&mut self, len: usize) -> &mut [T] {
        if self.len < len {
            let lines = size::product(&[len, size_of::<T>()]).div_ceil(64);
            // SAFETY: a `Line` is plain bytes, for which zero is valid.
            self.lines = unsafe { Box::<[Line]>::new_zeroed_slice(lines).assume_init() };
            self.len = len;
        }
        &mut self.as_mut_slice()[..len]
    }

    /// All elements.
    pub fn as_slice(&self) -> &[T] {
        const { Self::ALIGNED };
        // SAFETY: the lines hold at least `len` elements, are aligned for them, and were made of zeros or elements.
        unsafe { core::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }

    /// All elements, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        const { Self::ALIGNED };
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
    #[cfg(target_pointer_width = "64")]
    fn a_model_that_memory_cannot_hold_is_an_error() {
        // 2⁶⁰ bytes: more than any processor addresses, less than a type may have.
        type Huge = [[u8; 1 << 30]; 1 << 30];
        // Optimised, an allocation that nobody looks at is left out, and with it the error.
        let model = core::hint::black_box(Model::<Huge>::try_zeroed());
        assert_eq!(model.err(), Some(NoMemory { bytes: 1 << 60 }));
        let model = Model::<[f32; 3]>::try_zeroed().expect("twelve bytes");
        assert_eq!((*model, model.as_flat().as_ptr().align_offset(64)), ([0.0; 3], 0));
        assert!(Model::<[f32; 0]>::try_zeroed().is_ok_and(|model| model.is_empty()));
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

    #[test]
    #[should_panic(expected = "a size is too large")]
    fn a_buffer_whose_bytes_wrap_around_is_refused() {
        // 64 bytes more than there are addresses would wrap around to one line.
        Buffer::<f32>::new().grow((1 << (usize::BITS - 2)) + 16);
    }
}
