//! Processes that train one network together.

mod collective;
mod error;
mod join;
mod said;
mod share;
mod star;
mod validate;

pub use error::{RankDifference, RanksError};
pub use star::Star;

pub(crate) use collective::{add, broadcast, gather, or};
pub(crate) use join::Joined;
pub(crate) use said::Said;
pub(crate) use share::{bytes_of, receive, send};

/// The processes of one training, which are numbered from 0: their ranks.
///
/// All of them run the same program. Given to [`Trainer::ranks`](crate::Trainer::ranks), each computes its
/// [shards](crate::Trainer::shards) of every batch. The crate `typednet-distributed` has two: over TCP, and over MPI.
///
/// Their number is a power of two, and a rank talks only to those whose number differs from its own in one binary digit.
///
/// # Contract
/// Calls of [`send_receive`](Ranks::send_receive) meet in pairs: the n-th with `partner` here and the n-th with this rank there.
/// A call comes back in a stated time, whatever happens to the partner; an engine says in its documentation which that is.
pub trait Ranks: Send {
    /// The number of this process, from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// Sends `send` to `partner`, and fills `receive` with what it sends, both at the same time. Either may be empty.
    ///
    /// # Errors
    /// [`RanksError::Lost`] with the number of the rank that is gone or does not answer, which need not be the partner;
    /// [`RanksError::OutOfStep`] if it sends more or less than is expected.
    fn send_receive(&mut self, partner: usize, send: &[u8], receive: &mut [u8]) -> Result<(), RanksError>;

    /// As [`send_receive`](Ranks::send_receive), of two runs each way: what is short goes with what is long. An engine that can do so sends them
    /// as one message, so that the partner is not waited for twice.
    ///
    /// # Errors
    /// As [`send_receive`](Ranks::send_receive).
    fn send_receive_two(
        &mut self,
        partner: usize,
        send: [&[u8]; 2],
        receive: [&mut [u8]; 2],
    ) -> Result<(), RanksError> {
        let ([first, second], [to_first, to_second]) = (send, receive);
        self.send_receive(partner, first, to_first)?;
        self.send_receive(partner, second, to_second)
    }

    /// Tells all others, and through them those that are not asked directly, that the training ends because of rank `lost`, and
    /// why. No other call comes after it.
    fn end(&mut self, lost: usize, reason: &str);

    /// Waits until all ranks have come here.
    ///
    /// # Errors
    /// As [`send_receive`](Ranks::send_receive).
    fn barrier(&mut self) -> Result<(), RanksError> {
        let (rank, size) = (self.rank(), self.size());
        (0..size.ilog2()).try_for_each(|digit| self.send_receive(rank ^ (1 << digit), &[], &mut []))
    }
}

impl<R: Ranks + ?Sized> Ranks for Box<R> {
    fn rank(&self) -> usize {
        (**self).rank()
    }

    fn size(&self) -> usize {
        (**self).size()
    }

    fn send_receive(&mut self, partner: usize, send: &[u8], receive: &mut [u8]) -> Result<(), RanksError> {
        (**self).send_receive(partner, send, receive)
    }

    fn send_receive_two(
        &mut self,
        partner: usize,
        send: [&[u8]; 2],
        receive: [&mut [u8]; 2],
    ) -> Result<(), RanksError> {
        (**self).send_receive_two(partner, send, receive)
    }

    fn end(&mut self, lost: usize, reason: &str) {
        (**self).end(lost, reason);
    }

    fn barrier(&mut self) -> Result<(), RanksError> {
        (**self).barrier()
    }
}
