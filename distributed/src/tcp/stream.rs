//! What the bytes of a connection go over.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(target_os = "linux")]
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// A connection between two processes, on one machine or on two.
pub(super) enum Stream {
    Tcp(TcpStream),
    /// On one machine, whose system only has to copy the bytes.
    #[cfg(target_os = "linux")]
    Local(UnixStream),
}

/// Calls a method that both kinds have.
macro_rules! either {
    ($stream:expr, $name:ident($($argument:expr),*)) => {
        match $stream {
            Stream::Tcp(stream) => stream.$name($($argument),*),
            #[cfg(target_os = "linux")]
            Stream::Local(stream) => stream.$name($($argument),*),
        }
    };
}

impl Stream {
    /// What is written goes out without waiting for more.
    pub(super) fn send_at_once(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_nodelay(true),
            #[cfg(target_os = "linux")]
            Self::Local(_) => Ok(()),
        }
    }

    pub(super) fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        either!(self, set_nonblocking(nonblocking))
    }

    pub(super) fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        either!(self, set_read_timeout(timeout))
    }

    pub(super) fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        either!(self, set_write_timeout(timeout))
    }

    pub(super) fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        either!(self, shutdown(how))
    }
}

impl Read for Stream {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        either!(self, read(to))
    }

    fn read_vectored(&mut self, to: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        either!(self, read_vectored(to))
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        either!(self, write(bytes))
    }

    fn write_vectored(&mut self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        either!(self, write_vectored(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        either!(self, flush())
    }
}
