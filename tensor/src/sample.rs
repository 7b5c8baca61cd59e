//! Shapes as nested arrays.

use core::fmt;

use crate::{AnyBits, Flat, Scalar, size};

/// The sizes of a sample, outermost first: `[1, 28, 28]` for `[[[f32; 28]; 28]; 1]`, nothing for a single number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    sizes: [usize; Shape::MAX_RANK],
    rank: usize,
    is_padded: bool,
    /// Those of a pair, whose one size is the number of all elements.
    halves: Option<&'static [Self; 2]>,
}

impl Shape {
    /// The most dimensions a sample may have.
    pub const MAX_RANK: usize = 6;

    /// The shape of a single number.
    pub const SCALAR: Self = Self { sizes: [0; Self::MAX_RANK], rank: 0, is_padded: false, halves: None };

    /// The shape with the given sizes, outermost first.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`](Self::MAX_RANK) sizes; at compile time where it is used in a const.
    pub const fn new(sizes: &[usize]) -> Self {
        assert!(sizes.len() <= Self::MAX_RANK, "a sample has at most 6 dimensions");
        let mut shape = Self { rank: sizes.len(), ..Self::SCALAR };
        let mut i = 0;
        while i < sizes.len() {
            shape.sizes[i] = sizes[i];
            i += 1;
        }
        shape
    }

    /// The shape of `outer` copies of this one.
    ///
    /// # Panics
    /// If that has more than [`MAX_RANK`](Self::MAX_RANK) dimensions.
    #[must_use]
    pub const fn within(self, outer: usize) -> Self {
        assert!(self.rank < Self::MAX_RANK, "a sample has at most 6 dimensions");
        assert!(!self.is_padded, "padded sequences have no array");
        assert!(self.halves.is_none(), "pairs have no array");
        let mut shape = Self { rank: self.rank + 1, ..Self::SCALAR };
        shape.sizes[0] = outer;
        let mut i = 0;
        while i < self.rank {
            shape.sizes[i + 1] = self.sizes[i];
            i += 1;
        }
        shape
    }

    /// The shape of a [`Padded`](crate::Padded) sequence of at most as many steps as the outermost size says.
    ///
    /// # Panics
    /// If it has no size.
    #[must_use]
    pub const fn padded(self) -> Self {
        assert!(self.rank > 0 && self.halves.is_none(), "a sequence has steps");
        Self { is_padded: true, ..self }
    }

    /// Whether it is that of a [`Padded`](crate::Padded) sequence, in which one element more says how many steps count.
    pub const fn is_padded(&self) -> bool {
        self.is_padded
    }

    /// Whether some of its elements say how many steps count: where it [is padded](Self::is_padded), or a half of it is. Those are no numbers
    /// to compute with.
    pub const fn has_padding(&self) -> bool {
        match self.halves {
            Some([first, second]) => first.has_padding() || second.has_padding(),
            None => self.is_padded,
        }
    }

    /// Whether the other is the same, halves and padding too: `==` at compile time.
    pub const fn is(&self, other: &Self) -> bool {
        let mut same = self.rank == other.rank && self.is_padded == other.is_padded;
        let mut i = 0;
        while same && i < self.rank {
            same = self.sizes[i] == other.sizes[i];
            i += 1;
        }
        same && match (self.halves, other.halves) {
            (None, None) => true,
            (Some([a, b]), Some([c, d])) => a.is(c) && b.is(d),
            _ => false,
        }
    }

    /// The shape of a [`Pair`](crate::Pair) of samples of these shapes.
    ///
    /// # Panics
    /// If its elements are more than can be addressed.
    pub const fn of_pair(halves: &'static [Self; 2]) -> Self {
        let Some(elements) = halves[0].len().checked_add(halves[1].len()) else {
            panic!("the elements of a pair are more than can be addressed")
        };
        Self { halves: Some(halves), ..Self::new(&[elements]) }
    }

    /// Those of the halves, if it is that of a [`Pair`](crate::Pair).
    pub const fn halves(&self) -> Option<&'static [Self; 2]> {
        self.halves
    }

    /// The sizes, outermost first; of a [`Pair`](crate::Pair) one, the number of its elements.
    pub const fn sizes(&self) -> &[usize] {
        self.sizes.split_at(self.rank).0
    }

    /// How many elements such a sample has: the product of its sizes, and one more where it is padded.
    ///
    /// # Panics
    /// If those are more than can be addressed.
    pub const fn len(&self) -> usize {
        size::product(self.sizes()) + self.is_padded as usize
    }

    /// Whether some size is zero.
    pub const fn is_empty(&self) -> bool {
        matches!(size::checked_product(self.sizes()), Some(0))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some([first, second]) = self.halves {
            return write!(f, "({first}, {second})");
        }
        let mut open = if self.is_padded { "[≤" } else { "[" };
        for size in self.sizes() {
            write!(f, "{open}{size}")?;
            open = ", ";
        }
        if self.rank == 0 { write!(f, "[]") } else { write!(f, "]") }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One input, output or target: a number, a token, or a nested array of them whose sizes are part of its type.
///
/// A batch is a slice of samples, `&[[f32; 784]]`; its length is the one size that is known only at run time.
///
/// ```
/// use typednet_tensor::{Flat, Sample};
///
/// type Image = [[[f32; 28]; 28]; 1];
/// assert_eq!(Image::SHAPE.sizes(), [1, 28, 28]);
/// assert_eq!(Image::LEN, 784);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sample: a network reads and gives numbers or nested arrays of numbers",
    label = "expected something like `[f32; 784]` or `[[[f32; 28]; 28]; 1]`"
)]
pub trait Sample: Flat + Copy + Send + Sync {
    /// The sizes, outermost first.
    const SHAPE: Shape;

    /// The gradient of a loss by such a sample: of the same type where it is made of numbers that a network computes with, and
    /// else [`NoGradient`] in place of each element.
    type Grad: Copy + Send + Sync + 'static;

    /// The first number in it that is not finite, and which of its elements that is; bytes and tokens are none.
    ///
    /// ```
    /// use typednet_tensor::{Pair, Sample, Token};
    ///
    /// let pair = Pair { first: [Token::<9>::default(); 2], second: [0.5_f32, f32::INFINITY] };
    /// assert_eq!(pair.not_finite(), Some((3, f64::INFINITY)));
    /// assert_eq!(pair.first.not_finite(), None);
    /// ```
    fn not_finite(&self) -> Option<(usize, f64)>;
}

macro_rules! sample_number {
    ($($t:ty => $grad:ty, $number:expr;)*) => {$(
        impl Sample for $t {
            const SHAPE: Shape = Shape::SCALAR;
            type Grad = $grad;

            #[inline]
            fn not_finite(&self) -> Option<(usize, f64)> {
                let number: Option<f64> = $number(*self);
                number.filter(|number| !number.is_finite()).map(|number| (0, number))
            }
        }
    )*};
}

sample_number! {
    f32 => f32, |number| Some(f64::from(number));
    f64 => f64, Some;
    u8 => NoGradient, |_| None;
}

impl<S: Sample, const N: usize> Sample for [S; N] {
    const SHAPE: Shape = S::SHAPE.within(N);
    type Grad = [S::Grad; N];

    #[inline]
    fn not_finite(&self) -> Option<(usize, f64)> {
        let mut parts = self.iter().enumerate();
        parts.find_map(|(part, inside)| inside.not_finite().map(|(at, number)| (part * S::LEN + at, number)))
    }
}

/// In place of the gradient of what has none: of bytes and of tokens, which do not change little by little.
///
/// ```
/// use typednet_tensor::{NoGradient, Sample, Token};
///
/// // Nobody has a use for it, so it takes no memory.
/// let gradient: <[Token<65>; 64] as Sample>::Grad = [NoGradient; 64];
/// assert_eq!(size_of_val(&gradient), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct NoGradient;

/// A sample of numbers that a network computes with: a loss has a gradient by it, which is of the same type.
///
/// It is what every layer gives, and what most layers read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no gradient: a network cannot compute with its elements",
    label = "expected numbers, `f32` or `f64`, or nested arrays of them",
    note = "tokens are made vectors of numbers by an `Embedding`; bytes are divided by 255, as `Image` does"
)]
pub trait Differentiable: Sample<Elem: Scalar, Grad = Self> {}

#[diagnostic::do_not_recommend]
impl<S: Sample<Elem: Scalar, Grad = S>> Differentiable for S {}

/// A batch as one run of elements.
#[inline]
pub fn flat<S: Sample>(rows: &[S]) -> &[S::Elem] {
    const { S::SIZE_IS_LEN };
    // SAFETY: each of the rows is `LEN` consecutive elements, and a slice has no gaps.
    unsafe { core::slice::from_raw_parts(rows.as_ptr().cast(), rows.len() * S::LEN) }
}

/// A batch as one run of elements, to be changed.
#[inline]
pub fn flat_mut<S: Sample>(rows: &mut [S]) -> &mut [S::Elem] {
    const { S::SIZE_IS_LEN };
    // SAFETY: as in `flat`; any elements make valid rows.
    unsafe { core::slice::from_raw_parts_mut(rows.as_mut_ptr().cast(), rows.len() * S::LEN) }
}

/// How many samples have so many elements.
#[inline]
fn count_of<S: Sample>(elements: usize) -> usize {
    // Less code than `is_multiple_of`, in every program for each of its shapes.
    if S::LEN == 0 || elements / S::LEN * S::LEN != elements {
        no_rows(elements, S::LEN);
    }
    elements / S::LEN
}

/// Says that a run of `elements` is no batch of samples of `len`.
#[cold]
#[inline(never)]
fn no_rows(elements: usize, len: usize) -> ! {
    panic!("{elements} elements are not rows of {len}")
}

/// A run of elements as a batch.
///
/// # Panics
/// If the run is not a whole number of samples.
#[inline]
pub fn rows<S: Sample>(flat: &[S::Elem]) -> &[S] {
    const { S::SIZE_IS_LEN };
    let count = count_of::<S>(flat.len());
    // SAFETY: the run holds `len / LEN` samples, and a `Flat` type has its element's alignment (checked below).
    unsafe {
        const { assert!(align_of::<S>() == align_of::<S::Elem>()) };
        core::slice::from_raw_parts(flat.as_ptr().cast(), count)
    }
}

/// A run of elements as a batch, to be changed.
///
/// # Panics
/// If the run is not a whole number of samples.
#[inline]
pub fn rows_mut<S: Sample>(flat: &mut [S::Elem]) -> &mut [S] {
    const { S::SIZE_IS_LEN };
    let count = count_of::<S>(flat.len());
    // SAFETY: as in `rows`.
    unsafe {
        const { assert!(align_of::<S>() == align_of::<S::Elem>()) };
        core::slice::from_raw_parts_mut(flat.as_mut_ptr().cast(), count)
    }
}

/// The first part of `memory` as samples whose elements are all zero, though it is memory of numbers: a pass has no other where it
/// puts tokens side by side.
///
/// ```
/// use typednet_tensor::{Token, zeroed_in};
///
/// let mut memory = [7.0_f32; 10];
/// let texts = zeroed_in::<[Token<65>; 3], f32>(&mut memory, 2);
/// texts[1][0] = Token::new(64)?;
/// assert_eq!((texts.len(), texts[0][2].index(), texts[1][0].index()), (2, 0, 64));
/// assert_eq!(memory[6..], [7.0; 4]);
/// # Ok::<(), typednet_tensor::TokenError>(())
/// ```
///
/// # Panics
/// If the memory is too small.
pub fn zeroed_in<S: Sample, T: AnyBits>(memory: &mut [T], count: usize) -> &mut [S] {
    const {
        let () = S::SIZE_IS_LEN;
        assert!(
            align_of::<S>() <= align_of::<T>(),
            "the elements of a half need no more room than a number of the network"
        );
    }
    let bytes = size::product(&[count, size_of::<S>()]);
    assert!(bytes <= size_of_val(memory), "{bytes} bytes are needed, but there are {}", size_of_val(memory));
    let start = memory.as_mut_ptr();
    // SAFETY: so many bytes are borrowed uniquely (asked above), and whatever they are made, they are numbers `T`. Zero bytes are a
    // valid element, a `Flat` value may consist of any elements, and the place is aligned for it (asked above). The unique borrow
    // is passed on, so nobody reads numbers there before it ends; all that `S` can be made is bytes, since an element has no padding.
    unsafe {
        start.cast::<u8>().write_bytes(0, bytes);
        core::slice::from_raw_parts_mut(start.cast::<S>(), count)
    }
}

/// Samples on the heap whose elements are all zero, made without passing over the stack.
///
/// ```
/// use typednet_tensor::zeroed_samples;
///
/// let samples = zeroed_samples::<[f32; 150_528]>(3);
/// assert!(samples.len() == 3 && samples.iter().all(|sample| sample[150_527] == 0.0));
/// ```
///
/// # Panics
/// If they are more than the memory can hold.
#[cfg(feature = "alloc")]
pub fn zeroed_samples<S: Sample>(count: usize) -> alloc::vec::Vec<S> {
    const { S::SIZE_IS_LEN };
    // SAFETY: a `Flat` value may consist of any elements, and zero bytes are a valid element.
    unsafe { alloc::boxed::Box::<[S]>::new_zeroed_slice(count).assume_init() }.into_vec()
}

/// One sample on the heap whose elements are all zero, as [`zeroed_samples`] makes several.
///
/// ```
/// use typednet_tensor::zeroed_sample;
///
/// let mut picture = zeroed_sample::<[[[u8; 3]; 2_000]; 2_000]>();
/// picture[1_999][1_999] = [255, 128, 0];
/// ```
#[cfg(feature = "alloc")]
pub fn zeroed_sample<S: Sample>() -> alloc::boxed::Box<S> {
    const { S::SIZE_IS_LEN };
    // SAFETY: a `Flat` value may consist of any elements, and zero bytes are a valid element.
    unsafe { alloc::boxed::Box::<S>::new_zeroed().assume_init() }
}

/// Samples under another shape of as many elements, where they are: nothing is copied, and the elements stay in their
/// order.
///
/// ```
/// use typednet_tensor::reshaped;
///
/// let rows = vec![[1.0_f32, 2.0, 3.0, 4.0]];
/// assert_eq!(reshaped::<_, [[[f32; 1]; 2]; 2]>(rows), [[[[1.0], [2.0]], [[3.0], [4.0]]]]);
/// ```
///
/// Another number of elements is an error when the program is built:
///
/// ```compile_fail
/// use typednet_tensor::reshaped;
///
/// let rows = vec![[1.0_f32, 2.0, 3.0, 4.0]];
/// println!("{:?}", reshaped::<_, [[f32; 2]; 3]>(rows));
/// ```
#[cfg(feature = "alloc")]
pub fn reshaped<A: Sample, B: Sample<Elem = A::Elem>>(samples: alloc::vec::Vec<A>) -> alloc::vec::Vec<B> {
    const {
        let () = (A::SIZE_IS_LEN, B::SIZE_IS_LEN).1;
        assert!(
            A::LEN == B::LEN && align_of::<A>() == align_of::<B>(),
            "a sample can be reshaped to one of as many elements only"
        );
    }
    let mut samples = core::mem::ManuallyDrop::new(samples);
    // SAFETY: the pointer, the length and the capacity are those of a vector that is not used again. A value of either
    // type is the same number of the same elements and needs the same alignment (asked above), so the memory was
    // allocated as that of `B` would be, and any elements make a valid `B`.
    unsafe { alloc::vec::Vec::from_raw_parts(samples.as_mut_ptr().cast(), samples.len(), samples.capacity()) }
}
