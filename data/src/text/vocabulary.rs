//! The characters of a text by number.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use typednet_tensor::Token;

use super::{Contiguous, TextError, Windows};
use crate::{DataError, json};

/// The `V` different characters of a text, each a [`Token`]: token 0 is the one with the lowest code. It is kept with the weights
/// of the network that reads them.
///
/// ```
/// use typednet_data::text::Vocabulary;
///
/// let vocabulary = Vocabulary::<4>::of("a cab")?;
/// assert_eq!(vocabulary.characters(), [' ', 'a', 'b', 'c']);
/// let tokens = vocabulary.encode("bac")?;
/// assert_eq!(vocabulary.decode(&tokens), "bac");
/// assert_eq!(
///     vocabulary.encode("ab\nd").unwrap_err().to_string(),
///     "line 1, column 3: the character '\\n' is not in the vocabulary; leave it out, or make the vocabulary of a text that has it",
/// );
/// assert_eq!(
///     Vocabulary::<9>::of("a cab").unwrap_err().to_string(),
///     "there are 4 different characters, but the vocabulary is declared for 9; write `Vocabulary<4>`, and `Token<4>` in the \
///      network",
/// );
/// # Ok::<(), typednet_data::text::TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary<const V: usize>(Box<[char]>);

/// What is saved of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    kind: String,
    format: u32,
    characters: String,
}

const KIND: &str = "vocabulary of characters";
const FORMAT: u32 = 1;

impl<const V: usize> Vocabulary<V> {
    /// All characters of `text`.
    ///
    /// # Errors
    /// If the text is empty, or has not exactly `V` different characters.
    pub fn of(text: &str) -> Result<Self, TextError> {
        Self::new(text.chars().collect::<BTreeSet<_>>())
    }

    /// These characters, which are put in the order of their codes.
    ///
    /// # Errors
    /// If there are none, one stands twice, or there are not exactly `V`.
    pub fn new(characters: impl IntoIterator<Item = char>) -> Result<Self, TextError> {
        let mut characters: Vec<char> = characters.into_iter().collect();
        if characters.is_empty() {
            return Err(TextError::Empty);
        }
        characters.sort_unstable();
        if let Some(pair) = characters.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(TextError::Twice { character: pair[0] });
        }
        if characters.len() != V {
            return Err(TextError::VocabularySize { expected: V, found: characters.len() });
        }
        Ok(Self(characters.into()))
    }

    /// All characters, that of token 0 first.
    pub fn characters(&self) -> &[char] {
        &self.0
    }

    /// The character of a token.
    pub fn character(&self, token: Token<V>) -> char {
        self.0[token.index()]
    }

    /// The token of a character, if the vocabulary has it.
    pub fn token(&self, character: char) -> Option<Token<V>> {
        let index = self.0.binary_search(&character).ok()?;
        Token::new(index).ok()
    }

    /// The tokens of a text, which may be empty.
    ///
    /// # Errors
    /// The first character that the vocabulary does not have, with its place.
    pub fn encode(&self, text: &str) -> Result<Vec<Token<V>>, TextError> {
        let mut tokens = Vec::with_capacity(text.len());
        let (mut line, mut column) = (1, 1);
        for character in text.chars() {
            let token = self.token(character).ok_or(TextError::Unknown { character, line, column })?;
            tokens.push(token);
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        Ok(tokens)
    }

    /// The text of some tokens.
    pub fn decode(&self, tokens: &[Token<V>]) -> String {
        tokens.iter().map(|token| self.character(*token)).collect()
    }

    /// Windows of `N` characters over `text`, `stride` characters apart, each with the characters that come behind its own: see
    /// [`Windows`].
    ///
    /// # Errors
    /// If the text has a character that the vocabulary does not have, or fewer than N + 1; if the stride is 0, or there are more
    /// windows than a data set may have.
    pub fn windows<const N: usize>(&self, text: &str, stride: usize) -> Result<Windows<V, N>, DataError> {
        Windows::new(self.encode(text)?, stride)
    }

    /// Windows of `N` characters over `text` in batches of `rows` rows, each of which goes on where the same row of the batch before
    /// ended: see [`Contiguous`].
    ///
    /// # Errors
    /// If the text has a character that the vocabulary does not have, or fewer than rows·N + 1; if there are to be no rows, or there are
    /// more windows than a data set may have.
    pub fn contiguous<const N: usize>(&self, text: &str, rows: usize) -> Result<Contiguous<V, N>, DataError> {
        Contiguous::new(self.encode(text)?, rows)
    }

    /// The characters as one line of JSON.
    ///
    /// # Errors
    /// None that is known: every text can be written.
    pub fn to_json(&self) -> Result<String, DataError> {
        json::line(&Facts { kind: KIND.into(), format: FORMAT, characters: self.0.iter().collect() })
    }

    /// The vocabulary in such a text.
    ///
    /// # Errors
    /// If the text is damaged or cut off, or has something else or another number of characters.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let facts: Facts = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        if (&*facts.kind, facts.format) != (KIND, FORMAT) {
            let found = format!("{} in format {}", facts.kind, facts.format);
            return Err(malformed(format!("expected {KIND} in format {FORMAT}, found {found}")));
        }
        Ok(Self::new(facts.characters.chars())?)
    }
}

fn malformed(reason: String) -> DataError {
    TextError::Malformed { reason }.into()
}

/// As in `63 characters: "\n !&',-.:;?ABC…"`.
impl<const V: usize> fmt::Display for Vocabulary<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{V} characters: {:?}", self.0.iter().collect::<String>())
    }
}
