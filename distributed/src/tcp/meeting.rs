//! How the ranks find each other: all go to rank 0, which tells each where the others are.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use typednet_train::RanksError;

use super::callers::{Callers, HELLO, Introduced};
use super::first::find_first;
use super::link::Link;
use super::same_machine;
use super::{Tcp, TcpStar};
use crate::environment::Place;

/// The place and time at which the ranks meet.
///
/// ```
/// use std::thread;
/// use std::time::Duration;
///
/// use typednet_distributed::Meeting;
/// use typednet_train::Ranks;
///
/// # let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
/// # let port = address.expect("a free port").port();
/// // Two ranks on two threads; elsewhere they are two processes.
/// let meet = move |rank| Meeting::new(rank, 2, "127.0.0.1", port).patience(Duration::from_secs(20)).connect();
/// let other = thread::spawn(move || meet(1).and_then(|mut ranks| ranks.barrier()));
/// let mut ranks = meet(0)?;
/// assert_eq!((ranks.rank(), ranks.size()), (0, 2));
/// ranks.barrier()?;
/// # other.join().expect("no panic")?;
/// # Ok::<(), typednet_train::RanksError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Meeting {
    place: Place,
    patience: Duration,
    tcp_only: bool,
}

/// What an answer of rank 0 begins with, and the protocol's version. It is not what the question begins with, which a port can send
/// back.
const ANSWER: [u8; 8] = *b"tnrank0\x03";
/// An answer of rank 0: all are there.
const WELCOME: u8 = 1;
/// An answer of rank 0: a text that says why not.
const REFUSED: u8 = 2;

/// How long ranks that have come wait for what is still to be said.
const LAST: Duration = Duration::from_secs(2);

/// The longest text and the most addresses that are read.
const LONGEST: u32 = 1 << 24;

impl Meeting {
    /// Rank `rank` of `size`, at most 65536; rank 0 is met at `port` of `host`, its own machine.
    ///
    /// All ranks listen to the network, unless `host` is `localhost` or a loopback address such as `127.0.0.1`.
    pub fn new(rank: usize, size: usize, host: &str, port: u16) -> Self {
        let place = Place { rank, size, hosts: vec![host.to_owned()], port };
        Self { place, patience: Duration::from_mins(1), tcp_only: false }
    }

    /// What a launcher has told this process: `RANK`, `WORLD_SIZE`, `MASTER_ADDR` and `MASTER_PORT`, as `torchrun` sets them, or
    /// else `SLURM_PROCID` and `SLURM_STEP_NUM_TASKS`, with the first host of `SLURM_STEP_NODELIST`, or else `SLURM_JOB_NODELIST`, and the first of
    /// `SLURM_STEP_RESV_PORTS`, or else a port that follows from the numbers of the job and the step. `MASTER_ADDR` and `MASTER_PORT` come before
    /// those of Slurm. Without any of them, one process by itself.
    ///
    /// # Errors
    /// If some of the names are missing, or are no numbers; in a job of several tasks, if `srun` has not started this process.
    pub fn from_env() -> Result<Self, RanksError> {
        let alone = || Place { rank: 0, size: 1, hosts: vec!["localhost".to_owned()], port: 0 };
        let place = Place::from_env()?.unwrap_or_else(alone);
        Ok(Self { place, patience: Duration::from_mins(1), tcp_only: false })
    }

    /// How long a rank waits for another one: at the meeting, and for its part of a step; a minute unless told otherwise. A step, the
    /// validation and a callback of rank 0 must not take longer. It is a millisecond at least.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Also ranks of one machine exchange their gradients over TCP, as they would over a network: to see what that costs. Otherwise two ranks
    /// that find each other on one Linux machine go on over a socket of the machine, in less time and with the same bits. A [`star`](Meeting::star)
    /// always uses TCP.
    #[must_use]
    pub fn tcp_only(self) -> Self {
        Self { tcp_only: true, ..self }
    }

    /// Meets the others.
    ///
    /// # Errors
    /// If there can be no such rank, not all ranks come in time, two have one number, or they do not agree on how many there are.
    pub fn connect(self) -> Result<Tcp, RanksError> {
        let (Self { place, patience, tcp_only }, until) = self.begin()?;
        let mut links = match (place.rank, place.size) {
            (_, 1) => Vec::new(),
            (0, size) => {
                let mut all = receive_all(&place, patience, until)?;
                all.retain(|(rank, _)| partners(0, size).any(|partner| partner == *rank));
                all
            }
            _ => go_to_first(&place, patience, until)?,
        };
        // All go through the digits in the same order, so that nobody waits for one who waits for it.
        links.sort_unstable_by_key(|(partner, _)| place.rank ^ partner);
        let until = until.max(Instant::now()) + LAST;
        let link = |(partner, stream)| {
            let stream = same_machine::agree(stream, place.rank < partner, !tcp_only, until);
            let stream = stream.map_err(|error| gone(partner, &error))?;
            Ok((partner, Link::new(stream).map_err(|error| wrong("a connection", &error))?))
        };
        let links = links.into_iter().map(link).collect::<Result<_, RanksError>>()?;
        Ok(Tcp { rank: place.rank, size: place.size, links, patience, ended: false })
    }

    /// Meets the others as a star: rank 0 is connected with each of them, as for the trials of a study.
    ///
    /// ```
    /// use typednet_distributed::Meeting;
    /// use typednet_train::Star;
    ///
    /// let star = Meeting::from_env()?.star()?; // one process, unless it was started as one of several
    /// assert_eq!((star.rank(), star.size()), (0, 1));
    /// # Ok::<(), typednet_train::RanksError>(())
    /// ```
    ///
    /// # Errors
    /// As [`connect`](Meeting::connect).
    pub fn star(self) -> Result<TcpStar, RanksError> {
        let (Self { place, patience, .. }, until) = self.begin()?;
        let Place { rank, size, .. } = place;
        let streams = match (rank, size) {
            (_, 1) => Vec::new(),
            (0, _) => receive_all(&place, patience, until)?,
            _ => {
                let mut stream = find_first(&place, patience, until)?;
                // Nobody but rank 0 comes to it, so it has no port.
                ask(&mut stream, [rank as u64, size as u64, 0], until)?;
                vec![(0, stream)]
            }
        };
        TcpStar::new(rank, size, streams, patience).map_err(|error| wrong("a connection", &error))
    }

    /// What clocks and sockets can count, and until when the others are waited for.
    fn begin(self) -> Result<(Self, Instant), RanksError> {
        self.place.check()?;
        let patience = self.patience.clamp(Duration::from_millis(1), Duration::from_secs(1 << 31));
        Ok((Self { patience, ..self }, Instant::now() + patience))
    }
}

fn start(reason: String) -> RanksError {
    RanksError::Start { reason }
}

fn wrong(what: &str, error: &io::Error) -> RanksError {
    start(format!("{what} cannot be used: {error}"))
}

/// The ranks that one is connected with.
fn partners(rank: usize, size: usize) -> impl Iterator<Item = usize> {
    (0..usize::BITS)
        .map(move |digit| rank ^ 1 << digit)
        .take_while(move |partner| *partner < size.next_power_of_two())
        .filter(move |partner| *partner < size)
}

/// What rank 0 does: it waits for all others, and tells each where the rest is.
fn receive_all(place: &Place, patience: Duration, until: Instant) -> Result<Vec<(usize, TcpStream)>, RanksError> {
    let Place { size, port, .. } = *place;
    let reason = |error: &io::Error| {
        start(format!("rank 0 cannot be met at port {port}: {error}; choose another MASTER_PORT for all ranks"))
    };
    let mut callers = bind(&place.hosts, port).and_then(Callers::new).map_err(|error| reason(&error))?;
    // What a stranger cannot guess.
    let secret = RandomState::new().hash_one(Instant::now());
    let mut came: Vec<Option<(TcpStream, SocketAddr)>> = (1..size).map(|_| None).collect();
    while came.iter().any(Option::is_none) {
        let Some(Introduced { mut stream, from, numbers: [rank, theirs, at] }) = callers.next(until) else {
            let missing: Vec<String> =
                (1..size).zip(&came).filter(|(_, came)| came.is_none()).map(|(rank, _)| rank.to_string()).collect();
            let reason = format!("rank {} of {size} did not come within {patience:?}", missing.join(", "));
            return Err(refuse_all(came, start(reason)));
        };
        let refusal = if theirs != size as u64 {
            Some(format!("rank {rank} was started as one of {theirs} ranks, but rank 0 as one of {size}"))
        } else if came.get((rank as usize).wrapping_sub(1)).is_none_or(Option::is_some) {
            Some(format!("two processes say that they are rank {rank}"))
        } else {
            None
        };
        if let Some(reason) = refusal {
            _ = refuse(&mut stream, &reason);
            return Err(refuse_all(came, start(reason)));
        }
        // A socket for both versions of IP shows an address of the fourth as one of the sixth.
        came[rank as usize - 1] = Some((stream, SocketAddr::new(from.ip().to_canonical(), at as u16)));
    }
    let came: Vec<(TcpStream, SocketAddr)> = came.into_iter().flatten().collect();
    let table: Vec<String> = came.iter().map(|(_, address)| address.to_string()).collect();
    let table = table.join("\n");
    let mut all = Vec::new();
    for (rank, (mut stream, _)) in (1..).zip(came) {
        let welcome = [&ANSWER[..], &[WELCOME], &secret.to_le_bytes()].concat();
        let told = stream.write_all(&welcome).and_then(|()| write_text(&mut stream, &table));
        told.map_err(|error| gone(rank, &error))?;
        all.push((rank, stream));
    }
    Ok(all)
}

/// What the others do: they go to rank 0, and then to each other.
fn go_to_first(place: &Place, patience: Duration, until: Instant) -> Result<Vec<(usize, TcpStream)>, RanksError> {
    let Place { rank, size, ref hosts, .. } = *place;
    let mut stream = find_first(place, patience, until)?;
    let first = stream.peer_addr().map_err(|error| wrong("the connection to rank 0", &error))?.ip();
    let no_port = |error: io::Error| wrong("a port for the other ranks", &error);
    let listener = bind(hosts, 0).map_err(no_port)?;
    let at = listener.local_addr().map_err(no_port)?.port();
    let mut callers = Callers::new(listener).map_err(no_port)?;
    let (secret, table) = ask(&mut stream, [rank as u64, size as u64, u64::from(at)], until)?;
    let address = |of: usize| {
        let address = table.lines().nth(of - 1).and_then(|line| line.parse::<SocketAddr>().ok())?;
        Some(as_seen_from_here(address, first))
    };

    let mut links = Vec::new();
    if partners(0, size).any(|partner| partner == rank) {
        links.push((0, stream));
    }
    for partner in partners(rank, size).filter(|partner| (1..rank).contains(partner)) {
        let address = address(partner).ok_or_else(|| start(format!("rank 0 did not say where rank {partner} is")))?;
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let mut stream = TcpStream::connect_timeout(&address, left).map_err(|error| gone(partner, &error))?;
        hello(&mut stream, [rank as u64, size as u64, secret]).map_err(|error| gone(partner, &error))?;
        links.push((partner, stream));
    }
    let mut missing: Vec<usize> = partners(rank, size).filter(|partner| *partner > rank).collect();
    while !missing.is_empty() {
        let Some(Introduced { stream, numbers: [partner, _, said], .. }) = callers.next(until) else {
            return Err(start(format!("rank {} of {size} did not come within {patience:?}", missing[0])));
        };
        if let Some(place) = missing.iter().position(|rank| *rank as u64 == partner).filter(|_| said == secret) {
            links.push((missing.swap_remove(place), stream));
        }
    }
    Ok(links)
}

/// A port on which others find this machine; only its own processes, where that is all that was asked for.
fn bind(hosts: &[String], port: u16) -> io::Result<TcpListener> {
    if let [host] = hosts {
        match host.parse::<IpAddr>() {
            Ok(ip) if ip.is_loopback() => return TcpListener::bind((ip, port)),
            _ if host == "localhost" => return TcpListener::bind((host.as_str(), port)),
            _ => {}
        }
    }
    // A host's own name often stands for an address that others cannot reach.
    TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).or_else(|_| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)))
}

/// Where a rank is found that has come to rank 0 from `address`; rank 0 itself is found at `first` from here.
///
/// A rank on rank 0's machine may have come by an address that means another machine elsewhere: `127.0.1.1` is what many a host has
/// for its own name.
fn as_seen_from_here(address: SocketAddr, first: IpAddr) -> SocketAddr {
    if address.ip().is_loopback() { SocketAddr::new(first, address.port()) } else { address }
}

fn gone(rank: usize, error: &io::Error) -> RanksError {
    RanksError::Lost { rank, reason: format!("cannot be reached: {error}") }
}

fn hello(to: &mut TcpStream, numbers: [u64; 3]) -> io::Result<()> {
    let numbers = numbers.map(u64::to_le_bytes);
    to.write_all(&[&HELLO[..], numbers.as_flattened()].concat())
}

fn write_text(to: &mut TcpStream, text: &str) -> io::Result<()> {
    to.write_all(&(text.len() as u32).to_le_bytes())?;
    to.write_all(text.as_bytes())
}

/// Reads until `to` is full, or until then.
pub(super) fn read_by(from: &mut TcpStream, until: Instant, mut to: &mut [u8]) -> io::Result<()> {
    while !to.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        from.set_read_timeout(Some(left))?;
        match from.read(to) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => to = &mut to[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn read_text(from: &mut TcpStream, until: Instant) -> io::Result<String> {
    let mut len = [0; 4];
    read_by(from, until, &mut len)?;
    let mut text = vec![0; u32::from_le_bytes(len).min(LONGEST) as usize];
    read_by(from, until, &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn refuse(to: &mut TcpStream, reason: &str) -> io::Result<()> {
    to.write_all(&[&ANSWER[..], &[REFUSED]].concat())?;
    write_text(to, reason)
}

/// Tells those who have come why nothing comes of it.
fn refuse_all(came: Vec<Option<(TcpStream, SocketAddr)>>, error: RanksError) -> RanksError {
    for (mut stream, _) in came.into_iter().flatten() {
        _ = refuse(&mut stream, &error.to_string());
    }
    error
}

/// What rank 0 answers: the number that the ranks know each other by, and the addresses of ranks 1, 2 and so on, a line for each.
fn ask(stream: &mut TcpStream, numbers: [u64; 3], until: Instant) -> Result<(u64, String), RanksError> {
    // Rank 0 answers when all have come, or when its own time is over.
    let until = until.max(Instant::now()) + LAST;
    let answer = |stream: &mut TcpStream| {
        hello(stream, numbers)?;
        let (mut who, mut kind, mut secret) = (ANSWER, [0], [0; 8]);
        read_by(stream, until, &mut who)?;
        if who != ANSWER {
            return Ok(None);
        }
        read_by(stream, until, &mut kind)?;
        if kind == [WELCOME] {
            read_by(stream, until, &mut secret)?;
        }
        Ok(Some((kind, u64::from_le_bytes(secret), read_text(stream, until)?)))
    };
    match answer(stream).map_err(|error: io::Error| gone(0, &error))? {
        Some(([WELCOME], secret, table)) => Ok((secret, table)),
        Some((_, _, reason)) => Err(start(reason)),
        None => {
            let port = stream.peer_addr().map_or_else(|_| "that port".to_owned(), |address| address.to_string());
            Err(start(format!(
                "what answers at {port} is no rank 0 of this version of the library, but another program; choose another \
                 MASTER_PORT for all ranks"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_beside_rank_0_is_found_where_rank_0_is() {
        let of = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let seen = |address: &str, first: &str| as_seen_from_here(of(address), first.parse().expect("an address"));
        assert_eq!(seen("127.0.0.1:4000", "10.0.0.7"), of("10.0.0.7:4000"));
        assert_eq!(seen("[::1]:4000", "10.0.0.7"), of("10.0.0.7:4000"));
        assert_eq!(seen("10.0.0.9:4000", "10.0.0.7"), of("10.0.0.9:4000"));
        assert_eq!(seen("127.0.0.1:4000", "127.0.1.1"), of("127.0.1.1:4000"));
    }

    #[test]
    fn a_name_that_is_not_the_loopback_is_heard_by_all_machines() {
        let heard = |host: &str| {
            let listener = bind(&[host.to_owned()], 0);
            listener.and_then(|listener| listener.local_addr()).expect("a port").ip()
        };
        assert!(heard("a-host").is_unspecified() && heard("10.0.0.7").is_unspecified());
        let heard_of_two = bind(&["127.0.0.1".to_owned(), "127.0.0.2".to_owned()], 0);
        assert!(heard_of_two.and_then(|listener| listener.local_addr()).expect("a port").ip().is_unspecified());
        assert!(heard("localhost").is_loopback() && heard("127.0.0.1").is_loopback());
    }
}
