//! The question whether a server takes requests, for what looks after a container.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The most that each part of the answer may take.
const TIME: Duration = Duration::from_secs(2);

/// Whether the server at `address` says that it takes requests (`GET /health` with 200).
///
/// # Errors
/// If it cannot be asked, or does not answer in time.
pub fn is_healthy(address: SocketAddr) -> std::io::Result<bool> {
    const GOOD: &[u8] = b"HTTP/1.1 200 ";
    let mut stream = TcpStream::connect_timeout(&address, TIME)?;
    stream.set_read_timeout(Some(TIME))?;
    stream.set_write_timeout(Some(TIME))?;
    stream.write_all(format!("GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut begin = [0; GOOD.len()];
    stream.read_exact(&mut begin)?;
    Ok(begin == GOOD)
}
