//! The identity of a training run.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{DataMark, date};

/// A run: one training from its first step on, however often it is stopped and taken up again.
///
/// With the network, the settings and their seed, which a checkpoint holds too, it tells a training from every other one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Microseconds since 1970.
    #[serde(deserialize_with = "moment")]
    begun: u64,
    #[serde(with = "hexadecimal")]
    first_weights: u64,
    data: Option<DataMark>,
}

/// When the last run of this process was begun, so that two of them differ.
static LAST: AtomicU64 = AtomicU64::new(0);

impl Run {
    /// A run that begins now, from weights of this hash.
    pub(crate) fn begin(first_weights: u64, data: Option<DataMark>) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_micros()).unwrap_or(LATEST).min(LATEST - (1 << 32));
        let later = |last: u64| Some(now.max(last + 1));
        let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later).unwrap_or_default();
        Self { begun: now.max(last + 1), first_weights, data }
    }

    /// The same run, begun a moment later.
    pub(crate) fn again(&self) -> Self {
        Self { begun: Self::begin(self.first_weights, self.data).begun, ..*self }
    }

    /// When it was begun.
    pub fn begun(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(self.begun)
    }

    /// Its name, which says when it was begun: `2026-11-28T18-03-42.120934Z`. Names of later runs come after it in the
    /// order of the alphabet.
    pub fn name(&self) -> String {
        date::name(self.begun)
    }

    /// The data that it was begun with; `None` where it was begun by steps on batches of one's own.
    pub fn data(&self) -> Option<DataMark> {
        self.data
    }

    /// Whether it was begun from weights of this hash.
    pub(crate) fn began_from(&self, first_weights: u64) -> bool {
        self.first_weights == first_weights
    }
}

/// The last moment that has a name, in the year 9999.
const LATEST: u64 = 253_402_300_799_999_999;

fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let begun = u64::deserialize(from)?;
    if begun <= LATEST { Ok(begun) } else { Err(de::Error::custom(format!("a run cannot have begun at {begun}"))) }
}

/// Its name.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// Numbers of 64 bits as text: many readers of JSON keep only 53 of a number's bits.
pub(crate) mod hexadecimal {
    use super::{Deserialize, Deserializer, Serializer, de};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a field over by reference")]
    pub(crate) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{number:016x}"))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        let text = String::deserialize(from)?;
        u64::from_str_radix(&text, 16)
            .map_err(|_| de::Error::custom(format!("`{text}` is no number in hexadecimal digits")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_moment_differ_and_are_in_order() {
        let runs: Vec<Run> = (0..1000).map(|_| Run::begin(7, None)).collect();
        assert!(runs.is_sorted_by(|a, b| a.begun < b.begun && a.name() < b.name()));
        let now = SystemTime::now();
        assert!(runs.iter().all(|run| run.begun() <= now + Duration::from_mins(1)));
    }

    #[test]
    fn a_name_says_when() {
        let run = Run { begun: 1_796_061_822_120_934, first_weights: u64::MAX, data: None };
        assert_eq!(run.name(), "2026-11-30T18-03-42.120934Z");
        let text = serde_json::to_string(&run).expect("text");
        assert_eq!(text, r#"{"begun":1796061822120934,"first_weights":"ffffffffffffffff","data":null}"#);
        assert_eq!(serde_json::from_str::<Run>(&text).expect("a run"), run);
        for (sound, damaged) in [("ffff", "fffg"), ("1796061822120934", "18446744073709551615"), ("17", "-17")] {
            assert!(serde_json::from_str::<Run>(&text.replacen(sound, damaged, 1)).is_err(), "{damaged}");
        }
    }
}
