//! The limits of a server, each with its default.

use std::net::SocketAddr;
use std::time::Duration;

/// The limits of a server. What is beyond one of them is refused at once and costs no more than its reading.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens; port 0 is any that is free.
    pub address: SocketAddr,
    /// How many samples are computed at once; a request that has more is computed by itself.
    pub batch: usize,
    /// How long a sample waits for others to be computed with, at most.
    pub delay: Duration,
    /// How many requests wait to be computed; further ones are refused with 503.
    pub queue: usize,
    /// How many samples one request may have; more are refused with 413.
    pub rows: usize,
    /// How many bytes a body may have; `None` is what that many samples take as text without indentation. More than `memory`
    /// has none.
    pub body: Option<usize>,
    /// How many bytes all bodies may have together that are being read or computed; beyond that, 503.
    pub memory: usize,
    /// How many connections are held; further ones are answered with 503 and closed.
    pub connections: usize,
    /// How long a request's head may take, and how long a connection stays without a request.
    pub head_time: Duration,
    /// How long a request may take from its head to its answer, its body's way included: a body that has not come by then is
    /// refused with 408, and what has come and is not computed with 503.
    pub request_time: Duration,
    /// How long a connection lasts, whatever comes over it.
    pub connection_time: Duration,
    /// How long requests that were accepted may take when the server is to end.
    pub shutdown_time: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            batch: 64,
            delay: Duration::from_millis(1),
            queue: 1_024,
            rows: 64,
            body: None,
            memory: 64 << 20,
            connections: 2_048,
            head_time: Duration::from_secs(10),
            request_time: Duration::from_secs(5),
            connection_time: Duration::from_mins(10),
            shutdown_time: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// The limit of a body for samples of `len` numbers: as many characters as the longest numbers of `f32` have as text. Those
    /// are written by whoever knows only `f64`, as JavaScript does, where they have 17 digits and up to six zeros before them.
    pub(crate) fn body_limit(&self, len: usize) -> usize {
        const LONGEST: usize = "-0.0000011754943508222875, ".len();
        let text = || self.rows.saturating_mul(len).saturating_mul(LONGEST).saturating_add(1_024);
        // What has no room among all bodies would have none later either.
        self.body.unwrap_or_else(text).min(self.memory)
    }
}
