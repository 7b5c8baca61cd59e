//! Texts whose tokens all count, and those that end with padding.

use typednet_tensor::{Padded, Token};

/// A text of at most `N` tokens of a vocabulary of `V`.
pub(crate) trait Text<const N: usize, const V: usize>: Sync {
    /// The tokens that count, which are the first ones.
    fn counted(&self) -> &[Token<V>];
}

impl<const N: usize, const V: usize> Text<N, V> for [Token<V>; N] {
    #[inline]
    fn counted(&self) -> &[Token<V>] {
        self
    }
}

impl<const N: usize, const V: usize> Text<N, V> for Padded<[Token<V>; N]> {
    #[inline]
    fn counted(&self) -> &[Token<V>] {
        Padded::counted(self)
    }
}
