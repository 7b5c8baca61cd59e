//! The log of a monitor.

use typednet_train::Record;

use crate::{Finding, LayerMeasurement, Measurement, WatchedLayer};

/// What a monitor has seen of a training: what reports are made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// The watched layers, in the order of their outputs.
    pub layers: Vec<WatchedLayer>,
    /// Measurements from the first to the last. Of many, some in between are left out, evenly.
    pub measurements: Vec<Measurement>,
    /// The records of all epochs.
    pub records: Vec<Record>,
    /// The findings, in the order in which they were made.
    pub findings: Vec<Finding>,
}

/// Measurements in memory that is taken once. When it is full, every second one is left out, and from then on only every
/// second one is kept.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    slots: Vec<Measurement>,
    used: usize,
    /// Every how many measurements one is kept.
    every: usize,
    seen: usize,
    last: Measurement,
}

impl Kept {
    /// Room for `slots` measurements of `layers` layers.
    pub(crate) fn new(slots: usize, layers: usize) -> Self {
        Self { slots: empty(slots.max(2), layers), used: 0, every: 1, seen: 0, last: empty(1, layers).remove(0) }
    }

    pub(crate) fn push(&mut self, measurement: &Measurement) {
        if self.seen.is_multiple_of(self.every) {
            if self.used == self.slots.len() {
                self.used = self.used.div_ceil(2);
                for place in 1..self.used {
                    self.slots.swap(place, 2 * place);
                }
                self.every *= 2;
            }
            if self.seen.is_multiple_of(self.every) {
                self.slots[self.used].copy_from(measurement);
                self.used += 1;
            }
        }
        self.seen += 1;
        self.last.copy_from(measurement);
    }

    /// Those that are kept, and the last one.
    pub(crate) fn all(&self) -> Vec<Measurement> {
        let kept = &self.slots[..self.used];
        let last = (self.seen > 0 && kept.last().is_none_or(|kept| kept.step != self.last.step)).then_some(&self.last);
        kept.iter().chain(last).cloned().collect()
    }
}

/// Measurements that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    slots: Vec<Measurement>,
    used: usize,
}

impl Waiting {
    pub(crate) fn new(slots: usize, layers: usize) -> Self {
        Self { slots: empty(slots, layers), used: 0 }
    }

    /// Whether there was room for it.
    pub(crate) fn push(&mut self, measurement: &Measurement) -> bool {
        let Some(slot) = self.slots.get_mut(self.used) else { return false };
        slot.copy_from(measurement);
        self.used += 1;
        true
    }

    /// Whether the next one finds no room.
    pub(crate) fn is_full(&self) -> bool {
        self.used == self.slots.len()
    }

    pub(crate) fn as_slice(&self) -> &[Measurement] {
        &self.slots[..self.used]
    }

    pub(crate) fn clear(&mut self) {
        self.used = 0;
    }
}

fn empty(slots: usize, layers: usize) -> Vec<Measurement> {
    let one = Measurement { layers: vec![LayerMeasurement::default(); layers], ..Measurement::default() };
    vec![one; slots]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(count: u64) -> Vec<u64> {
        let mut kept = Kept::new(4, 1);
        for step in 1..=count {
            kept.push(&Measurement { step, layers: vec![LayerMeasurement::default()], ..Measurement::default() });
        }
        kept.all().iter().map(|measurement| measurement.step).collect()
    }

    #[test]
    fn the_first_the_last_and_some_between_are_kept() {
        assert!(kept(0).is_empty());
        assert_eq!(kept(1), [1]);
        assert_eq!(kept(4), [1, 2, 3, 4]);
        assert_eq!(kept(5), [1, 3, 5]);
        assert_eq!(kept(8), [1, 3, 5, 7, 8]);
        assert_eq!(kept(9), [1, 5, 9]);
        assert_eq!(kept(100), [1, 33, 65, 97, 100]);
    }
}
