//! Bytes that are nearly right, for runs without a fuzzer's coverage.

use typednet::tensor::Key;

/// An endless row of mutations of some seeds. The same seeds and number give the same row.
pub struct Mutations<'a> {
    seeds: &'a [Vec<u8>],
    key: Key,
    next: u64,
}

/// Numbers and words at which readers change their minds.
const TELLING: [&[u8]; 16] = [
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff\xff\xff",
    b"\0\0\0\x80",
    b"\n",
    b"\"",
    b",",
    b"-",
    b"NaN",
    b"1e999",
    b"18446744073709551615",
    b"null",
    b"{",
    b"\xe2\x80\xae",
];

impl<'a> Mutations<'a> {
    /// The row of number `number`.
    pub fn new(seeds: &'a [Vec<u8>], number: u64) -> Self {
        Self { seeds, key: Key::new(number), next: 0 }
    }
}

impl Iterator for Mutations<'_> {
    type Item = Vec<u8>;

    /// A seed with one to six changes: bits flipped, bytes set, taken out, put in or repeated, ends cut off, parts of
    /// another seed in the middle.
    fn next(&mut self) -> Option<Vec<u8>> {
        let key = self.key.child(self.next);
        self.next += 1;
        let mut place = 0;
        let mut below = |limit: usize| {
            place += 1;
            key.below(place, limit.max(1) as u64) as usize
        };
        let mut bytes = self.seeds.get(below(self.seeds.len()))?.clone();
        for _ in 0..=below(6) {
            let at = below(bytes.len() + 1);
            let end = at + below((bytes.len() - at).min(40) + 1);
            match below(8) {
                0 | 1 if at < bytes.len() => bytes[at] ^= 1 << below(8),
                2 if at < bytes.len() => bytes[at] = below(256) as u8,
                3 => bytes.truncate(at),
                4 => drop(bytes.drain(at..end)),
                5 => {
                    let again = bytes[at..end].to_vec();
                    drop(bytes.splice(at..at, again));
                }
                6 => {
                    let other = &self.seeds[below(self.seeds.len())];
                    let from = below(other.len() + 1);
                    let to = from + below((other.len() - from).min(40) + 1);
                    drop(bytes.splice(at..end, other[from..to].iter().copied()));
                }
                _ => drop(bytes.splice(at..end, TELLING[below(TELLING.len())].iter().copied())),
            }
        }
        Some(bytes)
    }
}
