//! A request's body as samples, read within limits.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use typednet::prelude::*;

use crate::refusal::Refusal;

/// How a request writes its numbers, and wants to read them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    Json,
    Raw,
}

/// The memory that all bodies share, in bytes.
#[derive(Clone)]
pub(crate) struct Memory(Arc<Semaphore>);

impl Memory {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_many_owned(u32::try_from(bytes).ok()?).ok()
    }
}

/// Reads a body of at most `limit` bytes. What has come is counted against `memory` as long as the permit lives.
pub(crate) async fn read(
    mut body: Body,
    limit: usize,
    memory: &Memory,
) -> Result<(Vec<u8>, OwnedSemaphorePermit), Refusal> {
    let too_large = || Refusal::too_large(format!("the body has more than {limit} bytes"));
    if http_body::Body::size_hint(&body).lower() > limit as u64 {
        return Err(too_large());
    }
    let busy = || Refusal::busy("too many bodies are being read: try again");
    let mut taken = memory.take(0).ok_or_else(busy)?;
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Refusal::bad(format!("the body cannot be read: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > limit - bytes.len() {
            return Err(too_large());
        }
        taken.merge(memory.take(data.len()).ok_or_else(busy)?);
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, taken))
}

/// The numbers of a body: whole samples of finite numbers, one or more.
pub(crate) fn samples<S: Sample<Elem = f32>>(format: Format, bytes: &[u8], most: usize) -> Result<Vec<f32>, Refusal> {
    let numbers = match format {
        Format::Raw => raw::<S>(bytes, most)?,
        Format::Json => json::<S>(bytes, most)?,
    };
    match numbers.iter().position(|x| !x.is_finite()) {
        None => Ok(numbers),
        Some(at) => {
            let (row, at) = (at / S::LEN, at % S::LEN);
            Err(Refusal::bad(format!("number {at} of input {row} is not a finite number of 32 bits")))
        }
    }
}

fn raw<S: Sample<Elem = f32>>(bytes: &[u8], most: usize) -> Result<Vec<f32>, Refusal> {
    let row = size_of::<S>();
    if bytes.is_empty() || !bytes.len().is_multiple_of(row) {
        let text = format!("{} bytes are no inputs: each has {} floats of 4 bytes, {row} in all", bytes.len(), S::LEN);
        return Err(Refusal::bad(text));
    }
    let rows = bytes.len() / row;
    if rows > most {
        return Err(Refusal::too_large(format!("there are {rows} inputs, more than {most}")));
    }
    Ok(bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect())
}

fn json<S: Sample<Elem = f32>>(bytes: &[u8], most: usize) -> Result<Vec<f32>, Refusal> {
    let mut numbers = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let sizes = S::SHAPE.sizes();
    let too_many = Cell::new(false);
    let inputs = Inputs(Rows { sizes, most, too_many: &too_many, to: &mut numbers });
    match inputs.deserialize(&mut reader).and_then(|()| reader.end()) {
        Ok(()) => Ok(numbers),
        Err(_) if too_many.get() => Err(Refusal::too_large(format!("there are more than {most} inputs"))),
        Err(error) => Err(Refusal::bad(error.to_string())),
    }
}

/// The object around the inputs: `{"inputs": …}`.
struct Inputs<'a>(Rows<'a>);

impl<'de> DeserializeSeed<'de> for Inputs<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Inputs<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object {{\"inputs\": [input, …]}}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(Rows { sizes, most, too_many, to }) = self;
        let mut is_there = false;
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Inputs if is_there => return Err(A::Error::duplicate_field("inputs")),
                Key::Inputs => {
                    map.next_value_seed(Rows { sizes, most, too_many, to: &mut *to })?;
                    is_there = true;
                }
                Key::Other(name) => {
                    return Err(A::Error::custom(format!("the field `{name:.40}` is unknown: expected `inputs`")));
                }
            }
        }
        if is_there { Ok(()) } else { Err(A::Error::missing_field("inputs")) }
    }
}

/// The name of a field.
enum Key {
    Inputs,
    Other(String),
}

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(if name == "inputs" { Self::Inputs } else { Self::Other(name) })
    }
}

/// One input or more.
struct Rows<'a> {
    sizes: &'a [usize],
    most: usize,
    too_many: &'a Cell<bool>,
    to: &'a mut Vec<f32>,
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of inputs, each of the shape {:?}", self.sizes)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        for row in 0..self.most {
            if seq.next_element_seed(Part { sizes: self.sizes, row, to: self.to })?.is_none() {
                return if row == 0 { Err(A::Error::custom("there are no inputs")) } else { Ok(()) };
            }
        }
        seq.next_element_seed(Nothing(self.too_many)).map(|_: Option<()>| ())
    }
}

/// What stands behind the last input that is let in: whatever it is, it is too much and is not read.
struct Nothing<'a>(&'a Cell<bool>);

impl<'de> DeserializeSeed<'de> for Nothing<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        self.0.set(true);
        Err(D::Error::custom("too many"))
    }
}

/// A number, or an array of parts.
struct Part<'a> {
    sizes: &'a [usize],
    row: usize,
    to: &'a mut Vec<f32>,
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.sizes.is_empty() {
            self.to.push(serde::Deserialize::deserialize(deserializer)?);
            return Ok(());
        }
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of {} in input {}", self.sizes[0], self.row)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { sizes, row, to } = self;
        let [size, inner @ ..] = sizes else { return Err(A::Error::custom("a number is no array")) };
        let wrong =
            |found: String| A::Error::custom(format!("input {row}: expected an array of {size}, found {found}"));
        for at in 0..*size {
            if seq.next_element_seed(Part { sizes: inner, row, to: &mut *to })?.is_none() {
                return Err(wrong(format!("one of {at}")));
            }
        }
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(wrong("more".into())),
        }
    }
}

/// What a request says of its body.
pub(crate) fn format(content_type: Option<&str>) -> Result<Format, Refusal> {
    let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        Ok(Format::Json)
    } else if kind.eq_ignore_ascii_case("application/octet-stream") {
        Ok(Format::Raw)
    } else {
        let text = "the content type is neither application/json nor application/octet-stream";
        Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text))
    }
}
