//! Two ranks that turn out to be on one machine go on over a socket of that machine: its system copies the bytes from one to the other,
//! and no network takes part.
//!
//! Addresses do not tell whether two ranks are on one machine: containers and relays have the machine's own. So it is tried. The lower
//! rank opens a socket of a name that nobody can guess and sends the name over TCP; the other one looks whether there is such a
//! socket where it is. If either cannot, both stay with TCP.

use std::io;
use std::net::TcpStream;
use std::time::Instant;

use super::meeting::read_by;
use super::stream::Stream;

/// The bytes of an offer: a socket's name, and a word that only who was told can say there. All zeros where nothing is offered.
const OFFER: usize = 32;

/// Both ends of a connection call it, one of them as the one that `offers`; what they go on with is of the same kind for both.
/// `wanted` is whether anything but TCP is wanted here.
pub(super) fn agree(mut stream: TcpStream, offers: bool, wanted: bool, until: Instant) -> io::Result<Stream> {
    let other = if offers { offer(&mut stream, wanted, until)? } else { answer(&mut stream, wanted, until)? };
    Ok(other.unwrap_or(Stream::Tcp(stream)))
}

#[cfg(target_os = "linux")]
use linux::{answer, offer};

#[cfg(not(target_os = "linux"))]
fn offer(stream: &mut TcpStream, _: bool, until: Instant) -> io::Result<Option<Stream>> {
    use std::io::Write;

    stream.write_all(&[0; OFFER])?;
    read_by(stream, until, &mut [0])?;
    Ok(None)
}

#[cfg(not(target_os = "linux"))]
fn answer(stream: &mut TcpStream, _: bool, until: Instant) -> io::Result<Option<Stream>> {
    use std::io::Write;

    read_by(stream, until, &mut [0; OFFER])?;
    stream.write_all(&[0])?;
    Ok(None)
}

/// Linux has sockets with names that are no files: nothing is left behind, and a container does not see those of another.
#[cfg(target_os = "linux")]
mod linux {
    use std::collections::hash_map::RandomState;
    use std::hash::BuildHasher;
    use std::io::{self, ErrorKind, Read, Write};
    use std::net::TcpStream;
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{OFFER, Stream, read_by};

    /// How long the one who has said that it came is looked for.
    const LOOK: Duration = Duration::from_secs(2);

    /// How long somebody who has come may take to say the word.
    const GRACE: Duration = Duration::from_millis(200);

    pub(super) fn address(name: &[u8]) -> io::Result<SocketAddr> {
        SocketAddr::from_abstract_name([b"typednet-", name].concat())
    }

    pub(super) fn offer(stream: &mut TcpStream, wanted: bool, until: Instant) -> io::Result<Option<Stream>> {
        let random = RandomState::new();
        let mut offer: Vec<u8> = (0..OFFER / 8).flat_map(|at| random.hash_one(at).to_le_bytes()).collect();
        let (name, word) = offer.split_at(OFFER / 2);
        let listener = if wanted { address(name).and_then(|name| UnixListener::bind_addr(&name)).ok() } else { None };
        let word = word.to_vec();
        if listener.is_none() {
            offer.fill(0);
        }
        stream.write_all(&offer)?;
        let mut came = [0];
        read_by(stream, until, &mut came)?;
        let Some(listener) = listener.filter(|_| came == [1]) else { return Ok(None) };
        let found = find(&listener, &word);
        stream.write_all(&[u8::from(found.is_some())])?;
        Ok(found.map(Stream::Local))
    }

    /// The one who comes to a socket and says the word.
    pub(super) fn find(listener: &UnixListener, word: &[u8]) -> Option<UnixStream> {
        listener.set_nonblocking(true).ok()?;
        let until = Instant::now() + LOOK;
        while Instant::now() < until {
            match listener.accept() {
                Ok((mut stream, _)) => {
                    let mut said = vec![0; word.len()];
                    let heard = stream
                        .set_nonblocking(false)
                        .and_then(|()| stream.set_read_timeout(Some(GRACE)))
                        .and_then(|()| stream.read_exact(&mut said));
                    if heard.is_ok() && said == word {
                        return Some(stream);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(1)),
                Err(_) => return None,
            }
        }
        None
    }

    pub(super) fn answer(stream: &mut TcpStream, wanted: bool, until: Instant) -> io::Result<Option<Stream>> {
        let mut offer = [0; OFFER];
        read_by(stream, until, &mut offer)?;
        let (name, word) = offer.split_at(OFFER / 2);
        let came = if wanted && offer != [0; OFFER] { come(name, word).ok() } else { None };
        stream.write_all(&[u8::from(came.is_some())])?;
        let Some(came) = came else { return Ok(None) };
        let mut found = [0];
        read_by(stream, until, &mut found)?;
        Ok((found == [1]).then_some(Stream::Local(came)))
    }

    fn come(name: &[u8], word: &[u8]) -> io::Result<UnixStream> {
        let mut stream = UnixStream::connect_addr(&address(name)?)?;
        stream.set_write_timeout(Some(GRACE))?;
        stream.write_all(word)?;
        Ok(stream)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpListener;
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Both ends of a connection within this process.
    fn ends() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let here = TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
        (here, listener.accept().expect("who connects").0)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[test]
    fn both_go_on_over_the_same_kind() {
        use std::io::{Read, Write};

        for (offered, taken) in [(true, true), (true, false), (false, true), (false, false)] {
            let (here, there) = ends();
            let other = thread::spawn(move || agree(there, false, taken, soon()));
            let mut here = agree(here, true, offered, soon()).expect("an agreement");
            let mut there = other.join().expect("no panic").expect("an agreement");
            let is_local = |stream: &Stream| matches!(stream, Stream::Local(_));
            let kinds = (is_local(&here), is_local(&there));
            assert_eq!(kinds, (offered && taken, offered && taken), "offered {offered}, taken {taken}");
            let mut heard = [0; 2];
            here.write_all(b"ab").and_then(|()| there.read_exact(&mut heard)).expect("they hear each other");
            assert_eq!(heard, *b"ab");
        }
    }

    /// As a rank on another machine, where there is no such name.
    #[test]
    fn a_name_that_is_not_here_leaves_both_with_tcp() {
        use std::io::Write;

        let (mut here, there) = ends();
        here.write_all(&[7; OFFER]).expect("somebody who hears it");
        assert!(matches!(agree(there, false, true, soon()), Ok(Stream::Tcp(_))));
        let mut came = [9];
        read_by(&mut here, soon(), &mut came).expect("an answer");
        assert_eq!(came, [0]);
    }

    #[test]
    fn who_was_not_found_goes_on_over_tcp() {
        use std::io::Write;

        let (mut here, there) = ends();
        let mut offer = [3; OFFER];
        offer[..4].copy_from_slice(&std::process::id().to_le_bytes());
        let name = linux::address(&offer[..OFFER / 2]).expect("a name");
        let listener = UnixListener::bind_addr(&name).expect("a socket");
        here.write_all(&offer).expect("somebody who hears it");
        let other = thread::spawn(move || agree(there, false, true, soon()));
        let mut came = [9];
        read_by(&mut here, soon(), &mut came).expect("an answer");
        assert_eq!(came, [1]);
        here.write_all(&[0]).expect("somebody who hears it");
        assert!(matches!(other.join().expect("no panic"), Ok(Stream::Tcp(_))));
        drop(listener);
    }

    #[test]
    fn who_cannot_say_the_word_is_left_alone() {
        use std::io::{Read, Write};

        let name = SocketAddr::from_abstract_name(format!("typednet-test-{}", std::process::id())).expect("a name");
        let listener = UnixListener::bind_addr(&name).expect("a socket");
        let mut stranger = UnixStream::connect_addr(&name).expect("a connection");
        stranger.write_all(b"wrong").expect("it is taken");
        let silent = UnixStream::connect_addr(&name).expect("a connection");
        let mut rank = UnixStream::connect_addr(&name).expect("a connection");
        rank.write_all(b"right").expect("it is taken");
        let mut found = linux::find(&listener, b"right").expect("the one who says it");
        let mut heard = [0; 2];
        rank.write_all(b"on").and_then(|()| found.read_exact(&mut heard)).expect("they hear each other");
        assert_eq!(heard, *b"on");
        drop(silent);
    }
}
