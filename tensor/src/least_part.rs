//! From how much work on a piece is shared.

/// The least work that is worth a thread of its own, in the units of that work: elements, or floating-point operations.
///
/// So much is right where a hand-over takes at most [`hand_over`](Self::hand_over) nanoseconds. Where one takes longer
/// ([`Pool::hand_over`](crate::Pool::hand_over)), as many times more is asked for: a part then takes as long in proportion to the hand-over.
/// Threads that sleep are woken for a piece of at least [`wake`](Self::wake) units.
///
/// ```
/// use typednet_tensor::{LeastPart, Parallel};
///
/// const SUMS: LeastPart = LeastPart::new(4096, 500);
/// assert_eq!(Parallel::SERIAL.parts(1_000_000, SUMS), 1);
/// assert_eq!((SUMS.at(200), SUMS.at(500), SUMS.at(1500)), (4096, 4096, 12_288));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LeastPart {
    /// The work of the least part.
    pub units: usize,
    /// The longest hand-over, in nanoseconds, for which that is so.
    pub hand_over: u32,
    /// The least piece for which sleeping threads are woken.
    pub wake: usize,
}

impl LeastPart {
    /// Work of which `units` are worth a thread where a hand-over takes up to `hand_over` nanoseconds, and for which nobody is woken.
    pub const fn new(units: usize, hand_over: u32) -> Self {
        Self { units, hand_over, wake: usize::MAX }
    }

    /// The same, for which sleeping threads are woken where there are at least `wake` units in all.
    ///
    /// To wake one takes 5 µs of the caller's time, and it begins after 5 to 40 µs.
    #[must_use]
    pub const fn waking_from(self, wake: usize) -> Self {
        Self { wake, ..self }
    }

    /// The least part where a hand-over takes `hand_over` nanoseconds.
    pub fn at(self, hand_over: u32) -> usize {
        if hand_over <= self.hand_over {
            self.units
        } else {
            self.units.saturating_mul(hand_over as usize) / (self.hand_over as usize).max(1)
        }
    }
}
