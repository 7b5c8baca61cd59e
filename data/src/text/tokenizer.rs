//! The pieces of words of a text by number.

use std::fmt;
use std::path::Path;

use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{
    DecoderWrapper, NormalizerWrapper, PostProcessorWrapper, PreTokenizerWrapper, TokenizerBuilder, TokenizerImpl,
};
use typednet_tensor::Token;

use super::{TextError, Windows};
use crate::DataError;

/// A tokenizer that learns byte pairs.
type Learning = TokenizerImpl<BPE, NormalizerWrapper, PreTokenizerWrapper, PostProcessorWrapper, DecoderWrapper>;

/// How many bytes there are, each of which is a piece.
const BYTES: usize = 256;

/// Texts as the `V` pieces of a tokenizer, each a [`Token`]: byte pairs (Sennrich and others 2016), `WordPiece` or unigrams, by the
/// crate `tokenizers`, whose `tokenizer.json` most published models have.
///
/// A text loses nothing on its way without a word: what no piece has in it is an error with its place, unless the tokenizer has a piece
/// for what is unknown, and a file's own limit of a text's length is not kept. Pieces that a file puts around a text
/// (`[CLS]`, `<s>`) are not put there; they have tokens, as the others have.
///
/// ```
/// use typednet_data::text::{Tokenizer, shakespeare};
///
/// let tokenizer = Tokenizer::<512>::learnt(&shakespeare()?[..100_000])?;
/// let tokens = tokenizer.encode("What, is Horatio there? – A piece of him.")?;
/// assert!(tokens.len() < 30);
/// assert_eq!(tokenizer.decode(&tokens)?, "What, is Horatio there? – A piece of him.");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone)]
pub struct Tokenizer<const V: usize>(tokenizers::Tokenizer);

impl<const V: usize> Tokenizer<V> {
    /// Learns from `text` which pairs of pieces are most frequent and makes a piece of each, from the 256 bytes on, until
    /// there are `V`. Every text can be encoded, and the same text teaches the same pieces. No piece goes over the end of a word.
    ///
    /// # Errors
    /// If `V` is below 256, or the text is too short for as many.
    pub fn learnt(text: &str) -> Result<Self, TextError> {
        if V < BYTES {
            return Err(TextError::FewerThanBytes { expected: V });
        }
        let mut tokenizer: Learning = TokenizerBuilder::new()
            .with_model(BPE::default())
            .with_normalizer(None)
            .with_pre_tokenizer(Some(ByteLevel::new(false, true, true).into()))
            .with_post_processor(None)
            .with_decoder(Some(ByteLevel::default().into()))
            .build()
            .map_err(failed)?;
        let mut trainer = BpeTrainer::builder()
            .vocab_size(V)
            .show_progress(false)
            .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
            .build();
        tokenizer.train(&mut trainer, text.split_inclusive('\n')).map_err(failed)?;
        let found = tokenizer.get_vocab_size(true);
        if found < V {
            return Err(TextError::FewPieces { expected: V, found });
        }
        let json = tokenizer.to_string(false).map_err(failed)?;
        Self::parse(&json)
    }

    /// The tokenizer of a `tokenizer.json`.
    ///
    /// # Errors
    /// If the file cannot be read, is no tokenizer, or has not exactly `V` pieces, from number 0 to `V` − 1.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        let path = path.as_ref();
        let in_file = |error| DataError::In { path: path.to_path_buf(), error: Box::new(error) };
        let json = std::fs::read_to_string(path).map_err(|error| in_file(DataError::Io(error)))?;
        Self::parse(&json).map_err(|error| in_file(error.into()))
    }

    /// The tokenizer of the text of a `tokenizer.json`.
    ///
    /// # Errors
    /// If the text is no tokenizer, or has not exactly `V` pieces, from number 0 to `V` − 1.
    pub fn parse(json: &str) -> Result<Self, TextError> {
        let mut tokenizer: tokenizers::Tokenizer =
            json.parse().map_err(|error: tokenizers::Error| TextError::Malformed { reason: error.to_string() })?;
        let vocabulary = tokenizer.get_vocab(true);
        let found = vocabulary.values().max().map_or(0, |last| *last as usize + 1).max(vocabulary.len());
        if found != V {
            return Err(TextError::PieceCount { expected: V, found });
        }
        // Nothing is cut off, and nothing put behind a short text.
        tokenizer.with_truncation(None).map_err(failed)?;
        tokenizer.with_padding(None);
        Ok(Self(tokenizer))
    }

    /// The tokenizer as the text of a `tokenizer.json`.
    ///
    /// # Errors
    /// None that is known.
    pub fn to_json(&self) -> Result<String, TextError> {
        self.0.to_string(true).map_err(failed)
    }

    /// The piece of a token, as the tokenizer calls it: the pieces of [`learnt`](Self::learnt) have `Ġ` for a space.
    pub fn piece(&self, token: Token<V>) -> Option<String> {
        self.0.id_to_token(number(token))
    }

    /// The token of a piece, as the tokenizer calls it.
    pub fn token(&self, piece: &str) -> Option<Token<V>> {
        Token::new(self.0.token_to_id(piece)? as usize).ok()
    }

    /// The tokens of a text, which may be empty.
    ///
    /// # Errors
    /// The first word of the text of which something is in no token, with its place.
    pub fn encode(&self, text: &str) -> Result<Vec<Token<V>>, TextError> {
        let encoding = self.0.encode(text, false).map_err(failed)?;
        let mut covered = 0;
        for &(start, end) in encoding.get_offsets() {
            uncovered(text, covered, start)?;
            covered = covered.max(end);
        }
        uncovered(text, covered, text.len())?;
        let token = |id: &u32| {
            let reason = || TextError::Tokenizer { reason: format!("it gives the token {id}, and has {V}") };
            Token::new(*id as usize).map_err(|_| reason())
        };
        encoding.get_ids().iter().map(token).collect()
    }

    /// The text of some tokens. It is the text that was encoded where the tokenizer keeps all of it, as that of
    /// [`learnt`](Self::learnt) does; others change cases, accents or spaces.
    ///
    /// # Errors
    /// If the tokenizer cannot.
    pub fn decode(&self, tokens: &[Token<V>]) -> Result<String, TextError> {
        let ids: Vec<u32> = tokens.iter().copied().map(number).collect();
        self.0.decode(&ids, false).map_err(failed)
    }

    /// Windows of `N` pieces over `text`, `stride` pieces apart, each with the pieces that come behind its own: see [`Windows`].
    ///
    /// # Errors
    /// As [`encode`](Self::encode), and as [`Windows::new`].
    pub fn windows<const N: usize>(&self, text: &str, stride: usize) -> Result<Windows<V, N>, DataError> {
        Windows::new(self.encode(text)?, stride)
    }
}

/// How much of a word a message has.
const LONGEST_WORD: usize = 40;

/// What is in no token between two places of `text` may be white space or without a picture, which tokenizers leave out.
fn uncovered(text: &str, from: usize, to: usize) -> Result<(), TextError> {
    let between = text.get(from..to).unwrap_or_default();
    let part = between.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if part.is_empty() {
        return Ok(());
    }
    // The whole word: which of its characters is lost is not always said.
    let at = from + between.find(part).unwrap_or_default();
    let start = text[..at].char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(i, c)| i + c.len_utf8());
    let (before, word) = text.split_at(start);
    let word = word.chars().take_while(|c| !c.is_whitespace()).take(LONGEST_WORD).collect();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    Err(TextError::Uncovered { word, line, column })
}

fn number<const V: usize>(token: Token<V>) -> u32 {
    token.index() as u32
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn failed(error: tokenizers::Error) -> TextError {
    TextError::Tokenizer { reason: error.to_string() }
}

/// As in `a tokenizer of 512 pieces`.
impl<const V: usize> fmt::Display for Tokenizer<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a tokenizer of {V} pieces")
    }
}

/// As it is displayed: the pieces would be lines without end.
impl<const V: usize> fmt::Debug for Tokenizer<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
