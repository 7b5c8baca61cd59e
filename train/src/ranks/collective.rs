//! What all ranks do together, made of exchanges between two of them.
//!
//! In round k a rank meets the one whose number differs in binary digit k. Before it, all ranks of the same higher digits know
//! what 2ᵏ of them know together; after it, twice as many.

use std::ops::Range;

use typednet_tensor::{Scalar, fill_from_le_bytes, ops, with_le_bytes};

use super::{Ranks, RanksError};
use crate::engine::Passed;
use crate::shards::Notes;

/// Runs of fewer bytes are sent whole in each round; longer ones in halves.
const WORTH_HALVING: usize = 64 * 1024;

/// The partners of a rank, round by round.
fn partners(ranks: &dyn Ranks) -> impl Iterator<Item = usize> + use<> {
    let (rank, rounds) = (ranks.rank(), ranks.size().ilog2());
    (0..rounds).map(move |digit| rank ^ (1 << digit))
}

/// Sends a run of elements and receives another one.
fn exchange<T: Scalar>(ranks: &mut dyn Ranks, partner: usize, send: &[T], receive: &mut [T]) -> Result<(), RanksError> {
    if cfg!(target_endian = "big") {
        return exchange_turned(ranks, partner, send, receive);
    }
    // The elements are their bytes, which come in one piece.
    with_le_bytes(send, |bytes| fill_from_le_bytes(receive, |to| ranks.send_receive(partner, bytes, to)))
}

/// As [`exchange`], in memory of its own: bytes that are turned come in pieces, but a run is one message on every machine.
fn exchange_turned<T: Scalar>(
    ranks: &mut dyn Ranks,
    partner: usize,
    send: &[T],
    receive: &mut [T],
) -> Result<(), RanksError> {
    let (mut sent, mut received) = (Vec::with_capacity(size_of_val(send)), vec![0; size_of_val(receive)]);
    with_le_bytes(send, |piece| {
        sent.extend_from_slice(piece);
        Ok::<(), RanksError>(())
    })?;
    ranks.send_receive(partner, &sent, &mut received)?;
    let mut rest = &received[..];
    fill_from_le_bytes(receive, |to| {
        let (here, behind) = rest.split_at(to.len());
        to.copy_from_slice(here);
        rest = behind;
        Ok(())
    })
}

/// `mine` ← the sum over all ranks, added by the binary tree over their numbers. `spare` has as many elements.
///
/// A long run is halved in each round: both sides add one half of it and never see the other, whose sum comes back in the second
/// half of the rounds. Each element is added by the same tree in both ways.
pub(crate) fn add<T: Scalar>(ranks: &mut dyn Ranks, mine: &mut [T], spare: &mut [T]) -> Result<(), RanksError> {
    let halve = ranks.size() > 2 && size_of_val(mine) >= WORTH_HALVING;
    if !halve {
        let spare = &mut spare[..mine.len()];
        return partners(ranks).try_for_each(|partner| {
            exchange(ranks, partner, mine, spare)?;
            ops::add(spare, mine);
            Ok(())
        });
    }
    let (rank, rounds) = (ranks.rank(), ranks.size().ilog2());
    for digit in 0..rounds {
        let Halves { keep, give, .. } = Halves::of(rank, digit, mine.len());
        let spare = &mut spare[..keep.len()];
        exchange(ranks, rank ^ (1 << digit), &mine[give], spare)?;
        ops::add(spare, &mut mine[keep]);
    }
    for digit in (0..rounds).rev() {
        let Halves { keep, give, middle } = Halves::of(rank, digit, mine.len());
        let (left, right) = mine.split_at_mut(middle);
        if keep.end <= middle {
            exchange(ranks, rank ^ (1 << digit), &left[keep], &mut right[..give.end - middle])?;
        } else {
            exchange(ranks, rank ^ (1 << digit), &right[..keep.end - middle], &mut left[give])?;
        }
    }
    Ok(())
}

/// What a rank does with the run that is left to it in a round.
struct Halves {
    /// The half that it adds, and goes on with.
    keep: Range<usize>,
    /// The half that its partner adds.
    give: Range<usize>,
    /// Where the halves meet.
    middle: usize,
}

impl Halves {
    /// Those of rank `rank` in the round of `digit`, of a run of `len` elements.
    fn of(rank: usize, digit: u32, len: usize) -> Self {
        let (mut from, mut to) = (0_usize, len);
        for earlier in 0..digit {
            let middle = from.midpoint(to);
            if rank >> earlier & 1 == 0 { to = middle } else { from = middle }
        }
        let middle = from.midpoint(to);
        let (left, right) = (from..middle, middle..to);
        let (keep, give) = if rank >> digit & 1 == 0 { (left, right) } else { (right, left) };
        Self { keep, give, middle }
    }
}

/// Sums of what was found, and what the ranks tell each other.
pub(crate) fn add_notes(ranks: &mut dyn Ranks, passed: &mut Passed, notes: &mut Notes) -> Result<(), RanksError> {
    const FIELDS: usize = 9;
    let (mut send, mut receive) = ([0_u8; 8 * FIELDS], [0_u8; 8 * FIELDS]);
    for partner in partners(ranks) {
        let correct = passed.correct.map_or(0, |correct| correct as u64);
        let Notes { step, asked, kept, looked, rows, batch } = *notes;
        let fields = [step, rows, batch, passed.loss.to_bits(), passed.terms as u64, correct, asked, kept, looked];
        for (to, field) in send.chunks_exact_mut(8).zip(fields) {
            to.copy_from_slice(&field.to_le_bytes());
        }
        ranks.send_receive(partner, &send, &mut receive)?;
        let mut found = receive.chunks_exact(8).map(|field| u64::from_le_bytes(field.try_into().unwrap_or_default()));
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
    }
    Ok(())
}

/// Brings the elements that each rank has to all others. Those of rank r stand from place `start(r)` to `start(r + 1)`.
pub(crate) fn gather<T: Scalar>(
    ranks: &mut dyn Ranks,
    all: &mut [T],
    start: impl Fn(usize) -> usize,
) -> Result<(), RanksError> {
    let rank = ranks.rank();
    let place = |of: usize, size: usize, all: usize| if of == size { all } else { start(of) };
    for (digit, partner) in partners(ranks).enumerate() {
        // The groups of both sides lie beside each other.
        let (group, len, size) = ((rank >> digit << digit), 1 << digit, ranks.size());
        let other = group ^ len;
        let middle = start(group.max(other));
        let from = start(group.min(other));
        let to = place(group.max(other) + len, size, all.len());
        let (left, right) = all.split_at_mut(middle);
        let (left, right) = (&mut left[from..], &mut right[..to - middle]);
        if group < other {
            exchange(ranks, partner, left, right)?;
        } else {
            exchange(ranks, partner, right, left)?;
        }
    }
    Ok(())
}

/// Every bit that is set on some rank is set on all.
pub(crate) fn or(ranks: &mut dyn Ranks, bytes: &mut [u8]) -> Result<(), RanksError> {
    let mut received = vec![0; bytes.len()];
    partners(ranks).try_for_each(|partner| {
        ranks.send_receive(partner, bytes, &mut received)?;
        bytes.iter_mut().zip(&received).for_each(|(byte, other)| *byte |= other);
        Ok(())
    })
}

/// Brings the bytes of rank `root` to all others.
pub(crate) fn broadcast(ranks: &mut dyn Ranks, root: usize, bytes: &mut Vec<u8>) -> Result<(), RanksError> {
    let mut len = if ranks.rank() == root { (bytes.len() as u64).to_le_bytes() } else { [0; 8] };
    or(ranks, &mut len)?;
    bytes.resize(u64::from_le_bytes(len) as usize, 0);
    // How far this rank is from the root, counted in rounds: those of smaller numbers have it earlier.
    let far = ranks.rank() ^ root;
    for (digit, partner) in partners(ranks).enumerate() {
        match far >> digit {
            0 => ranks.send_receive(partner, bytes, &mut [])?,
            1 => ranks.send_receive(partner, &[], bytes)?,
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A partner that sends what it was made with, and keeps what it is sent.
    struct Partner(Vec<u8>);

    impl Ranks for Partner {
        fn rank(&self) -> usize {
            0
        }

        fn size(&self) -> usize {
            2
        }

        fn send_receive(&mut self, _: usize, send: &[u8], receive: &mut [u8]) -> Result<(), RanksError> {
            receive.copy_from_slice(&self.0);
            self.0 = send.to_vec();
            Ok(())
        }

        fn end(&mut self, _: usize, _: &str) {}
    }

    type Way = fn(&mut dyn Ranks, usize, &[f32], &mut [f32]) -> Result<(), RanksError>;

    /// Runs of any two lengths, none and more than one piece of turned bytes among them, are one message each way.
    #[test]
    fn runs_of_two_lengths_are_one_message_in_both_ways_to_exchange_them() {
        for (here, there) in [(0, 3), (3, 0), (0, 0), (1, 5000), (5000, 1), (2000, 2000)] {
            let run = |len: usize| (0..len).map(|n| n as f32 * 0.5 - 7.0).collect::<Vec<f32>>();
            let bytes = |run: &[f32]| run.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
            let ways: [Way; 2] = [exchange, exchange_turned];
            for way in ways {
                let (mut partner, mut received) = (Partner(bytes(&run(there))), vec![0.0; there]);
                way(&mut partner, 1, &run(here), &mut received).expect("nothing fails");
                assert_eq!((received, partner.0), (run(there), bytes(&run(here))), "{here} and {there}");
            }
        }
    }
}
