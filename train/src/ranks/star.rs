//! Processes of which one speaks with each of the others.

use std::time::Duration;

use super::RanksError;

/// The processes of one job, of which rank 0 is sent messages by each of the others and answers them, in any order.
///
/// [`Ranks`](super::Ranks) is for work in step: all have as much to do, and one that is gone ends it for all. A star is for pieces of work
/// that take different times and can be done again elsewhere, such as the trials of a study: any number of ranks, and one that is gone
/// is one fewer. The crate `typednet-distributed` has two: over TCP, and over MPI.
///
/// # Contract
/// Messages between two ranks arrive whole, once, and in the order in which they were sent. Each rank calls
/// [`receive`](Star::receive) or [`send`](Star::send) several times a second, so that the others know that it is there. Both come back in
/// a stated time, whatever happens to the other side; an engine says in its documentation which that is.
pub trait Star: Send {
    /// The number of this process, from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// Sends a message: from rank 0 to any other, and from any other to rank 0.
    ///
    /// # Errors
    /// [`RanksError::Lost`] if that rank is gone; [`receive`](Star::receive) says so too.
    fn send(&mut self, to: usize, message: &[u8]) -> Result<(), RanksError>;

    /// The next message, and who has sent it; `None` where none comes within that time.
    ///
    /// # Errors
    /// [`RanksError::Lost`] or [`RanksError::OutOfStep`] with the number of a rank that is gone, does not answer or is another program:
    /// once for each, behind all that it has sent. The others go on.
    fn receive(&mut self, within: Duration) -> Result<Option<(usize, Vec<u8>)>, RanksError>;
}

impl<S: Star + ?Sized> Star for Box<S> {
    fn rank(&self) -> usize {
        (**self).rank()
    }

    fn size(&self) -> usize {
        (**self).size()
    }

    fn send(&mut self, to: usize, message: &[u8]) -> Result<(), RanksError> {
        (**self).send(to, message)
    }

    fn receive(&mut self, within: Duration) -> Result<Option<(usize, Vec<u8>)>, RanksError> {
        (**self).receive(within)
    }
}
