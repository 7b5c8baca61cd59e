//! Tickets: the number of the part that a thread takes next.

/// Round (32 bits) and the parts that nobody has begun (a bit each), in one word, so that a part is claimed in one step.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Ticket(pub(super) u64);

/// A thread's place among those of the pool; the caller's is 0.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    pub(super) index: usize,
    pub(super) threads: usize,
}

impl Seat {
    /// The first of the parts that stand at this place.
    pub(super) fn first(self, parts: u32) -> u32 {
        (self.index * parts as usize / self.threads) as u32
    }
}

impl Ticket {
    pub(super) const MOST_PARTS: usize = 32;

    /// That of a round of so many parts, from one to [`MOST_PARTS`](Self::MOST_PARTS).
    pub(super) fn new(round: u32, parts: usize) -> Self {
        debug_assert!((1..=Self::MOST_PARTS).contains(&parts), "{parts} parts have no bits of their own");
        Self(u64::from(round) << 32 | (u64::MAX >> (64 - parts)))
    }

    pub(super) fn round(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The first part from `from` on that nobody has begun, else the last before it, and the ticket without it.
    pub(super) fn claim(self, from: u32) -> Option<(usize, Self)> {
        let open = self.0 as u32;
        let behind = open & u32::MAX.checked_shl(from).unwrap_or(0);
        let part = if behind != 0 { behind.trailing_zeros() } else { open.checked_ilog2()? };
        Some((part as usize, Self(self.0 & !(1 << part))))
    }
}
