//! A slow line between two programs: bytes arrive late, or not at all any more, while the connections stay open.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How much is passed on at a time.
const PIECE: usize = 64 * 1024;

/// A running relay, in a program of its own, since it stands in another namespace.
pub(super) struct Relay {
    /// Where it listens.
    pub(super) from: String,
    /// What it calls.
    pub(super) to: String,
    /// How long bytes take, each way.
    pub(super) delay: Duration,
    /// Nothing arrives any more, once there is this file.
    pub(super) stall: PathBuf,
}

impl Relay {
    /// The words behind the program's name that start it.
    pub(super) fn words(&self) -> [String; 5] {
        let Self { from, to, delay, stall } = self;
        ["relay".to_owned(), from.clone(), to.clone(), delay.as_millis().to_string(), stall.display().to_string()]
    }

    /// What [`words`](Self::words) say, but for the first.
    fn read(words: &[String]) -> Option<Self> {
        let [from, to, delay, stall] = words else { return None };
        let delay = Duration::from_millis(delay.parse().ok()?);
        Some(Self { from: from.clone(), to: to.clone(), delay, stall: PathBuf::from(stall) })
    }

    /// Passes on whatever comes, until the program is ended.
    fn run(&self) -> io::Result<()> {
        let listener = TcpListener::bind(&self.from)?;
        for caller in listener.incoming() {
            let caller = caller?;
            // Whoever is called may not be there yet.
            let called = loop {
                match TcpStream::connect(&self.to) {
                    Ok(called) => break called,
                    Err(_) => thread::sleep(Duration::from_millis(20)),
                }
            };
            for (from, to) in [(caller.try_clone()?, called.try_clone()?), (called, caller)] {
                let (delay, stall) = (self.delay, self.stall.clone());
                thread::spawn(move || pass_on(from, to, delay, &stall));
            }
        }
        Ok(())
    }
}

/// Runs the relay that the words say.
pub(crate) fn run(words: &[String]) -> Result<(), String> {
    let relay = Relay::read(words).ok_or("a relay is started by `cargo xtask check namespaces`")?;
    relay.run().map_err(|error| format!("relay from {} to {}: {error}", relay.from, relay.to))
}

/// Passes on the bytes of one direction, each `delay` after it came.
fn pass_on(mut from: TcpStream, mut to: TcpStream, delay: Duration, stall: &Path) {
    _ = to.set_nodelay(true);
    // What is under way on a long line: not more than that is taken in.
    let (send, receive) = mpsc::sync_channel::<(Instant, Vec<u8>)>(1024);
    let writer = thread::spawn(move || {
        while let Ok((came, piece)) = receive.recv() {
            thread::sleep((came + delay).saturating_duration_since(Instant::now()));
            if to.write_all(&piece).is_err() {
                return;
            }
        }
        _ = to.shutdown(Shutdown::Write);
    });
    let mut piece = vec![0; PIECE];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        while stall.exists() {
            thread::sleep(Duration::from_millis(20));
        }
        if send.send((Instant::now(), piece[..count].to_vec())).is_err() {
            break;
        }
    }
    drop(send);
    _ = writer.join();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes come late, whole and in order; and none come once there is the file.
    #[test]
    fn bytes_arrive_late_and_in_order_until_the_line_stalls() {
        let free = || TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let stall = std::env::temp_dir().join(format!("typednet-relay-{}", std::process::id()));
        let to = listener.local_addr().expect("an address").to_string();
        let (from, delay) = (free().to_string(), Duration::from_millis(50));
        let words = Relay { from: from.clone(), to, delay, stall: stall.clone() }.words();
        thread::spawn(move || run(&words[1..]));
        let mut here = loop {
            match TcpStream::connect(&from) {
                Ok(stream) => break stream,
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        };
        let (mut there, _) = listener.accept().expect("a connection");
        let sent: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let (began, mut found) = (Instant::now(), vec![0; sent.len()]);
        here.write_all(&sent).expect("room");
        there.read_exact(&mut found).expect("bytes");
        assert!(found == sent && began.elapsed() >= delay, "{:?}", began.elapsed());
        std::fs::write(&stall, "").expect("a file");
        here.write_all(&sent).expect("room");
        there.set_read_timeout(Some(4 * delay)).expect("a timeout");
        let late = there.read(&mut found).map_err(|error| error.kind());
        std::fs::remove_file(&stall).expect("the file");
        assert!(matches!(late, Err(io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)), "{late:?}");
        there.set_read_timeout(None).expect("no timeout");
        there.read_exact(&mut found).expect("bytes");
        assert!(found == sent);
    }
}
