//! Windows over a text.

use std::array;

use typednet_tensor::{Class, Key, Token};

use super::TextError;
use crate::dataset::check_count;
use crate::{DataError, Dataset, Source};

/// Windows of `N` tokens over a text, each with what comes behind each of its tokens: the data of a network that reads
/// `[Token<V>; N]` and says N times what comes next.
///
/// Window i begins at token i·stride. A stride of N takes every token once as an input; a smaller one shows each at several
/// places, which is more to learn from and to look at. What does not fill a last window is left out. The text is kept once, so it
/// takes 4 bytes for each token whatever the stride; a batch's windows are copied where they are gathered.
///
/// ```
/// use typednet_data::text::Vocabulary;
///
/// let vocabulary = Vocabulary::<3>::of("abcab")?;
/// let windows = vocabulary.windows::<3>("abcab", 1)?.to_dataset()?;
/// assert_eq!(windows.samples().iter().map(|x| vocabulary.decode(x)).collect::<Vec<_>>(), ["abc", "bca"]);
/// assert_eq!(windows.targets()[1].map(|class| class.index()), [2, 0, 1]); // "cab"
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows<const V: usize, const N: usize> {
    tokens: Vec<Token<V>>,
    stride: usize,
    count: u32,
}

impl<const V: usize, const N: usize> Windows<V, N> {
    /// Windows over `tokens`, `stride` tokens apart.
    ///
    /// # Errors
    /// If there are fewer tokens than N + 1, if the stride is 0, or if there are more windows than a data set may have.
    pub fn new(tokens: impl Into<Vec<Token<V>>>, stride: usize) -> Result<Self, DataError> {
        const { assert!(N > 0, "a window has at least one token") };
        let tokens = tokens.into();
        if stride == 0 {
            return Err(TextError::StrideOfZero.into());
        }
        if tokens.is_empty() {
            return Err(TextError::Empty.into());
        }
        let Some(starts) = tokens.len().checked_sub(N + 1) else {
            return Err(TextError::Short { expected: N + 1, found: tokens.len() }.into());
        };
        let count = check_count(starts / stride + 1)?;
        Ok(Self { tokens, stride, count })
    }

    /// All tokens of the text.
    pub fn tokens(&self) -> &[Token<V>] {
        &self.tokens
    }

    /// The window of this number, and the token behind each of its own.
    fn window(&self, row: u32) -> (&[Token<V>], &[Token<V>]) {
        assert!(row < self.count, "there is no window {row}: there are {}", self.count);
        let from = row as usize * self.stride;
        (&self.tokens[from..from + N], &self.tokens[from + 1..=from + N])
    }

    /// All windows in memory, each for itself.
    ///
    /// # Errors
    /// None: there is at least one window.
    pub fn to_dataset(&self) -> Result<Dataset<[Token<V>; N], [Class<V>; N]>, DataError> {
        let sample = |row| array::from_fn(|step| self.window(row).0[step]);
        let samples: Vec<_> = (0..self.count).map(sample).collect();
        let targets: Vec<_> = (0..self.count).map(|row| self.target(row)).collect();
        Dataset::new(samples, targets)
    }
}

impl<const V: usize, const N: usize> Source<[Token<V>; N], [Class<V>; N]> for Windows<V, N> {
    fn len(&self) -> usize {
        self.count as usize
    }

    fn target(&self, row: u32) -> [Class<V>; N] {
        let (_, next) = self.window(row);
        array::from_fn(|step| next[step].into())
    }

    fn gather(&self, rows: &[u32], _: Key, x: &mut [[Token<V>; N]], y: &mut [[Class<V>; N]]) {
        assert_eq!(rows.len(), x.len(), "gather needs one place for each sample");
        assert_eq!(rows.len(), y.len(), "gather needs one place for each target");
        for ((row, x), y) in rows.iter().zip(x).zip(y) {
            let (tokens, next) = self.window(*row);
            x.copy_from_slice(tokens);
            for (y, next) in y.iter_mut().zip(next) {
                *y = (*next).into();
            }
        }
    }
}
