//! How many elements there are of what follows from a chain.

use core::marker::PhantomData;

use typednet_tensor::Flat;

use crate::{Compact, Streaming};

/// How many elements the state and the forms of `L` have; 0 for what it has not, by [`NoSize`].
pub struct SizeOf<L>(PhantomData<L>);

impl<L: Streaming> SizeOf<L> {
    /// Those of its state.
    pub const STATE: usize = L::State::LEN;
}

impl<L: Compact> SizeOf<L> {
    /// Those of its form of two bytes.
    pub const BF16: usize = L::Bf16::LEN;

    /// Those of its form of one byte.
    pub const INT8: usize = L::Int8::LEN;
}

/// What a [`SizeOf`] says where nothing else does.
pub trait NoSize {
    /// No state.
    const STATE: usize = 0;

    /// No form of two bytes.
    const BF16: usize = 0;

    /// No form of one byte.
    const INT8: usize = 0;
}

impl<L> NoSize for SizeOf<L> {}
