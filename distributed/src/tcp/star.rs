//! A star over TCP: rank 0 has a connection to each of the others.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use typednet_train::{RanksError, Star};

use super::link::{DATA, HEADER, LAST_WORDS, STILL_HERE, TICK, header, is_late};

/// The longest message.
const LONGEST: u64 = 1 << 30;

/// How long it is waited until connections are looked at again of which none had anything.
const PAUSE: Duration = Duration::from_millis(1);

/// So many pieces of a connection are read before the next one is looked at.
const PIECES: usize = 64;

/// A [`Star`] over the TCP of the system, on one machine or on many: see [`Meeting::star`](super::Meeting::star).
///
/// What goes over it is neither encrypted nor signed: it is for a network that its users trust.
///
/// A rank that has ended or was killed is noticed at once where its system says so, and else, as when a cable is cut, when it has been silent
/// for as long as [`Meeting::patience`](super::Meeting::patience) says: a minute, unless it is told otherwise.
pub struct TcpStar {
    rank: usize,
    size: usize,
    spokes: Vec<Spoke>,
    patience: Duration,
    /// The place of the one that is heard first the next time, so that nobody is heard always.
    next: usize,
    /// When the others were told last that this one is there.
    told: Instant,
}

/// The connection to one rank, which never blocks.
struct Spoke {
    rank: usize,
    stream: TcpStream,
    /// What has come and was not taken yet.
    come: Vec<u8>,
    /// What the system has not taken yet.
    owed: Vec<u8>,
    heard: Instant,
    /// Whether nothing can be sent any more.
    is_deaf: bool,
    /// Why nothing comes any more.
    broken: Option<RanksError>,
    /// Whether that was said.
    is_told: bool,
}

impl TcpStar {
    pub(super) fn new(
        rank: usize,
        size: usize,
        streams: Vec<(usize, TcpStream)>,
        patience: Duration,
    ) -> io::Result<Self> {
        let spoke = |(rank, stream): (usize, TcpStream)| {
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let (come, owed) = (Vec::new(), Vec::new());
            Ok(Spoke { rank, stream, come, owed, heard: Instant::now(), is_deaf: false, broken: None, is_told: false })
        };
        let spokes = streams.into_iter().map(spoke).collect::<io::Result<_>>()?;
        Ok(Self { rank, size, spokes, patience, next: 0, told: Instant::now() })
    }

    /// Sends and reads what can be sent and read now: of each not much more than one message, unless `all` is asked for.
    fn turn(&mut self, all: bool) {
        let tick = TICK.min(self.patience / 4).max(PAUSE);
        let is_time = self.told.elapsed() >= tick;
        if is_time {
            self.told = Instant::now();
        }
        for spoke in self.spokes.iter_mut().filter(|spoke| spoke.broken.is_none()) {
            // What is on its way says that this one is there too.
            if is_time && spoke.owed.is_empty() {
                spoke.owed.extend_from_slice(&header(STILL_HERE, 0, 0));
            }
            if let Err(broken) = spoke.turn(self.patience, all) {
                spoke.broken = Some(broken);
            }
        }
    }
}

impl Spoke {
    fn turn(&mut self, patience: Duration, all: bool) -> Result<(), RanksError> {
        if self.write().is_err() {
            (self.is_deaf, self.owed) = (true, Vec::new());
        }
        let gone = match self.read(all) {
            // What it has said comes first.
            Err(_) if self.has_message() => {
                (self.is_deaf, self.owed) = (true, Vec::new());
                None
            }
            Err(error) => Some(error),
            Ok(()) => (self.is_deaf && !self.has_message()).then(|| ErrorKind::BrokenPipe.into()),
        };
        if let Some(error) = gone {
            let reason = format!("has closed its connection: it has ended or was killed ({error})");
            return Err(RanksError::Lost { rank: self.rank, reason });
        }
        if self.heard.elapsed() < patience {
            return Ok(());
        }
        let reason =
            format!("has not answered for {patience:?}: it hangs, or its machine or the network to it is gone");
        Err(RanksError::Lost { rank: self.rank, reason })
    }

    fn write(&mut self) -> io::Result<()> {
        let mut written = 0;
        while written < self.owed.len() {
            match self.stream.write(&self.owed[written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_late(&error) => break,
                Err(error) => return Err(error),
            }
        }
        self.owed.drain(..written);
        Ok(())
    }

    /// Reads what has come until a message is whole, or `all`.
    fn read(&mut self, all: bool) -> io::Result<()> {
        let mut piece = [0; 16 * 1024];
        // Whoever sends faster than is read here keeps nobody else waiting.
        for _ in 0..PIECES {
            if !all && self.has_message() {
                break;
            }
            match self.stream.read(&mut piece) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    self.come.extend_from_slice(&piece[..count]);
                    self.heard = Instant::now();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_late(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        // It waits for this one, and not this one for it.
        self.heard = Instant::now();
        Ok(())
    }

    /// The kind and length of what comes next.
    fn front(&self) -> Option<(u32, u64)> {
        let (kind, rest) = self.come.split_first_chunk::<4>()?;
        let len = rest.get(4..12)?.try_into().ok()?;
        Some((u32::from_le_bytes(*kind), u64::from_le_bytes(len)))
    }

    /// Whether a message is whole, or will never be. What only says that the other one is there is taken away.
    fn has_message(&mut self) -> bool {
        while let Some((STILL_HERE, _)) = self.front() {
            self.come.drain(..HEADER);
        }
        self.front()
            .is_some_and(|(kind, len)| kind != DATA || len > LONGEST || (self.come.len() - HEADER) as u64 >= len)
    }

    /// The next message, if it is whole.
    fn take(&mut self) -> Result<Option<Vec<u8>>, RanksError> {
        if !self.has_message() {
            return Ok(None);
        }
        match self.front() {
            Some((DATA, len)) if len <= LONGEST => {
                let rest = self.come.split_off(HEADER + len as usize);
                let mut message = std::mem::replace(&mut self.come, rest);
                message.drain(..HEADER);
                Ok(Some(message))
            }
            _ => {
                self.come.clear();
                Err(RanksError::OutOfStep {
                    rank: self.rank,
                    expected: "a message of this program".to_owned(),
                    found: "something else".to_owned(),
                })
            }
        }
    }
}

impl Star for TcpStar {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn send(&mut self, to: usize, message: &[u8]) -> Result<(), RanksError> {
        let lost = |reason: &str| Err(RanksError::Lost { rank: to, reason: reason.to_owned() });
        let Some(place) = self.spokes.iter().position(|spoke| spoke.rank == to) else {
            return lost("has no connection to this one");
        };
        if message.len() as u64 > LONGEST {
            return lost(&format!("would be sent {} bytes, but a message has at most {LONGEST}", message.len()));
        }
        self.spokes[place].owed.extend_from_slice(&header(DATA, 0, message.len()));
        self.spokes[place].owed.extend_from_slice(message);
        loop {
            // All are heard in the meantime, or two that send to each other would wait for ever.
            self.turn(true);
            let Spoke { broken, owed, .. } = &self.spokes[place];
            match broken {
                Some(error) => return Err(error.clone()),
                None if owed.is_empty() => return Ok(()),
                None => thread::sleep(PAUSE),
            }
        }
    }

    fn receive(&mut self, within: Duration) -> Result<Option<(usize, Vec<u8>)>, RanksError> {
        let began = Instant::now();
        loop {
            self.turn(false);
            let count = self.spokes.len();
            for place in (0..count).map(|step| (self.next + step) % count) {
                let spoke = &mut self.spokes[place];
                match spoke.take() {
                    Ok(Some(message)) => {
                        self.next = place + 1;
                        return Ok(Some((spoke.rank, message)));
                    }
                    Ok(None) => {}
                    Err(error) => _ = spoke.broken.get_or_insert(error),
                }
                if let Some(error) = spoke.broken.as_ref().filter(|_| !spoke.is_told) {
                    spoke.is_told = true;
                    return Err(error.clone());
                }
            }
            if began.elapsed() >= within {
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for TcpStar {
    fn drop(&mut self) {
        self.spokes.iter().for_each(|spoke| _ = spoke.stream.shutdown(Shutdown::Write));
        // A connection that is closed with bytes unread loses what was just sent.
        let until = Instant::now() + LAST_WORDS;
        let mut rubbish = [0; 4096];
        for Spoke { stream, .. } in self.spokes.iter_mut().filter(|spoke| spoke.broken.is_none()) {
            _ = stream.set_nonblocking(false);
            while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                _ = stream.set_read_timeout(Some(left));
                match stream.read(&mut rubbish) {
                    Ok(0) | Err(_) => break,
                    Ok(_) => {}
                }
            }
        }
    }
}
