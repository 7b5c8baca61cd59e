//! A sample of mutations of what computes: a test must fail for each.

use std::env;

use crate::check::Outcome;
use crate::done;
use crate::shell::Shell;

/// What computes.
const FILES: [&str; 4] =
    ["layers/src/**/*.rs", "optim/src/**/*.rs", "tensor/src/matmul/*.rs", "tensor/src/compact/*.rs"];

/// The packages whose tests a mutation is put to.
const TESTS: [&str; 5] =
    ["typednet-tensor", "typednet-tensor-tests", "typednet-layers-tests", "typednet-optim", "typednet-optim-tests"];

/// The share of all mutations that `TYPEDNET_MUTANTS_SHARD` names, such as `0/60`; one in 400 unless set.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    if shell.quiet("mutants --version").is_err() {
        return Ok(Outcome::Skipped("cargo-mutants is missing: cargo install cargo-mutants".into()));
    }
    let shard = env::var("TYPEDNET_MUTANTS_SHARD").unwrap_or_else(|_| "0/400".into());
    // Without `--workspace` only the root package is looked at, which has none of the files.
    let files = FILES.map(|files| format!("--file {files}")).join(" ");
    let sample = format!("--workspace --sharding round-robin --shard {shard} {files}");
    let mutations = shell.quiet(&format!("mutants --list {sample}"))?.lines().count();
    if mutations == 0 {
        return Err(format!("no mutation is in the share {shard} of {}", FILES.join(", ")));
    }
    println!("   {mutations} mutations");
    let tests = TESTS.map(|package| format!("--test-package {package}")).join(" ");
    done(shell.cargo(&format!("mutants --no-shuffle --output target --timeout 300 {tests} {sample}")))
}
