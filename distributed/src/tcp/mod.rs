//! Ranks over TCP.

mod callers;
mod first;
mod link;
mod meeting;
mod same_machine;
mod star;
mod stream;

use std::time::{Duration, Instant};

use link::{LAST_WORDS, Link};
pub use meeting::Meeting;
pub use star::TcpStar;
use typednet_train::{Ranks, RanksError};

/// Ranks over the TCP of the system, on one machine or on many.
///
/// A rank has a connection to each rank whose number differs from its own in one binary digit. What goes over it is neither encrypted
/// nor signed: it is for a network that its users trust. Two ranks that meet over TCP and are on one Linux machine go on over a socket of that
/// machine, which takes less time; [`Meeting::tcp_only`] leaves them with TCP.
///
/// A rank that is gone is noticed at once where its system says so, and else, as when a cable is cut, when it has been silent for as
/// long as [`Meeting::patience`] says: a minute, unless it is told otherwise. Then all ranks end, each with the number of the
/// one that is gone, at most two seconds later.
pub struct Tcp {
    rank: usize,
    size: usize,
    /// The rank of each, and the connection to it.
    links: Vec<(usize, Link)>,
    patience: Duration,
    ended: bool,
}

impl Tcp {
    /// Meets the other processes that a launcher has started: see [`Meeting::from_env`]. One process that was started by itself is
    /// rank 0 of 1.
    ///
    /// # Errors
    /// As [`Meeting::from_env`] and [`Meeting::connect`].
    pub fn from_env() -> Result<Self, RanksError> {
        Meeting::from_env()?.connect()
    }
}

impl Ranks for Tcp {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn send_receive(&mut self, partner: usize, send: &[u8], receive: &mut [u8]) -> Result<(), RanksError> {
        self.send_receive_two(partner, [send, &[]], [receive, &mut []])
    }

    fn send_receive_two(
        &mut self,
        partner: usize,
        send: [&[u8]; 2],
        receive: [&mut [u8]; 2],
    ) -> Result<(), RanksError> {
        let Self { links, patience, ended, .. } = self;
        let place = links.iter().position(|(rank, _)| *rank == partner);
        let Some(place) = place.filter(|_| !*ended) else {
            let reason =
                if *ended { "was left, since the training has ended" } else { "has no connection to this one" };
            return Err(RanksError::Lost { rank: partner, reason: reason.to_owned() });
        };
        let (before, rest) = links.split_at_mut(place);
        let Some(((_, link), behind)) = rest.split_first_mut() else { return Ok(()) };
        // As long as this rank waits, those that wait for it are told that it is there.
        let still_here = || before.iter_mut().chain(&mut *behind).for_each(|(_, link)| link.still_here());
        link.exchange(partner, send, receive, *patience, still_here)
    }

    fn end(&mut self, lost: usize, reason: &str) {
        self.ended = true;
        self.links.iter_mut().filter(|(rank, _)| *rank != lost).for_each(|(_, link)| link.tell_end(lost, reason));
        // A connection that is closed with bytes unread loses what was just sent.
        let until = Instant::now() + LAST_WORDS;
        self.links.iter_mut().filter(|(rank, _)| *rank != lost).for_each(|(_, link)| link.drain(until));
        self.links.clear();
    }
}
