//! Every reader of untrusted bytes under a fuzzer that sees which code is reached.

use std::{env, fs};

use crate::check::Outcome;
use crate::shell::Shell;
use crate::trust::{UNSTABLE, elsewhere};

/// Each target for `TYPEDNET_FUZZ_SECONDS` (30 unless set), or only the one that `TYPEDNET_FUZZ_TARGET` names.
///
/// A further variable, `TYPEDNET_FUZZ_SANITIZER`, goes to cargo-fuzz: `none` is twice as fast, and panics are seen all the
/// same.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    if let Some(skipped) = elsewhere() {
        return Ok(skipped);
    }
    if shell.quiet("fuzz --version").is_err() {
        let missing = "cargo-fuzz is missing, and the tests run the readers without it: cargo install cargo-fuzz";
        return Ok(Outcome::Skipped(missing.into()));
    }
    let seconds = env::var("TYPEDNET_FUZZ_SECONDS").unwrap_or_else(|_| "30".into());
    let sanitizer = env::var("TYPEDNET_FUZZ_SANITIZER").unwrap_or_else(|_| "address".into());
    let only = env::var("TYPEDNET_FUZZ_TARGET").ok();
    let folder = shell.target().join("fuzz");
    let seeds = folder.join("seeds");
    let seeds = seeds.to_str().ok_or("the target folder's path is not UTF-8")?;
    // It names the targets, so that they are listed in one place.
    let targets = shell.quiet(&format!("run --quiet -p typednet-fuzz --bin seeds {seeds}"))?;
    for target in targets.lines().filter(|target| only.as_ref().is_none_or(|only| only == target)) {
        // What is found goes to the first folder; the committed corpus stays as it is.
        let found = folder.join("found").join(target);
        fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        let found = found.to_str().ok_or("the target folder's path is not UTF-8")?;
        shell.cargo_with(
            &format!(
                "fuzz run any --sanitizer {sanitizer} --features libfuzzer {found} fuzz/corpus/{target} {seeds}/{target} \
                 -- -max_total_time={seconds} -max_len=4096 -timeout=10 -verbosity=0 -print_final_stats=1"
            ),
            &[UNSTABLE, ("TYPEDNET_FUZZ_TARGET", target)],
        )?;
    }
    Ok(Outcome::Done)
}
