//! Text as tokens: a vocabulary of characters or of pieces of words (feature `tokenizers`), windows of a text for a network that says
//! what comes next, and texts of different lengths.

mod contiguous;
mod error;
mod names;
mod padded;
#[cfg(feature = "tokenizers")]
mod tokenizer;
mod vocabulary;
mod windows;

pub use contiguous::Contiguous;
pub use error::TextError;
pub use names::first_names;
pub use padded::{Continued, TooLong};
#[cfg(feature = "tokenizers")]
pub use tokenizer::Tokenizer;
pub use vocabulary::Vocabulary;
pub use windows::Windows;

use std::io::Read;

use flate2::bufread::GzDecoder;

use crate::DataError;

/// Eight tragedies of William Shakespeare inside this crate: 994,740 characters, of which 63 are different.
///
/// Speakers stand in capitals before a colon on a line of their own, speeches below them, an empty line behind each. The text is in
/// the public domain; where it comes from, and which plays these are, stands in `shakespeare/LICENSE-SHAKESPEARE.md`.
///
/// ```
/// use typednet_data::text::{self, Vocabulary};
///
/// let plays = text::shakespeare()?;
/// assert!(plays.starts_with("BERNARDO:\nWho's there?\n\nFRANCISCO:\nNay, answer me"));
/// let vocabulary = Vocabulary::<63>::of(&plays)?;
/// assert_eq!(vocabulary.characters()[..4], ['\n', ' ', '!', '&']);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the program's copy is damaged.
pub fn shakespeare() -> Result<String, DataError> {
    let mut text = String::new();
    let packed: &[u8] = include_bytes!("../../shakespeare/plays.txt.gz");
    GzDecoder::new(packed).read_to_string(&mut text).map_err(DataError::Gzip)?;
    Ok(text)
}
