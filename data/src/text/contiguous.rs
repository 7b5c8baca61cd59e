//! Batches over a text that go on where the batch before ended.

use std::array;

use typednet_tensor::{Class, Flat, Key, Pair, Sample, Scalar, Token, flat_mut};

use super::TextError;
use crate::dataset::check_count;
use crate::{DataError, Source};

/// Windows of `N` tokens over a text in an order in which row r of each batch goes on where row r of the batch before ended, each with
/// what comes behind each of its tokens: the data of a recurrent network whose last state is the first of the next batch.
///
/// The text is cut into as many runs as a batch has rows, of as many whole windows each, and run r is what row r of all batches reads:
/// window w of run r is sample w·rows + r. What does not fill a window of every run stands at the end of the text and is not read; it
/// is at most rows·N tokens, and [`left_out`](Self::left_out) says how many. The data are to be taken in order, in batches of that many
/// rows ([`rows`](Self::rows)): a trainer that carries states does, and refuses every other batch size. Where the network reads a state
/// beside its tokens, that is 0 here.
///
/// ```
/// use typednet_data::text::Vocabulary;
/// use typednet_data::Source;
/// use typednet_tensor::Key;
///
/// let vocabulary = Vocabulary::<10>::of("0123456789")?;
/// let text = vocabulary.contiguous::<2>("0123456789", 2)?;
/// assert_eq!((text.rows(), Source::<[_; 2], _>::len(&text), text.left_out()), (2, 4, 2));
/// let (mut x, mut y) = ([[vocabulary.encode("0")?[0]; 2]; 4], [[vocabulary.encode("0")?[0].into(); 2]; 4]);
/// text.gather(&[0, 1, 2, 3], Key::new(0), &mut x, &mut y);
/// assert_eq!(x.map(|x| vocabulary.decode(&x)), ["01", "45", "23", "67"]);
/// assert_eq!(y[1].map(|class| class.index()), [5, 6]);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contiguous<const V: usize, const N: usize> {
    tokens: Vec<Token<V>>,
    rows: usize,
    /// The windows of a run.
    windows: usize,
}

impl<const V: usize, const N: usize> Contiguous<V, N> {
    /// Windows over `tokens` for batches of `rows` rows.
    ///
    /// # Errors
    /// If there are fewer tokens than rows·N + 1, if there are to be no rows, or if there are more windows than a data set may have.
    pub fn new(tokens: impl Into<Vec<Token<V>>>, rows: usize) -> Result<Self, DataError> {
        const { assert!(N > 0, "a window has at least one token") };
        let tokens = tokens.into();
        if rows == 0 {
            return Err(TextError::NoRows.into());
        }
        if tokens.is_empty() {
            return Err(TextError::Empty.into());
        }
        let windows = (tokens.len() - 1) / N / rows;
        if windows == 0 {
            let expected = rows.saturating_mul(N).saturating_add(1);
            return Err(TextError::Short { expected, found: tokens.len() }.into());
        }
        check_count(windows * rows)?;
        Ok(Self { tokens, rows, windows })
    }

    /// All tokens of the text.
    pub fn tokens(&self) -> &[Token<V>] {
        &self.tokens
    }

    /// The rows that a batch must have.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many tokens at the end of the text are in no window: from 1, since the last token of a text has nothing behind it, to rows·N.
    pub fn left_out(&self) -> usize {
        self.tokens.len() - self.windows * self.rows * N
    }

    /// A window, and the token behind each of its own.
    fn window(&self, sample: u32) -> (&[Token<V>], &[Token<V>]) {
        let (window, row) = (sample as usize / self.rows, sample as usize % self.rows);
        assert!(window < self.windows, "there is no window {sample}: there are {}", self.windows * self.rows);
        let from = (row * self.windows + window) * N;
        (&self.tokens[from..from + N], &self.tokens[from + 1..=from + N])
    }

    fn classes(&self, sample: u32) -> [Class<V>; N] {
        let (_, next) = self.window(sample);
        array::from_fn(|step| next[step].into())
    }

    /// Calls `put` with the tokens of each sample and its place, and writes its target.
    fn each<X>(&self, rows: &[u32], x: &mut [X], y: &mut [[Class<V>; N]], put: impl Fn(&[Token<V>], &mut X)) {
        assert_eq!(rows.len(), x.len(), "gather needs one place for each sample");
        assert_eq!(rows.len(), y.len(), "gather needs one place for each target");
        for ((row, x), y) in rows.iter().zip(x).zip(y) {
            put(self.window(*row).0, x);
            *y = self.classes(*row);
        }
    }
}

impl<const V: usize, const N: usize> Source<[Token<V>; N], [Class<V>; N]> for Contiguous<V, N> {
    fn len(&self) -> usize {
        self.windows * self.rows
    }

    fn target(&self, row: u32) -> [Class<V>; N] {
        self.classes(row)
    }

    fn gather(&self, rows: &[u32], _: Key, x: &mut [[Token<V>; N]], y: &mut [[Class<V>; N]]) {
        self.each(rows, x, y, |tokens, x| x.copy_from_slice(tokens));
    }

    fn contiguous_rows(&self) -> Option<usize> {
        Some(self.rows)
    }
}

/// Beside the tokens a state of zeros.
impl<S, const V: usize, const N: usize> Source<Pair<[Token<V>; N], S>, [Class<V>; N]> for Contiguous<V, N>
where
    S: Sample<Elem: Scalar>,
    Pair<[Token<V>; N], S>: Sample,
{
    fn len(&self) -> usize {
        self.windows * self.rows
    }

    fn target(&self, row: u32) -> [Class<V>; N] {
        self.classes(row)
    }

    fn gather(&self, rows: &[u32], _: Key, x: &mut [Pair<[Token<V>; N], S>], y: &mut [[Class<V>; N]]) {
        self.each(rows, x, y, |tokens, x| {
            x.first.copy_from_slice(tokens);
            flat_mut(std::slice::from_mut(&mut x.second)).fill(<S as Flat>::Elem::ZERO);
        });
    }

    fn contiguous_rows(&self) -> Option<usize> {
        Some(self.rows)
    }
}
