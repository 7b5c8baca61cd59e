//! One text for one value.

use serde_json::Value;

/// A value as JSON without blanks, the keys of each object sorted by their bytes.
///
/// It does not hang on the order in which a map of `serde_json` keeps its keys, which a feature of that crate changes.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(values) => {
            text.push('[');
            for (place, value) in values.iter().enumerate() {
                text.push_str(if place > 0 { "," } else { "" });
                write(value, text);
            }
            text.push(']');
        }
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (place, (key, value)) in entries.into_iter().enumerate() {
                text.push_str(if place > 0 { "," } else { "" });
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        other => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_blanks_gone() {
        let text = r#" {"b": [1, 2.50, -0.0, true, null], "a\n": {"z": {}, "y": "ü "}, "": []} "#;
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(canonical(&value), r#"{"":[],"a\n":{"y":"ü ","z":{}},"b":[1,2.5,-0.0,true,null]}"#);
    }
}
