//! Those who come to a port, and what they say first.

use std::io::{self, ErrorKind, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// What a rank's first message begins with: the protocol and its version.
pub(super) const HELLO: [u8; 8] = *b"tndist\0\x03";

/// The bytes of a first message: [`HELLO`] and three numbers.
const BYTES: usize = HELLO.len() + 3 * size_of::<u64>();

/// How long somebody who has come may take to say it. Nobody else has to wait for that.
const GRACE: Duration = Duration::from_secs(5);

/// The most who are heard at the same time: of more, the first who came is left alone.
const MOST: usize = 256;

/// A port, and those who have come to it and have not said who they are.
///
/// Anybody can come: a rank, a program that looks which ports are open, one that speaks another language or nothing at all. All are
/// heard at the same time, so that no stranger keeps a rank waiting.
pub(super) struct Callers {
    listener: TcpListener,
    waiting: Vec<Caller>,
}

/// Somebody who has come.
struct Caller {
    stream: TcpStream,
    from: SocketAddr,
    came: Instant,
    said: [u8; BYTES],
    /// How much of it was read.
    read: usize,
}

/// A rank that has said who it is.
pub(super) struct Introduced {
    pub(super) stream: TcpStream,
    pub(super) from: SocketAddr,
    pub(super) numbers: [u64; 3],
}

impl Callers {
    pub(super) fn new(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { listener, waiting: Vec::new() })
    }

    /// The next one who says who it is; `None` if nobody does until then.
    pub(super) fn next(&mut self, until: Instant) -> Option<Introduced> {
        loop {
            if Instant::now() >= until {
                return None;
            }
            self.let_in();
            let mut place = 0;
            while let Some(caller) = self.waiting.get_mut(place) {
                match caller.hear() {
                    Ok(None) => place += 1,
                    Ok(Some(numbers)) => {
                        let Caller { stream, from, .. } = self.waiting.remove(place);
                        if stream.set_nonblocking(false).is_ok() {
                            return Some(Introduced { stream, from, numbers });
                        }
                    }
                    // Whoever speaks another language, or goes away, is left alone.
                    Err(_) => _ = self.waiting.remove(place),
                }
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Takes in those who have come.
    fn let_in(&mut self) {
        // Not more at once than are heard, or who comes often enough would be let in for ever.
        for _ in 0..MOST {
            let Ok((stream, from)) = self.listener.accept() else { return };
            if stream.set_nonblocking(true).is_err() {
                continue;
            }
            if self.waiting.len() == MOST {
                self.waiting.remove(0);
            }
            self.waiting.push(Caller { stream, from, came: Instant::now(), said: [0; BYTES], read: 0 });
        }
    }
}

impl Caller {
    /// Reads what has come: the numbers, once they are whole, and an error for who is no rank.
    fn hear(&mut self) -> io::Result<Option<[u64; 3]>> {
        while self.read < BYTES {
            match self.stream.read(&mut self.said[self.read..]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.read += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        let hello = self.read.min(HELLO.len());
        if self.said[..hello] != HELLO[..hello] {
            return Err(ErrorKind::InvalidData.into());
        }
        if self.read < BYTES {
            return if self.came.elapsed() < GRACE { Ok(None) } else { Err(ErrorKind::TimedOut.into()) };
        }
        let mut numbers = self.said[HELLO.len()..].chunks_exact(size_of::<u64>());
        let mut number = || numbers.next().and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        Ok(Some([number(), number(), number()]))
    }
}
