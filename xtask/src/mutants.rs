//! A sample of mutations of what computes: a test must fail for each.

use std::env;

use crate::check::Outcome;
use crate::done;
use crate::shell::Shell;

/// The share of all mutations that `TYPEDNET_MUTANTS_SHARD` names, such as `0/60`; one in 200 unless set.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    if shell.quiet("mutants --version").is_err() {
        return Ok(Outcome::Skipped("cargo-mutants is missing: cargo install cargo-mutants".into()));
    }
    let shard = env::var("TYPEDNET_MUTANTS_SHARD").unwrap_or_else(|_| "0/200".into());
    done(shell.cargo(&format!(
        "mutants --no-shuffle --shard {shard} --output target --timeout 300 --file layers/src/**/*.rs --file \
         optim/src/**/*.rs --file tensor/src/matmul/*.rs --file tensor/src/compact/*.rs"
    )))
}
