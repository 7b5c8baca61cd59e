//! What all ranks do together, made of exchanges between two of them.
//!
//! In round k a rank meets the one whose number differs in binary digit k. Before it, all ranks of the same higher digits know
//! what 2ᵏ of them know together; after it, twice as many.

use std::ops::Range;

use typednet_tensor::{Scalar, fill_from_le_bytes, ops, with_le_bytes};

use super::said::SAID;
use super::{Ranks, RanksError, Said};

/// Runs of fewer bytes are sent whole in each round; longer ones in halves.
const WORTH_HALVING: usize = 64 * 1024;

/// The partners of a rank, round by round.
fn partners(ranks: &dyn Ranks) -> impl Iterator<Item = usize> + use<> {
    let (rank, rounds) = (ranks.rank(), ranks.size().ilog2());
    (0..rounds).map(move |digit| rank ^ (1 << digit))
}

/// Sends a run of elements and receives another one.
fn exchange<T: Scalar>(ranks: &mut dyn Ranks, partner: usize, send: &[T], receive: &mut [T]) -> Result<(), RanksError> {
    let mut by_bytes = |send: &[u8], to: &mut [u8]| ranks.send_receive(partner, send, to);
    by_bytes_of(send, receive, &mut by_bytes)
}

/// As [`exchange`], with what the ranks tell each other before the run.
fn exchange_said<T: Scalar>(
    ranks: &mut dyn Ranks,
    partner: usize,
    said: Option<&mut Said<'_>>,
    send: &[T],
    receive: &mut [T],
) -> Result<(), RanksError> {
    let Some(said) = said else { return exchange(ranks, partner, send, receive) };
    let (here, mut there) = (said.bytes(), [0; SAID]);
    let mut by_bytes = |send: &[u8], to: &mut [u8]| ranks.send_receive_two(partner, [&here, send], [&mut there, to]);
    by_bytes_of(send, receive, &mut by_bytes)?;
    said.take_in(partner, &there)
}

/// What sends the bytes of one run and receives those of another one.
type ByBytes<'a> = &'a mut dyn FnMut(&[u8], &mut [u8]) -> Result<(), RanksError>;

/// Hands the bytes of two runs to `exchange`.
fn by_bytes_of<T: Scalar>(send: &[T], receive: &mut [T], exchange: ByBytes<'_>) -> Result<(), RanksError> {
    if cfg!(target_endian = "big") { turned(send, receive, exchange) } else { direct(send, receive, exchange) }
}

/// As [`by_bytes_of`], where the elements are their bytes, which come in one piece.
fn direct<T: Scalar>(send: &[T], receive: &mut [T], exchange: ByBytes<'_>) -> Result<(), RanksError> {
    with_le_bytes(send, |bytes| fill_from_le_bytes(receive, |to| exchange(bytes, to)))
}

/// As [`by_bytes_of`], in memory of its own: bytes that are turned come in pieces, but a run is one message on every machine.
fn turned<T: Scalar>(send: &[T], receive: &mut [T], exchange: ByBytes<'_>) -> Result<(), RanksError> {
    let (mut sent, mut received) = (Vec::with_capacity(size_of_val(send)), vec![0; size_of_val(receive)]);
    with_le_bytes(send, |piece| {
        sent.extend_from_slice(piece);
        Ok::<(), RanksError>(())
    })?;
    exchange(&sent, &mut received)?;
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
///
/// What is `said` goes with it, if there is something, and is known to all ranks then too.
#[inline(never)]
pub(crate) fn add<T: Scalar>(
    ranks: &mut dyn Ranks,
    mut said: Option<Said<'_>>,
    mine: &mut [T],
    spare: &mut [T],
) -> Result<(), RanksError> {
    let halve = ranks.size() > 2 && size_of_val(mine) >= WORTH_HALVING;
    if !halve {
        let spare = &mut spare[..mine.len()];
        return partners(ranks).try_for_each(|partner| {
            exchange_said(ranks, partner, said.as_mut(), mine, spare)?;
            ops::add(spare, mine);
            Ok(())
        });
    }
    let (rank, rounds) = (ranks.rank(), ranks.size().ilog2());
    for digit in 0..rounds {
        let Halves { keep, give, .. } = Halves::of(rank, digit, mine.len());
        let spare = &mut spare[..keep.len()];
        exchange_said(ranks, rank ^ (1 << digit), said.as_mut(), &mine[give], spare)?;
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

/// Brings the elements that each rank has to all others. Those of rank r stand from place `start(r)` to `start(r + 1)`.
#[inline(never)]
pub(crate) fn gather<T: Scalar>(
    ranks: &mut dyn Ranks,
    all: &mut [T],
    start: &dyn Fn(usize) -> usize,
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
    use crate::engine::Passed;
    use crate::shards::Notes;

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

    type Way = fn(&[f32], &mut [f32], ByBytes<'_>) -> Result<(), RanksError>;

    /// Runs of any two lengths, none and more than one piece of turned bytes among them, are one message each way.
    #[test]
    fn runs_of_two_lengths_are_one_message_in_both_ways_to_exchange_them() {
        for (here, there) in [(0, 3), (3, 0), (0, 0), (1, 5000), (5000, 1), (2000, 2000)] {
            let run = |len: usize| (0..len).map(|n| n as f32 * 0.5 - 7.0).collect::<Vec<f32>>();
            let bytes = |run: &[f32]| run.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
            let ways: [Way; 2] = [direct, turned];
            for way in ways {
                let (mut partner, mut received) = (Partner(bytes(&run(there))), vec![0.0; there]);
                way(&run(here), &mut received, &mut |send, to| partner.send_receive(1, send, to))
                    .expect("nothing fails");
                assert_eq!((received, partner.0), (run(there), bytes(&run(here))), "{here} and {there}");
            }
        }
    }

    /// A partner that has and says the same, all in one message.
    struct Echo;

    impl Ranks for Echo {
        fn rank(&self) -> usize {
            0
        }

        fn size(&self) -> usize {
            2
        }

        fn send_receive(&mut self, _: usize, _: &[u8], _: &mut [u8]) -> Result<(), RanksError> {
            panic!("in two messages");
        }

        fn send_receive_two(&mut self, _: usize, send: [&[u8]; 2], receive: [&mut [u8]; 2]) -> Result<(), RanksError> {
            receive.into_iter().zip(send).for_each(|(to, from)| to.copy_from_slice(from));
            Ok(())
        }

        fn end(&mut self, _: usize, _: &str) {}
    }

    #[test]
    fn what_is_said_and_a_run_are_one_message() {
        let mut passed = Passed { loss: 1.5, terms: 4, correct: Some(3) };
        let mut notes = Notes { step: 7, asked: 1, kept: 5, looked: 1, rows: 8, batch: 9 };
        let (mut mine, mut spare, expected) = ([1.0_f32, -2.0], [0.0; 2], notes);
        // As trainers have it.
        let mut ranks: Box<dyn Ranks> = Box::new(Echo);
        let said = Said { passed: &mut passed, notes: &mut notes };
        add(&mut ranks, Some(said), &mut mine, &mut spare).expect("nothing fails");
        assert_eq!((mine, notes), ([2.0, -4.0], expected));
        assert_eq!((passed.loss, passed.terms, passed.correct), (3.0, 8, Some(6)));
    }
}
