//! The program: its log, its signals and its end.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Instant;

use mnist_network::{FILE, OTHER_FILE, test_digits};
use serde_json::Value;
use typednet_serve::Settings;

use crate::client::{Client, get};

const PROGRAM: &str = env!("CARGO_BIN_EXE_serve-mnist");

struct Process {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        Self { child, log }
    }

    /// The address at which it says that it listens.
    fn address(&mut self) -> SocketAddr {
        let line = self.log("listening");
        line["fields"]["address"].as_str().and_then(|address| address.parse().ok()).expect("an address")
    }

    /// The next line of the log with this message.
    fn log(&mut self, message: &str) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).expect("a line") > 0, "the log has ended without `{message}`");
            let line: Value = serde_json::from_str(&line).expect("each line is JSON");
            if line["fields"]["message"] == message {
                return line;
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn signals_reload_and_end_it() {
    let weights = std::env::temp_dir().join(format!("serve-mnist-{}.safetensors", std::process::id()));
    std::fs::copy(FILE, &weights).expect("the weights");
    let mut process = Process::start(&["--address", "127.0.0.1:0", weights.to_str().expect("UTF-8")]);
    let address = process.address();
    let digit = &test_digits()[0];
    let before = Client::connect(address).raw(digit).expect("an answer").floats();
    std::fs::copy(OTHER_FILE, &weights).expect("the other weights");
    process.signal("HUP");
    assert_eq!(process.log("reloaded")["fields"]["number"], 2);
    assert_ne!(Client::connect(address).raw(digit).expect("an answer").floats(), before);
    std::fs::write(&weights, "no weights").expect("a file");
    process.signal("HUP");
    assert!(
        process.log("not reloaded")["fields"]["error"].as_str().is_some_and(|error| error.contains("serve-mnist-"))
    );
    assert_eq!(get(address, "/health").json()["model"], 2);
    process.signal("TERM");
    process.log("ended");
    assert!(process.child.wait().expect("its end").success());
    std::fs::remove_file(weights).ok();
}

#[test]
fn it_says_whether_another_is_healthy() {
    let healthy = |address: SocketAddr| {
        Command::new(PROGRAM)
            .args(["--healthy", &address.to_string()])
            .stderr(Stdio::null())
            .status()
            .expect("the program")
    };
    let mut process = Process::start(&["--address", "127.0.0.1:0"]);
    let address = process.address();
    assert!(healthy(address).success());
    process.signal("TERM");
    process.log("ended");
    assert!(!healthy(address).success());
    // One that answers with something else.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let other = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
            .expect("room for an answer");
    });
    assert!(!healthy(address).success());
    other.join().expect("it has answered");
}

#[test]
fn a_lack_of_handles_does_not_hold_up_its_end() {
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 40 && exec \"$0\" --address 127.0.0.1:0", PROGRAM]);
    let mut process = Process::of(limited);
    let address = process.address();
    // More than it has handles for; the others are kept by the system, and cannot be taken as long as these are there.
    let _held: Vec<_> = (0..100).map(|_| Client::connect(address)).collect();
    process.log("a connection could not be taken");
    let begin = Instant::now();
    process.signal("TERM");
    process.log("ended");
    assert!(process.child.wait().expect("its end").success());
    // Before connections are cut that have sent no request.
    let Settings { head_time, .. } = Settings::default();
    assert!(begin.elapsed() < head_time / 2, "it has taken {:?}", begin.elapsed());
}

#[test]
fn what_it_cannot_do_it_says() {
    for (arguments, expected) in [
        (["--batch", "many"], "cannot parse argument \"many\""),
        (["--color", "red"], "invalid option '--color'"),
        (["--guard", "no-such-guard.json"], "no-such-guard.json"),
    ] {
        let output = Command::new(PROGRAM).args(arguments).output().expect("the program");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(expected), "{error}");
    }
    let help = Command::new(PROGRAM).arg("--help").output().expect("the program");
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).starts_with("usage: serve-mnist"));
}
