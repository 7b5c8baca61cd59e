//! A client that sends what it is told to, right or wrong.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// One connection.
pub(crate) struct Client(BufReader<TcpStream>);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.text()))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The sentence of a refusal.
    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().expect("a text").to_owned()
    }

    pub(crate) fn floats(&self) -> Vec<f32> {
        assert_eq!((self.status, self.header("content-type")), (200, Some("application/octet-stream")));
        self.body.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
    }
}

impl Client {
    pub(crate) fn connect(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        Self(BufReader::new(stream))
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// Says that nothing more is sent.
    pub(crate) fn close_own_side(&mut self) {
        self.0.get_mut().shutdown(Shutdown::Write).expect("an open connection");
    }

    /// Reads an answer whose length is said.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let status = lines[0].split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let headers = lines[1..].iter().filter_map(|line| line.split_once(": "));
        let headers: Vec<_> = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let mut answer = Answer { status, headers, body: Vec::new() };
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        answer.body = vec![0; length];
        self.0.read_exact(&mut answer.body)?;
        Ok(answer)
    }

    /// Whether the server has closed the connection, which it is waited for.
    pub(crate) fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0]), Ok(0) | Err(_))
    }

    pub(crate) fn post(&mut self, kind: &str, body: &[u8]) -> io::Result<Answer> {
        self.send(&post(kind, body))?;
        self.answer()
    }

    pub(crate) fn raw(&mut self, x: &[f32]) -> io::Result<Answer> {
        self.post("application/octet-stream", &bytes(x))
    }
}

/// A request for predictions.
pub(crate) fn post(kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) fn bytes(x: &[f32]) -> Vec<u8> {
    x.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// Asks for a page.
pub(crate) fn get(from: SocketAddr, path: &str) -> Answer {
    let mut client = Client::connect(from);
    client.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).expect("sent");
    client.answer().expect("an answer")
}
