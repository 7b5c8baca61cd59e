//! The header of a safetensors file, read in one pass into tensors with their places: what is not one is refused where it stops being one, so
//! that it costs no more memory than its text. A sound one is in memory with its text, and twice while sizes and places are checked.

use std::collections::BTreeMap;
use std::fmt;

use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Longer headers are refused, as the crate `safetensors` does.
pub(super) const LONGEST_HEADER: u64 = 100_000_000;

/// Tensors of more axes are refused, as numpy has no such arrays.
pub(super) const MOST_AXES: usize = 64;

/// What stands in the place of a tensor, but holds the texts.
pub(super) const METADATA: &str = "__metadata__";

/// Texts, and tensors with their places.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) texts: Option<BTreeMap<String, String>>,
    pub(super) tensors: Vec<(String, TensorInfo)>,
}

impl Header {
    /// The header as the crate `safetensors` has it, which has looked at sizes and places.
    pub(super) fn checked(mut self) -> Result<Metadata, String> {
        self.tensors.sort_by_key(|(_, info)| info.data_offsets);
        let texts = self.texts.map(|texts| texts.into_iter().collect());
        Metadata::new(texts, self.tensors).map_err(|error| error.to_string())
    }

    /// As JSON without blanks, the keys of each object sorted by their bytes, without the text `without`.
    pub(super) fn canonical(&self, without: Option<&str>) -> String {
        let mut entries: Vec<(&str, String)> =
            self.tensors.iter().map(|(name, info)| (&**name, tensor(info))).collect();
        if let Some(texts) = &self.texts {
            let texts = texts.iter().filter(|(key, _)| Some(&***key) != without);
            entries.push((METADATA, object(texts.map(|(key, text)| (&**key, quoted(text))))));
        }
        entries.sort_unstable_by_key(|(key, _)| *key);
        object(entries.into_iter())
    }
}

fn tensor(info: &TensorInfo) -> String {
    let TensorInfo { dtype, shape, data_offsets: (start, end) } = info;
    let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
    format!(r#"{{"data_offsets":[{start},{end}],"dtype":"{dtype}","shape":[{}]}}"#, shape.join(","))
}

fn object<'a>(entries: impl Iterator<Item = (&'a str, String)>) -> String {
    let mut text = String::from("{");
    for (place, (key, value)) in entries.enumerate() {
        text.push_str(if place > 0 { "," } else { "" });
        text.push_str(&quoted(key));
        text.push(':');
        text.push_str(&value);
    }
    text.push('}');
    text
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tensors with their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Header, A::Error> {
        let mut header = Header::default();
        while let Some(name) = from.next_key::<String>()? {
            if name == METADATA {
                let Texts(texts) = from.next_value()?;
                if header.texts.replace(texts).is_some() {
                    return Err(twice(METADATA));
                }
            } else {
                let Info { dtype, shape: Axes(shape), data_offsets } = from.next_value()?;
                header.tensors.push((name, TensorInfo { dtype, shape, data_offsets }));
            }
        }
        let mut names: Vec<&str> = header.tensors.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(twice(pair[0])),
            None => Ok(header),
        }
    }
}

/// Of two equal keys `serde_json` keeps the last without a word.
fn twice<E: Error>(name: &str) -> E {
    E::custom(format_args!("`{name}` stands twice"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Info {
    dtype: Dtype,
    shape: Axes,
    data_offsets: (usize, usize),
}

struct Axes(Vec<usize>);

impl<'de> Deserialize<'de> for Axes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(Sizes)
    }
}

struct Sizes;

impl<'de> Visitor<'de> for Sizes {
    type Value = Axes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sizes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Axes, A::Error> {
        let mut sizes = Vec::new();
        while let Some(size) = from.next_element()? {
            if sizes.len() == MOST_AXES {
                return Err(A::Error::custom(format_args!("a tensor has more than {MOST_AXES} axes")));
            }
            sizes.push(size);
        }
        Ok(Axes(sizes))
    }
}

struct Texts(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "texts with their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Texts, A::Error> {
        let mut texts = BTreeMap::new();
        while let Some((key, text)) = from.next_entry::<String, String>()? {
            if texts.contains_key(&key) {
                return Err(twice(&key));
            }
            texts.insert(key, text);
        }
        Ok(Texts(texts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checksum of every file that is there hangs on this text.
    #[test]
    fn the_canonical_text_is_that_of_any_json() {
        let text = r#" {"b": {"shape": [2, 3], "dtype":"F32", "data_offsets":[0 ,24]}, "Z\"": {"dtype":"U8","shape":[],
            "data_offsets":[24,25]}, "__metadata__": {"z": "ü \"\n", "a": ""}, "zz": {"dtype":"U8","shape":[0], "data_offsets":[25,25]}} "#;
        let header: Header = serde_json::from_str(text).expect("a header");
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(header.canonical(None), crate::json::canonical(&value));
        assert!(!header.canonical(Some("z")).contains("\"z\":"));
        let plain: Header = serde_json::from_str("{}").expect("a header");
        assert_eq!(plain.canonical(None), "{}");
    }

    #[test]
    fn what_a_tensor_has_not_is_refused() {
        let tensor = |more: &str| format!(r#"{{"a":{{"dtype":"U8","shape":[1],"data_offsets":[0,1]{more}}}}}"#);
        assert!(serde_json::from_str::<Header>(&tensor("")).is_ok());
        for more in [r#","more":1"#, r#","dtype":"U8""#] {
            assert!(serde_json::from_str::<Header>(&tensor(more)).is_err(), "{more}");
        }
        let axes = |count| serde_json::from_str::<Header>(&tensor("").replace("[1]", &format!("{:?}", vec![1; count])));
        assert!(axes(64).is_ok() && axes(65).expect_err("65 axes").to_string().contains("more than 64 axes"));
    }
}
