//! Texts of different lengths as samples of one size.

use std::array;

use typednet_tensor::{Class, Padded, PaddingError, Token};

use super::{TextError, Vocabulary};

/// What is done with a text that has more characters than a sample.
///
/// Texts differ in length; a network reads [`Padded`] ones, of which only the characters that there are count. Shorter ones take no
/// setting: what is missing is padding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TooLong {
    /// It is an error.
    #[default]
    Refused,
    /// Only its first characters are taken.
    Cut,
}

/// A text, and what comes behind each of its characters; nothing where there is no such character.
pub type Continued<const V: usize, const N: usize> = (Padded<[Token<V>; N]>, [Option<Class<V>>; N]);

impl<const V: usize> Vocabulary<V> {
    /// A text of at most `N` characters.
    ///
    /// ```
    /// use typednet_data::text::{TooLong, Vocabulary};
    ///
    /// let vocabulary = Vocabulary::<3>::of("abc")?;
    /// let word = vocabulary.padded::<5>("cab", TooLong::Refused)?;
    /// assert_eq!(vocabulary.decode(word.counted()), "cab");
    /// assert_eq!(
    ///     vocabulary.padded::<2>("cab", TooLong::Refused).unwrap_err().to_string(),
    ///     "the text has 3 characters, but a sample has room for 2; leave it out, cut it by `TooLong::Cut`, or give samples more \
    ///      steps",
    /// );
    /// # Ok::<(), typednet_data::text::TextError>(())
    /// ```
    ///
    /// # Errors
    /// If the text is empty, has a character that the vocabulary does not have, or is too long where that is refused.
    pub fn padded<const N: usize>(&self, text: &str, too_long: TooLong) -> Result<Padded<[Token<V>; N]>, TextError> {
        let tokens = self.encode(text)?;
        fit(if too_long == TooLong::Cut { &tokens[..tokens.len().min(N)] } else { &tokens })
    }

    /// Many texts of at most `N` characters: the samples of a network that reads `Padded<[Token<V>; N]>`.
    ///
    /// ```
    /// use typednet_data::text::{TooLong, Vocabulary};
    ///
    /// let vocabulary = Vocabulary::<3>::of("abc")?;
    /// let words = vocabulary.padded_texts::<3, _>(["a", "cab", "ba"], TooLong::Refused)?;
    /// assert_eq!(words.iter().map(|word| word.length()).collect::<Vec<_>>(), [1, 3, 2]);
    /// assert_eq!(
    ///     vocabulary.padded_texts::<3, _>(["a", ""], TooLong::Refused).unwrap_err().to_string(),
    ///     "text 2: the text is empty; at least one character is needed",
    /// );
    /// # Ok::<(), typednet_data::text::TextError>(())
    /// ```
    ///
    /// # Errors
    /// As [`padded`](Self::padded), with the number of the text, from 1.
    pub fn padded_texts<const N: usize, S: AsRef<str>>(
        &self,
        texts: impl IntoIterator<Item = S>,
        too_long: TooLong,
    ) -> Result<Vec<Padded<[Token<V>; N]>>, TextError> {
        let one = |(index, text): (usize, S)| {
            let in_text = |error| TextError::InText { text: index + 1, error: Box::new(error) };
            self.padded(text.as_ref(), too_long).map_err(in_text)
        };
        texts.into_iter().enumerate().map(one).collect()
    }

    /// A text of at most `N` + 1 characters for a network that says at every character what comes next, and the characters that do.
    /// The loss of such targets is [`Masked`](https://docs.rs/typednet-layers/latest/typednet_layers/loss/struct.Masked.html).
    ///
    /// ```
    /// use typednet_data::text::{TooLong, Vocabulary};
    ///
    /// let vocabulary = Vocabulary::<3>::of("abc")?;
    /// let (word, next) = vocabulary.continued::<4>("cab", TooLong::Refused)?;
    /// assert_eq!(vocabulary.decode(word.counted()), "ca");
    /// assert_eq!(next.map(|class| class.map(|class| class.index())), [Some(0), Some(1), None, None]);
    /// # Ok::<(), typednet_data::text::TextError>(())
    /// ```
    ///
    /// # Errors
    /// As [`padded`](Self::padded), and if the text has one character only, behind which nothing comes.
    pub fn continued<const N: usize>(&self, text: &str, too_long: TooLong) -> Result<Continued<V, N>, TextError> {
        let tokens = self.encode(text)?;
        match tokens.len() {
            0 => return Err(TextError::Empty),
            1 => return Err(TextError::Short { expected: 2, found: 1 }),
            found if found > N + 1 && too_long == TooLong::Refused => {
                return Err(TextError::Long { room: N + 1, found });
            }
            _ => {}
        }
        let length = (tokens.len() - 1).min(N);
        let next = array::from_fn(|step| (step < length).then(|| tokens[step + 1].into()));
        Ok((fit(&tokens[..length])?, next))
    }
}

fn fit<const V: usize, const N: usize>(tokens: &[Token<V>]) -> Result<Padded<[Token<V>; N]>, TextError> {
    Padded::new(tokens).map_err(|error| match error {
        PaddingError::TooLong { length, steps } => TextError::Long { room: steps, found: length },
        _ => TextError::Empty,
    })
}
