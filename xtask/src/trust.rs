//! Checks by tools that look for what tests do not see: wrong memory and wrong orders of threads.
//!
//! Unstable flags of the compiler are switched on by `RUSTC_BOOTSTRAP`, so that they are checked with the compiler that
//! users have.

use std::path::Path;

use crate::check::Outcome;
use crate::programs::OPTIMISED;
use crate::shell::{Shell, has, output};
use crate::{done, programs};

/// The variable that switches unstable flags on.
pub(crate) const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The thread pool in every order of its threads.
pub(crate) fn loom(shell: &Shell) -> Result<Outcome, String> {
    done(shell.cargo_with(
        "test --quiet -p typednet-tensor --lib --target-dir target/loom pool::",
        // Kernels are most of what is compiled, and none of what is run.
        &[("RUSTFLAGS", "--cfg typednet_loom"), ("CARGO_PROFILE_TEST_OPT_LEVEL", "0")],
    ))
}

/// tensor's tests with AddressSanitizer.
pub(crate) fn address(shell: &Shell) -> Result<Outcome, String> {
    if let Some(skipped) = elsewhere() {
        return Ok(skipped);
    }
    done(shell.cargo_with(
        &format!("test --quiet {OPTIMISED} --target {TARGET} --target-dir target/address"),
        // A test asks for more memory than there is, and takes the answer for an answer. What a pool's later panics carry
        // is forgotten, which is a leak and is meant.
        &[
            UNSTABLE,
            ("RUSTFLAGS", "-Zsanitizer=address"),
            ("ASAN_OPTIONS", "allocator_may_return_null=1:detect_leaks=0"),
        ],
    ))
}

/// The thread pool with ThreadSanitizer, which needs a standard library that is compiled for it.
pub(crate) fn threads(shell: &Shell) -> Result<Outcome, String> {
    if let Some(skipped) = elsewhere() {
        return Ok(skipped);
    }
    let sysroot = output("rustc", &["--print", "sysroot"])?;
    if !Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").exists() {
        let missing = "the standard library's source is missing: rustup component add rust-src";
        return Ok(Outcome::Skipped(missing.into()));
    }
    done(shell.cargo_with(
        &format!(
            "test --quiet -p typednet-tensor --lib --target {TARGET} --target-dir target/threads -Zbuild-std pool::"
        ),
        // To find the lines of the panics that tests make on purpose takes most of the time otherwise.
        &[UNSTABLE, ("RUSTFLAGS", "-Zsanitizer=thread"), ("RUST_BACKTRACE", "0")],
    ))
}

/// What to do without valgrind.
pub(crate) const NO_VALGRIND: &str = "valgrind is missing: apt-get install valgrind";

/// The kernels of the AVX2 lane in valgrind, which sees what is read without having been written.
pub(crate) fn memory(shell: &Shell) -> Result<Outcome, String> {
    if let Some(skipped) = elsewhere() {
        return Ok(skipped);
    }
    if !has("valgrind") {
        return Ok(Outcome::Skipped(NO_VALGRIND.into()));
    }
    let tests = "matmul:: conv:: compact:: simd:: ops:: noise:: --skip large --skip threads --skip trapped";
    let valgrind = "valgrind --quiet --error-exitcode=9 --leak-check=no";
    for program in programs::optimised(shell)? {
        program.run_under(valgrind, tests, &[("TYPEDNET_LANE", "avx2")])?;
    }
    Ok(Outcome::Done)
}

/// That a check is not for this system, where it is not.
pub(crate) fn elsewhere() -> Option<Outcome> {
    let here = cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"));
    (!here).then(|| Outcome::Skipped("it is written for Linux on x86-64: run it there".into()))
}
