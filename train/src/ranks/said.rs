//! What ranks tell each other beside the gradient, and find that is not the same.

use super::RanksError;
use crate::engine::Passed;
use crate::shards::Notes;

/// Sums of what was found, and what the ranks tell each other. It travels with the gradient.
pub(crate) struct Said<'a> {
    pub(crate) passed: &'a mut Passed,
    pub(crate) notes: &'a mut Notes,
}

/// How many numbers that are.
const FIELDS: usize = 9;
/// The bytes of them.
pub(super) const SAID: usize = 8 * FIELDS;

impl Said<'_> {
    /// What this rank says.
    pub(super) fn bytes(&self) -> [u8; SAID] {
        let correct = self.passed.correct.map_or(0, |correct| correct as u64);
        let Notes { step, asked, kept, looked, rows, batch } = *self.notes;
        let (loss, terms) = (self.passed.loss.to_bits(), self.passed.terms as u64);
        let mut bytes = [0; SAID];
        for (to, field) in bytes.chunks_exact_mut(8).zip([step, rows, batch, loss, terms, correct, asked, kept, looked])
        {
            to.copy_from_slice(&field.to_le_bytes());
        }
        bytes
    }

    /// Takes in what rank `partner` says.
    pub(super) fn take_in(&mut self, partner: usize, bytes: &[u8; SAID]) -> Result<(), RanksError> {
        let Self { passed, notes } = self;
        let mut found = bytes.chunks_exact(8).map(|field| u64::from_le_bytes(field.try_into().unwrap_or_default()));
        let theirs: [u64; FIELDS] = std::array::from_fn(|_| found.next().unwrap_or_default());
        let [step, rows, batch, loss, terms, correct, asked, kept, looked] = theirs;
        let (here, there) = ([notes.step, notes.rows, notes.batch], [step, rows, batch]);
        if let Some(place) = here.iter().zip(&there).position(|(here, there)| here != there) {
            let say = |[step, rows, batch]: [u64; 3]| match place {
                0 => format!("step {step}"),
                1 => format!("step {step} on a batch of {rows} rows"),
                _ => format!("step {step} on a batch of mark {batch:016x}"),
            };
            return Err(RanksError::OutOfStep { rank: partner, expected: say(here), found: say(there) });
        }
        passed.add(&Passed {
            loss: f64::from_bits(loss),
            terms: terms as usize,
            correct: passed.correct.map(|_| correct as usize),
        });
        (notes.asked, notes.kept) = (notes.asked.max(asked), notes.kept.max(kept));
        notes.looked |= looked;
        Ok(())
    }
}
