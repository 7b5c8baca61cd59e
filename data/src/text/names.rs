//! A small set of texts of different lengths.

use typednet_tensor::Class;

use crate::DataError;

/// The first names inside this crate: 5,160 of the United States in small letters, of 2 to 11 of them, each with class 0 where women and
/// class 1 where men have it more often.
///
/// They are from the census of 1990, in the public domain; `names/LICENSE-NAMES.md` says more.
///
/// ```
/// let names = typednet_data::text::first_names()?;
/// assert_eq!((names[0].0, names[0].1.index()), ("aaron", 1));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the program's copy is damaged.
pub fn first_names() -> Result<Vec<(&'static str, Class<2>)>, DataError> {
    const TEXT: &str = include_str!("../../names/first_names.txt");
    let class = |kind| match kind {
        "f" => Class::new(0).ok(),
        "m" => Class::new(1).ok(),
        _ => None,
    };
    let read = |line: &'static str| line.split_once(' ').and_then(|(name, kind)| Some((name, class(kind)?)));
    let names: Option<Vec<_>> = TEXT.lines().map(read).collect();
    names.ok_or_else(|| {
        super::TextError::Malformed { reason: "a line is no name with `f` or `m` behind it".into() }.into()
    })
}
