//! One connection between two ranks.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::{Duration, Instant};

use typednet_train::RanksError;

use super::stream::Stream;

/// What stands before each message: its kind, a rank, and how many bytes follow.
pub(super) const HEADER: usize = 16;
/// The first four bytes of a message: a rank's bytes.
pub(super) const DATA: u32 = 0x544E_4401;
/// The training ends because of a rank, for a reason in words.
const END: u32 = 0x544E_4402;
/// Nothing, but that the rank is there.
pub(super) const STILL_HERE: u32 = 0x544E_4403;

/// The longest reason that is read.
const LONGEST_REASON: u64 = 64 * 1024;

/// How often a rank that waits tells the others that it is there, at least.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// How long the last words of a rank are waited for.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(1);

/// Messages of as many bytes fit into what the systems keep, so that both sides can send before they receive.
const SMALL: usize = 8 * 1024;

/// How long it is asked again and again whether something has come or can be sent, before the system is to wake this rank: to be woken takes
/// as long as the exchange of a small gradient.
const SPIN: Duration = Duration::from_micros(100);

/// A connection, which blocks between two calls.
pub(super) struct Link {
    stream: Stream,
    /// How many bytes of a [`STILL_HERE`] the system has not taken yet. They go before anything else.
    owed: usize,
}

/// Why an exchange has not come to its end.
enum Broken {
    System(io::Error),
    /// Another kind of message has come.
    Header {
        kind: u32,
        rank: usize,
        len: u64,
    },
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

pub(super) fn header(kind: u32, rank: usize, len: usize) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&kind.to_le_bytes());
    header[4..8].copy_from_slice(&(rank as u32).to_le_bytes());
    header[8..].copy_from_slice(&(len as u64).to_le_bytes());
    header
}

/// A message that is read piece by piece, as it comes.
struct Incoming<'a> {
    header: [u8; HEADER],
    /// How much of the header was read.
    known: usize,
    to: [&'a mut [u8]; 2],
    /// How much of the content was read.
    read: usize,
}

impl<'a> Incoming<'a> {
    fn new(to: [&'a mut [u8]; 2]) -> Self {
        Self { header: [0; HEADER], known: 0, to, read: 0 }
    }

    /// The bytes of the content.
    fn len(&self) -> usize {
        self.to.iter().map(|run| run.len()).sum()
    }

    fn is_whole(&self) -> bool {
        self.known == HEADER && self.read == self.len()
    }

    /// Reads once from the system, what is missing.
    fn read_some(&mut self, from: &mut Stream) -> io::Result<usize> {
        if self.known < HEADER {
            return from.read(&mut self.header[self.known..]);
        }
        let [first, second] = &mut self.to;
        match self.read.checked_sub(first.len()) {
            Some(read) => from.read(&mut second[read..]),
            None => from.read_vectored(&mut [IoSliceMut::new(&mut first[self.read..]), IoSliceMut::new(second)]),
        }
    }

    /// Reads once.
    fn read(&mut self, from: &mut Stream) -> Result<(), Broken> {
        let count = self.read_some(from)?;
        if count == 0 {
            return Err(io::Error::from(ErrorKind::UnexpectedEof).into());
        }
        if self.known == HEADER {
            self.read += count;
            return Ok(());
        }
        self.known += count;
        if self.known < HEADER {
            return Ok(());
        }
        let number = |at: std::ops::Range<usize>| {
            self.header[at].iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
        };
        let (kind, rank, len) = (number(0..4) as u32, number(4..8) as usize, number(8..16));
        match kind {
            STILL_HERE => self.known = 0,
            DATA if len == self.len() as u64 => {}
            _ => return Err(Broken::Header { kind, rank, len }),
        }
        Ok(())
    }
}

/// Whether nothing is wrong, but that nothing has come or can be sent yet.
pub(super) fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

impl Link {
    pub(super) fn new(stream: Stream) -> io::Result<Self> {
        stream.send_at_once()?;
        stream.set_nonblocking(false)?;
        Ok(Self { stream, owed: 0 })
    }

    /// Sends `send` to rank `partner` as one message and fills `receive` from one; calls `still_here` now and then while it waits.
    pub(super) fn exchange(
        &mut self,
        partner: usize,
        send: [&[u8]; 2],
        receive: [&mut [u8]; 2],
        patience: Duration,
        still_here: impl FnMut(),
    ) -> Result<(), RanksError> {
        let expected = receive.iter().map(|run| run.len()).sum::<usize>();
        self.try_exchange(send, receive, patience, still_here).map_err(|broken| match broken {
            Broken::Header { kind: END, rank, len } => self.ended_by(rank, len),
            Broken::Header { kind: DATA, len, .. } => {
                let say = |len: u64| format!("a message of {len} bytes");
                RanksError::OutOfStep { rank: partner, expected: say(expected as u64), found: say(len) }
            }
            Broken::Header { .. } => RanksError::OutOfStep {
                rank: partner,
                expected: "a message of this program".to_owned(),
                found: "something else".to_owned(),
            },
            Broken::System(error) if is_late(&error) => RanksError::Lost {
                rank: partner,
                reason: format!(
                    "has not answered for {patience:?}: it hangs, or its machine or the network to it is gone; if its steps \
                     take longer, raise `Meeting::patience`"
                ),
            },
            Broken::System(error) => self.last_words().unwrap_or_else(|| RanksError::Lost {
                rank: partner,
                reason: format!("has closed its connection: it has ended or was killed ({error})"),
            }),
        })
    }

    fn try_exchange(
        &mut self,
        send: [&[u8]; 2],
        receive: [&mut [u8]; 2],
        patience: Duration,
        mut still_here: impl FnMut(),
    ) -> Result<(), Broken> {
        let Self { stream, owed } = self;
        let [first, second] = send;
        let content = first.len() + second.len();
        let mut heads = [0; 2 * HEADER];
        heads[..HEADER].copy_from_slice(&header(STILL_HERE, 0, 0));
        heads[HEADER..].copy_from_slice(&header(DATA, 0, content));
        let head = &heads[HEADER - *owed..];
        let mut incoming = Incoming::new(receive);
        let (mut sent, all) = (0, head.len() + content);
        let (mut last, mut told) = (Instant::now(), Instant::now());
        let mut stands = None;
        let tick = TICK.min(patience / 4).max(Duration::from_millis(1));
        let mut late = |moved: bool| {
            let now = Instant::now();
            if moved {
                last = now;
            }
            if now.duration_since(told) >= tick {
                told = now;
                still_here();
            }
            if now.duration_since(last) >= patience { Err(io::Error::from(ErrorKind::TimedOut)) } else { Ok(()) }
        };

        // Both at the same time, until all is sent: neither side may wait for the other to read.
        stream.set_nonblocking(content > SMALL)?;
        stream.set_write_timeout(Some(patience))?;
        while sent < all {
            let mut moved = true;
            let mut pieces = [IoSlice::new(head), IoSlice::new(first), IoSlice::new(second)];
            let mut rest = &mut pieces[..];
            IoSlice::advance_slices(&mut rest, sent);
            match stream.write_vectored(rest) {
                Ok(count) => {
                    sent += count;
                    *owed = owed.saturating_sub(count);
                }
                Err(error) if is_late(&error) => moved = false,
                Err(error) => return Err(error.into()),
            }
            if content > SMALL && !incoming.is_whole() {
                match incoming.read(stream) {
                    Ok(()) => moved = true,
                    Err(Broken::System(error)) if is_late(&error) => {}
                    Err(broken) => return Err(broken),
                }
            }
            late(moved)?;
            if moved {
                stands = None;
            } else if stands.get_or_insert_with(Instant::now).elapsed() < SPIN {
                thread::yield_now();
            } else {
                thread::sleep(Duration::from_micros(50));
            }
        }
        stream.set_nonblocking(true)?;
        stream.set_read_timeout(Some(tick))?;
        let (began, mut spins) = (Instant::now(), true);
        while !incoming.is_whole() {
            if spins && began.elapsed() >= SPIN {
                spins = false;
                stream.set_nonblocking(false)?;
            }
            match incoming.read(stream) {
                Ok(()) => late(true)?,
                Err(Broken::System(error)) if is_late(&error) => {
                    late(false)?;
                    if spins {
                        // Ranks that compute need the processor more than one that waits does.
                        thread::yield_now();
                    }
                }
                Err(broken) => return Err(broken),
            }
        }
        stream.set_nonblocking(false)?;
        Ok(())
    }

    /// The reason for which rank `rank` ends the training, of `len` bytes.
    fn ended_by(&mut self, rank: usize, len: u64) -> RanksError {
        let mut text = Vec::new();
        // Less than all of it still says something.
        _ = self.stream.set_nonblocking(false);
        _ = self.stream.set_read_timeout(Some(LAST_WORDS));
        _ = (&mut self.stream).take(len.min(LONGEST_REASON)).read_to_end(&mut text);
        RanksError::Lost { rank, reason: String::from_utf8_lossy(&text).into_owned() }
    }

    /// Why the other side ends the training, where it has said so before it closed the connection.
    fn last_words(&mut self) -> Option<RanksError> {
        self.stream.set_nonblocking(false).ok()?;
        self.stream.set_read_timeout(Some(LAST_WORDS)).ok()?;
        let mut incoming = Incoming::new([&mut [], &mut []]);
        while !incoming.is_whole() {
            match incoming.read(&mut self.stream) {
                Err(Broken::Header { kind: END, rank, len }) => return Some(self.ended_by(rank, len)),
                Ok(()) => {}
                Err(_) => return None,
            }
        }
        None
    }

    /// Tells the other side that this one is there, though it waits.
    pub(super) fn still_here(&mut self) {
        // Whoever does not listen is noticed when it should answer.
        let message = header(STILL_HERE, 0, 0);
        // What was begun is said to its end first; that says that this one is there too.
        let rest = if self.owed == 0 { HEADER } else { self.owed };
        _ = self.stream.set_nonblocking(true);
        self.owed = match self.stream.write(&message[HEADER - rest..]) {
            Ok(count) => rest - count,
            Err(_) => self.owed,
        };
        _ = self.stream.set_nonblocking(false);
    }

    /// Tells the other side why the training ends.
    pub(super) fn tell_end(&mut self, lost: usize, reason: &str) {
        let begun = header(STILL_HERE, 0, 0);
        let message = [&begun[HEADER - self.owed..], &header(END, lost, reason.len())[..], reason.as_bytes()].concat();
        _ = self.stream.set_nonblocking(false);
        _ = self.stream.set_write_timeout(Some(LAST_WORDS));
        _ = self.stream.write_all(&message);
        _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Reads what still comes, until the other side closes the connection too, or until then.
    pub(super) fn drain(&mut self, until: Instant) {
        let mut rubbish = [0; 4096];
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            _ = self.stream.set_read_timeout(Some(left));
            match self.stream.read(&mut rubbish) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}
