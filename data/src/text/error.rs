//! Errors of texts.

use std::{error, fmt};

/// Why a text could not be read as tokens.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextError {
    /// There is no character.
    Empty,
    /// A vocabulary has another number of characters than its type says.
    VocabularySize {
        /// How many the type has.
        expected: usize,
        /// How many different characters there are.
        found: usize,
    },
    /// A character stands twice in a vocabulary.
    Twice {
        /// The character.
        character: char,
    },
    /// A character that the vocabulary does not have.
    Unknown {
        /// The character.
        character: char,
        /// Its line, from 1.
        line: usize,
        /// Its place in the line, from 1, counted in characters.
        column: usize,
    },
    /// A text is too short for one window and what comes behind it.
    Short {
        /// How many characters are needed.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A text has more characters than there is room for.
    Long {
        /// How many there is room for.
        room: usize,
        /// How many there are.
        found: usize,
    },
    /// One of several texts is wrong.
    InText {
        /// Its number, from 1.
        text: usize,
        /// What is wrong with it.
        error: Box<TextError>,
    },
    /// Windows were to stand no characters apart.
    StrideOfZero,
    /// Batches were to have no rows.
    NoRows,
    /// A tokenizer has another number of pieces than its type says.
    PieceCount {
        /// How many the type has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A text is too short to learn as many pieces from.
    FewPieces {
        /// How many were asked for.
        expected: usize,
        /// How many could be learnt.
        found: usize,
    },
    /// The fewest pieces that can be learnt are one for each of the 256 bytes.
    FewerThanBytes {
        /// How many were asked for.
        expected: usize,
    },
    /// The pieces of a tokenizer have not all of a word in them.
    Uncovered {
        /// The word, or the first 40 characters of what stands between white space.
        word: String,
        /// Its line, from 1.
        line: usize,
        /// Its place in the line, from 1, counted in characters.
        column: usize,
    },
    /// A tokenizer cannot do what it was asked for.
    Tokenizer {
        /// What it says.
        reason: String,
    },
    /// A kept vocabulary is damaged or something else.
    Malformed {
        /// What is wrong.
        reason: String,
    },
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the text is empty; at least one character is needed"),
            Self::VocabularySize { expected, found } => write!(
                f,
                "there are {found} different characters, but the vocabulary is declared for {expected}; write \
                 `Vocabulary<{found}>`, and `Token<{found}>` in the network"
            ),
            Self::Twice { character } => write!(f, "the character {character:?} stands twice in the vocabulary"),
            Self::Unknown { character, line, column } => write!(
                f,
                "line {line}, column {column}: the character {character:?} is not in the vocabulary; leave it out, or make the \
                 vocabulary of a text that has it"
            ),
            Self::Short { expected, found } => write!(
                f,
                "the text has {found} characters, but one window and the character behind it need {expected}; give a longer \
                 text, or shorter windows"
            ),
            Self::Long { room, found } => write!(
                f,
                "the text has {found} characters, but a sample has room for {room}; leave it out, cut it by `TooLong::Cut`, or give \
                 samples more steps"
            ),
            Self::InText { text, error } => write!(f, "text {text}: {error}"),
            Self::NoRows => f.write_str("batches over a text have at least one row, not 0"),
            Self::StrideOfZero => f.write_str("windows stand at least one character apart, not 0"),
            Self::PieceCount { expected, found } => write!(
                f,
                "the tokenizer has {found} pieces, but its type is declared for {expected}; write `Tokenizer<{found}>`, and \
                 `Token<{found}>` in the network"
            ),
            Self::FewPieces { expected, found } => write!(
                f,
                "the text has only {found} different pieces, and {expected} were to be learnt; give a longer text, or write \
                 `Tokenizer<{found}>`, and `Token<{found}>` in the network"
            ),
            Self::FewerThanBytes { expected } => write!(
                f,
                "{expected} pieces were to be learnt, but each of the 256 bytes is one; write `Tokenizer<256>` or more"
            ),
            Self::Uncovered { word, line, column } => write!(
                f,
                "line {line}, column {column}: the tokenizer has no pieces for all of {word:?}; leave it out, or take a tokenizer \
                 of bytes or with a piece for what is unknown"
            ),
            Self::Tokenizer { reason } => write!(f, "the tokenizer fails: {reason}"),
            Self::Malformed { reason } => write!(f, "the vocabulary is damaged or something else: {reason}"),
        }
    }
}

typednet_tensor::debug_as_display!(TextError);

impl error::Error for TextError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        if let Self::InText { error, .. } = self { Some(&**error) } else { None }
    }
}
