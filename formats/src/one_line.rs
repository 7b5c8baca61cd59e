//! Names that do not break tables.

use std::borrow::Cow;

/// A name as it stands in a table: what would break the line, or move the cursor, is written as in a Rust string.
///
/// Names come from files, such as a quoted cell of a CSV table, and may hold anything.
///
/// ```
/// use typednet_formats::one_line;
///
/// assert_eq!(one_line("not\nknown"), r"not\nknown");
/// assert_eq!(one_line("schön, \\ and \"all\""), "schön, \\ and \"all\"");
/// ```
pub fn one_line(name: &str) -> Cow<'_, str> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if !name.contains(breaks) {
        return Cow::Borrowed(name);
    }
    let mut line = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        if breaks(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_that_breaks_a_line_is_written_out() {
        for c in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let name = format!("a{c}b");
            let line = one_line(&name);
            assert_eq!(line.lines().count(), 1, "{c:?}");
            assert!(!line.contains(char::is_control), "{c:?}");
        }
        assert_eq!(one_line("a\r\n\u{85}\u{2028}\u{1b}[2J"), r"a\r\n\u{85}\u{2028}\u{1b}[2J");
        assert!(matches!(one_line("ordinary"), Cow::Borrowed("ordinary")));
    }
}
