//! Writes down which compiler builds the program.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let compiler = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(compiler).arg("--version").output().ok();
    let version = output.and_then(|output| String::from_utf8(output.stdout).ok());
    let version = version.as_deref().map(str::trim).filter(|version| !version.is_empty()).unwrap_or("unknown");
    println!("cargo:rustc-env=TYPEDNET_RUSTC={version}");
    for (name, of) in [("TYPEDNET_TARGET", "TARGET"), ("TYPEDNET_OPTIMISATION", "OPT_LEVEL")] {
        println!("cargo:rustc-env={name}={}", env::var(of).unwrap_or_else(|_| "unknown".into()));
    }
}
