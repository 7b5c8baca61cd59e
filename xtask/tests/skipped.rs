//! A check that lacks its tool is skipped, and says so last.
#![allow(missing_docs, reason = "a test")]

use std::fs;
use std::process::Command;

/// What `cargo xtask check NAME` prints where no tool is installed.
fn without_tools(names: &[&str]) -> String {
    let empty = std::env::temp_dir().join(format!("typednet-no-tools-{}", std::process::id()));
    fs::create_dir_all(&empty).expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("check")
        .args(names)
        .env("PATH", &empty)
        // cargo looks for its further commands there too.
        .env("CARGO_HOME", &empty)
        .env("CARGO", env!("CARGO"))
        .output()
        .expect("the program");
    fs::remove_dir_all(empty).expect("it was made here");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_lacks_its_tool_is_never_good() {
    let text = without_tools(&["instructions", "memory", "neon", "slurm", "fuzz", "mutants"]);
    assert!(!text.contains(": good"), "{text}");
    let last = text.lines().next_back().expect("some lines");
    assert!(last.starts_with("== 0 of 6 good; skipped: "), "{last}");
    if cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")) {
        for how in [
            "apt-get install valgrind",
            "rustup target add",
            "apt-get install slurm-wlm munge",
            "cargo install cargo-fuzz",
            "cargo install cargo-mutants",
        ] {
            assert!(last.contains(how), "{last}");
        }
    }
}
