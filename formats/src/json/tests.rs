//! Facts come back with their bits, and whatever is not what was written is refused.

use std::collections::BTreeMap;

use super::*;

type Facts = BTreeMap<String, (f64, f32, Vec<u64>)>;

const FORMAT: JsonFormat = JsonFormat::new("test", 3);

fn facts() -> Facts {
    [("b".into(), (0.1 + 0.2, 0.1, vec![u64::MAX, 0])), ("a ü\n".into(), (-5e-324, -0.0, vec![]))].into()
}

fn parse(text: &str) -> Result<Facts, FileError> {
    FORMAT.parse(text, Path::new("facts.json"))
}

#[test]
fn facts_come_back_also_when_the_file_is_indented_anew() {
    let text = FORMAT.to_text(&facts()).expect("facts");
    assert_eq!(parse(&text), Ok(facts()));
    let again: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(parse(&again.to_string()), Ok(facts()));
    assert_eq!(parse(&text.replace('\n', "\r\n\t")), Ok(facts()));
}

/// The checksum that another program computes: Python's `hashlib` over the canonical text.
#[test]
fn the_checksum_is_the_documented_one() {
    let text = FORMAT.to_text(&0).expect("a number");
    assert!(
        text.contains(r#""checksum": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9""#),
        "{text}"
    );
}

#[test]
fn every_flipped_bit_is_refused_or_changes_nothing() {
    let text = FORMAT.to_text(&facts()).expect("facts");
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            // The last digit of a number may be another one without being another number, and so may its `e`.
            if let Ok(read) = parse(&changed) {
                assert_eq!(read, facts(), "byte {at}, bit {bit}");
                assert!(matches!(text.as_bytes()[at], b'0'..=b'9' | b'e'), "byte {at}, bit {bit}: {changed}");
            }
        }
    }
    for end in (0..text.trim_end().len()).filter(|end| text.is_char_boundary(*end)) {
        assert!(parse(&text[..end]).is_err(), "cut after {end} bytes");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let text = FORMAT.to_text(&facts()).expect("facts");
    let error = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} in {text}");
        parse(&text.replacen(from, to, 1)).expect_err("another text").to_string()
    };
    let says = |error: String, what: &str| {
        assert!(error.starts_with("`facts.json` ") && error.contains(what), "{error}");
    };
    says(error("\"test\"", "\"guard\""), "holds a guard, but a test is expected");
    says(error("\"kind\"", "\"sort\""), "does not say that it holds a test");
    says(error("\"format\": 3", "\"format\": 4"), "is of format 4, but this version reads format 3");
    says(error("\"format\"", "\"version\""), "does not say its format");
    says(error("\"checksum\"", "\"sum\""), "unknown field `sum`");
    says(error("\"b\"", "\"c\""), "is damaged");
    says(error("\"b\": [", "\"b\": [], \"b\": ["), "`b` stands twice");
    says(error("\"kind\"", "\"kind\": \"test\", \"kind\""), "`kind` stands twice");
    says(parse("").expect_err("no JSON").to_string(), "EOF while parsing");
    says(parse("3").expect_err("no object").to_string(), "does not say that it holds a test");
    // Deep nesting ends before the stack does.
    says(parse(&"[".repeat(1_000_000)).expect_err("too deep").to_string(), "recursion limit");
}

#[test]
fn a_file_changed_on_purpose_is_sealed_anew() {
    let path = std::env::temp_dir().join(format!("typednet-reseal-{}.json", std::process::id()));
    FORMAT.write(&path, &facts()).expect("room");
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, text.replace("\"b\"", "\"c\"")).expect("room");
    assert!(matches!(FORMAT.read::<Facts>(&path), Err(FileError::Checksum { .. })));
    reseal(&path).expect("a file of this form");
    assert!(FORMAT.read::<Facts>(&path).expect("facts").contains_key("c"));
    // What has the form of something else is told with its line.
    assert!(matches!(FORMAT.read::<u8>(&path), Err(FileError::Malformed { reason, .. }) if reason.contains("line 5")));
    fs::write(&path, b"\xff").expect("room");
    assert!(matches!(FORMAT.read::<Facts>(&path), Err(FileError::Malformed { .. })));
    fs::remove_file(&path).expect("it was written");
    let missing = FORMAT.read::<Facts>(&path).expect_err("no file");
    assert!(
        missing.kind() == std::io::ErrorKind::NotFound && missing.to_string().contains("cannot be read"),
        "{missing}"
    );
}
