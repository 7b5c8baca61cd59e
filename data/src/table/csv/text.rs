//! A text before it is cut into cells: what spreadsheets put before the header and around quotes.

use std::borrow::Cow;

use super::super::TableError;

/// What is left of a text, and what it says about itself.
pub(super) struct Text<'t> {
    pub(super) bytes: Cow<'t, [u8]>,
    pub(super) separator: u8,
    /// The line at which `bytes` begin, counted from 1.
    pub(super) line: u64,
}

impl<'t> Text<'t> {
    /// Takes off the byte order mark and a first line such as `sep=;`, and the blanks before opening quotes.
    pub(super) fn new(text: &'t [u8], separator: Option<u8>, comment: Option<u8>) -> Result<Self, TableError> {
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let (stated, text, line) = match stated(text) {
            Some((mark, rest)) => (Some(mark), rest, 2),
            None => (None, text, 1),
        };
        if let (Some(stated), Some(separator)) = (stated, separator)
            && stated != separator
        {
            return Err(TableError::OtherSeparator { line: 1, found: stated.into(), expected: separator.into() });
        }
        let separator = separator.or(stated).unwrap_or(b',');
        Ok(Self { bytes: without_blanks_before_quotes(text, separator, comment), separator, line })
    }
}

/// The mark in a first line such as `sep=;`, with which Excel is told the separating mark, and what follows.
fn stated(text: &[u8]) -> Option<(u8, &[u8])> {
    let (first, rest) = text.split_at(text.iter().position(|byte| *byte == b'\n')?);
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    let (word, mark) = first.split_at_checked(4)?;
    match mark {
        [mark] if word.eq_ignore_ascii_case(b"sep=") => Some((*mark, &rest[1..])),
        _ => None,
    }
}

/// In `1, "x, y"` the quote opens a cell although a blank stands before it; the reader of cells needs it first.
fn without_blanks_before_quotes(text: &[u8], separator: u8, comment: Option<u8>) -> Cow<'_, [u8]> {
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t') && byte != separator;
    if !text.windows(2).any(|pair| is_blank(pair[0]) && pair[1] == b'"') {
        return Cow::Borrowed(text);
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text;
    let (mut starts_line, mut starts_cell, mut quoted) = (true, true, false);
    while let Some((byte, after)) = rest.split_first() {
        if starts_line && comment == Some(*byte) {
            let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
            kept.extend_from_slice(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        if starts_cell && !quoted && is_blank(*byte) {
            let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
            if rest.get(blanks) == Some(&b'"') {
                rest = &rest[blanks..];
                continue;
            }
        }
        // A doubled quote closes and opens again, which comes to the same.
        quoted = if *byte == b'"' && (quoted || starts_cell) { !quoted } else { quoted };
        let after_quote = *byte == b'"' && !quoted;
        starts_line = !quoted && matches!(byte, b'\n' | b'\r');
        starts_cell = starts_line || (!quoted && *byte == separator) || (after_quote && after.first() == Some(&b'"'));
        kept.push(*byte);
        rest = after;
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> String {
        let text = Text::new(text.as_bytes(), None, Some(b'#')).expect("no contradiction");
        String::from_utf8(text.bytes.into_owned()).expect("text")
    }

    #[test]
    fn blanks_go_only_before_opening_quotes() {
        for (text, wanted) in [
            ("1, \"x, y\"\n \t\"z\",2\n", "1,\"x, y\"\n\"z\",2\n"),
            // Within quotes, also after a doubled one and a line end.
            ("\"a, \"\"b\"\", \"\"c\n \"\"d\", \"e\"", "\"a, \"\"b\"\", \"\"c\n \"\"d\",\"e\""),
            // A quote in the middle of a cell opens nothing.
            ("5 \" , \"b\"", "5 \" ,\"b\""),
            // A comment may hold what it likes.
            ("# it, \"s\n1, \"2\"", "# it, \"s\n1,\"2\""),
            ("1 , 2", "1 , 2"),
        ] {
            assert_eq!(prepared(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_line_for_the_spreadsheet_states_the_mark() {
        for (text, separator, rest, line) in [
            ("sep=;\r\na;b\n", b';', "a;b\n", 2),
            ("\u{FEFF}SEP=\t\na\tb\n", b'\t', "a\tb\n", 2),
            ("sep=;;\n1", b',', "sep=;;\n1", 1),
            ("sep=;", b',', "sep=;", 1),
        ] {
            let found = Text::new(text.as_bytes(), None, None).expect("no contradiction");
            assert_eq!((found.separator, &*found.bytes, found.line), (separator, rest.as_bytes(), line));
        }
        let error = Text::new(b"sep=;\na\n", Some(b','), None).err().expect("a contradiction").to_string();
        assert!(error.starts_with("line 1: the cells are separated by `;`, but `,` was given"), "{error}");
    }
}
