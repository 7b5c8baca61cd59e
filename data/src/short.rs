//! Names of any number and length in messages of some length.

use std::borrow::Cow;

/// `name`, or its beginning where it has more than `most` characters.
pub fn name(name: &str, most: usize) -> Cow<'_, str> {
    if name.char_indices().nth(most).is_none() {
        return Cow::Borrowed(name);
    }
    let end = name.char_indices().nth(most.saturating_sub(1)).map_or(0, |(end, _)| end);
    Cow::Owned(format!("{}…", &name[..end]))
}

/// The first names, and how many more there are.
pub fn list(names: &[impl AsRef<str>]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<Cow<'_, str>> = names.iter().take(SHOWN).map(|found| name(found.as_ref(), 60)).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_beginning() {
        for (whole, most, wanted) in [("", 3, ""), ("äöü", 3, "äöü"), ("äöüß", 3, "äö…"), ("ab", 1, "…"), ("a", 0, "…")]
        {
            assert_eq!(name(whole, most), wanted);
        }
        let names: Vec<String> = (0..14).map(|i| i.to_string()).collect();
        assert_eq!(list(&names), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more");
        assert_eq!(list(&names[..2]), "0, 1");
    }
}
