//! How rank 0 is found.

use std::io::{self, ErrorKind};
use std::net::{TcpStream, ToSocketAddrs};
use std::thread;
use std::time::{Duration, Instant};

use typednet_train::RanksError;

use crate::environment::Place;

/// How long rank 0 is looked for at one of several hosts.
const ONE_HOST: Duration = Duration::from_secs(2);

/// A connection to rank 0.
pub(super) fn find_first(place: &Place, patience: Duration, until: Instant) -> Result<TcpStream, RanksError> {
    let Place { ref hosts, port, .. } = *place;
    loop {
        let mut last = None;
        for host in hosts {
            // One of several hosts that does not answer keeps nobody from the next one.
            let latest = if hosts.len() == 1 { until } else { until.min(Instant::now() + ONE_HOST) };
            match go_to(host, port, latest) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
        if Instant::now() >= until {
            let at: Vec<String> = hosts.iter().map(|host| format!("{host}:{port}")).collect();
            let why = last.map(|error| error.to_string()).unwrap_or_default();
            let reason = format!("rank 0 was not found at {} within {patience:?}: {why}", at.join(", "));
            return Err(RanksError::Start { reason });
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// A connection to a port of a host.
fn go_to(host: &str, port: u16, until: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the name stands for no address");
    for address in (host, port).to_socket_addrs()? {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        match TcpStream::connect_timeout(&address, left) {
            // Where nobody listens on this machine yet, a port can meet itself.
            Ok(stream) if is_itself(&stream) => {}
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Whether a connection has the same socket at both ends.
fn is_itself(stream: &TcpStream) -> bool {
    matches!((stream.local_addr(), stream.peer_addr()), (Ok(here), Ok(there)) if here == there)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// On the first of them nobody listens.
    #[test]
    fn rank_0_is_found_on_the_second_of_two_hosts() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let hosts = |hosts: [&str; 2]| hosts.map(ToOwned::to_owned).to_vec();
        let find = |hosts| {
            let patience = Duration::from_millis(300);
            find_first(&Place { rank: 1, size: 2, hosts, port }, patience, Instant::now() + patience)
        };
        let found = find(hosts(["127.0.0.2", "127.0.0.1"])).map(|stream| stream.peer_addr().ok());
        assert_eq!(found, Ok(listener.local_addr().ok()));
        drop(listener);
        let said = find(hosts(["127.0.0.2", "127.0.0.1"])).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            said.starts_with(&format!("rank 0 was not found at 127.0.0.2:{port}, 127.0.0.1:{port} within 300ms")),
            "{said}"
        );
    }
}
