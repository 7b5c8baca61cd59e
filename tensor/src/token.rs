//! Tokens of a text as a type.

use core::fmt;

use crate::{Class, Element, Flat, NoGradient, Sample, Shape};

/// One of the `V` entries of a vocabulary, 0 to `V` − 1: a character, a piece of a word, whatever a text is cut into.
///
/// It is to a network's input what [`Class`] is to its target: a number is checked once, where it comes in, so token 65 of 65
/// cannot reach a network. Arrays of tokens are samples; a network that reads `[Token<65>; 64]` begins with a table of
/// vectors, one for each entry.
///
/// ```
/// use typednet_tensor::{Sample, Token};
///
/// let token = Token::<65>::new(64)?;
/// assert_eq!(token.index(), 64);
/// assert_eq!(<[Token<65>; 32]>::SHAPE.sizes(), [32]);
/// assert_eq!(
///     Token::<65>::new(65).unwrap_err().to_string(),
///     "token 65 is out of range: the vocabulary has 65 entries, 0 to 64",
/// );
/// # Ok::<(), typednet_tensor::TokenError>(())
/// ```
///
/// A token is no number. Numbers cannot be read as tokens, whether they are a file's bytes or the memory that a pass works
/// in; of these three programs the first compiles,
///
/// ```
/// # use typednet_tensor::{Token, from_le_bytes, rows, recast};
/// let _: [[f32; 2]; 1] = from_le_bytes(&[0; 8]);
/// let _: &[[f32; 2]] = rows(&[0.0_f32; 4]);
/// let _: &[[Token<9>; 1]; 2] = recast(&[Token::<9>::default(); 2]);
/// ```
///
/// and the others do not:
///
/// ```compile_fail
/// # use typednet_tensor::{Token, from_le_bytes};
/// let _: [[Token<9>; 2]; 1] = from_le_bytes(&[0; 8]);
/// ```
///
/// ```compile_fail
/// # use typednet_tensor::{Token, rows};
/// let _: &[[Token<9>; 2]] = rows(&[0.0_f32; 4]);
/// ```
///
/// A vocabulary has at least one entry, since memory that is zeroed holds token 0:
///
/// ```compile_fail
/// # use typednet_tensor::{Flat, Token};
/// let tokens = <[Token<0>; 4]>::zeros();
/// # println!("{tokens:?}");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct Token<const V: usize>(u32);

impl<const V: usize> Token<V> {
    /// Fails to compile where there is no token.
    const HAS_ENTRIES: () = assert!(V > 0 && V <= u32::MAX as usize, "a vocabulary has at least one entry");

    /// The token with this number.
    ///
    /// # Errors
    /// If the vocabulary has no such entry.
    pub const fn new(token: usize) -> Result<Self, TokenError> {
        const { Self::HAS_ENTRIES };
        if token < V { Ok(Self(token as u32)) } else { Err(TokenError { token, vocabulary: V }) }
    }

    /// A number of steps where tokens stand: see [`Padded`](crate::Padded).
    pub(crate) const fn of_count(count: u32) -> Self {
        Self(count)
    }

    /// All tokens in order.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..V).map(|index| Self(index as u32))
    }

    /// The token's number.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a network says comes next, as what it reads next.
impl<const V: usize> From<Class<V>> for Token<V> {
    fn from(class: Class<V>) -> Self {
        Self(class.index() as u32)
    }
}

/// A token that comes next, as the class that a network is to say.
impl<const V: usize> From<Token<V>> for Class<V> {
    fn from(token: Token<V>) -> Self {
        Self::of_index(token.index() as u32)
    }
}

impl<const V: usize> fmt::Display for Token<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const V: usize> fmt::Debug for Token<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {V}", self.0)
    }
}

// SAFETY: a transparent `u32`; zero is a token, since there is at least one. (Nothing that is not checked hangs on a token
// being less than `V`.)
unsafe impl<const V: usize> Element for Token<V> {
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self.0)
    }
}

// SAFETY: one element of its own type, and any token is a valid one.
unsafe impl<const V: usize> Flat for Token<V> {
    type Elem = Self;
    // Asked here, since the length of an array of them is made of this.
    const LEN: usize = {
        let () = Self::HAS_ENTRIES;
        1
    };
}

impl<const V: usize> Sample for Token<V> {
    const SHAPE: Shape = Shape::SCALAR;
    type Grad = NoGradient;

    #[inline]
    fn not_finite(&self) -> Option<(usize, f64)> {
        None
    }
}

/// A number that is no token of a vocabulary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenError {
    /// The number that was found.
    pub token: usize,
    /// How many entries the vocabulary has.
    pub vocabulary: usize,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token, vocabulary } = self;
        let last = vocabulary.saturating_sub(1);
        write!(f, "token {token} is out of range: the vocabulary has {vocabulary} entries, 0 to {last}")
    }
}

crate::debug_as_display!(TokenError);

impl core::error::Error for TokenError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{flat, rows, same};

    #[test]
    fn arrays_of_tokens_are_samples_of_their_tokens() {
        type Text = [[Token<7>; 3]; 2];
        let token = |index| Token::<7>::new(index).unwrap();
        let text: Text = [[token(0), token(6), token(2)], [token(3), token(3), token(1)]];
        assert_eq!((Text::SHAPE.sizes(), Text::LEN, Token::<7>::SHAPE.sizes()), (&[2, 3][..], 6, &[][..]));
        assert!(text.as_flat().iter().map(|token| token.index()).eq([0, 6, 2, 3, 3, 1]));
        assert_eq!(rows::<[Token<7>; 2]>(flat(&[text])).len(), 3);
        assert_eq!(Text::zeros(), [[token(0); 3]; 2]);
        assert!(Token::<7>::all().map(Token::index).eq(0..7));
    }

    #[test]
    fn what_is_no_entry_is_no_token() {
        assert_eq!(Token::<3>::new(2).map(Token::index), Ok(2));
        for token in [3, usize::MAX, 1_usize.checked_shl(32).unwrap_or(4)] {
            assert_eq!(Token::<3>::new(token), Err(TokenError { token, vocabulary: 3 }));
        }
    }

    #[test]
    fn a_token_and_the_class_of_its_number_are_made_of_each_other() {
        for token in Token::<5>::all() {
            let class = Class::from(token);
            assert_eq!((class.index(), Token::from(class)), (token.index(), token));
        }
    }

    #[test]
    #[should_panic(expected = "a batch of one type is no batch of another")]
    fn tokens_of_one_vocabulary_are_none_of_another() {
        let _: &[[Token<9>; 1]] = same(&[[Token::<300>::new(299).unwrap()]]);
    }
}
