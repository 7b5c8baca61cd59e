//! That a library is not built where a panic would end the caller's program.

use std::process::Command;

/// What the compiler says of this crate, of which it sees nothing but the source.
fn compiled(panic: &str) -> String {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(compiler);
    command.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "-o", "/dev/null"]);
    command.args(["-C", &format!("panic={panic}"), concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")]);
    String::from_utf8_lossy(&command.output().expect("the compiler").stderr).into_owned()
}

#[test]
fn panics_that_abort_are_refused_by_the_compiler() {
    let refused = "a library for C needs panics that unwind";
    assert!(compiled("abort").contains(refused));
    assert!(!compiled("unwind").contains(refused));
}
