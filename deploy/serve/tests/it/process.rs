//! The program: its log, its signals and its end.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};

use mnist_network::{FILE, OTHER_FILE, test_digits};
use serde_json::Value;

use crate::client::{Client, get};

struct Process {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_serve-mnist"));
        let mut child = command.args(arguments).stderr(Stdio::piped()).spawn().expect("the program");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        Self { child, log }
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
    let address = process.log("listening")["fields"]["address"].as_str().map(str::to_owned).expect("an address");
    let address: SocketAddr = address.parse().expect("an address");
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
fn what_it_cannot_do_it_says() {
    for (arguments, expected) in [
        (["--batch", "many"], "cannot parse argument \"many\""),
        (["--color", "red"], "invalid option '--color'"),
        (["--guard", "no-such-guard.json"], "no-such-guard.json"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_serve-mnist")).args(arguments).output().expect("the program");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(expected), "{error}");
    }
    let help = Command::new(env!("CARGO_BIN_EXE_serve-mnist")).arg("--help").output().expect("the program");
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).starts_with("usage: serve-mnist"));
}
