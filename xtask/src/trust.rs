//! Checks by tools that look for what tests do not see: wrong memory, wrong orders of threads, panics of readers, and
//! tests that see nothing.
//!
//! A tool that is not there is named in one line with what brings it. Unstable flags of the compiler are switched on by
//! `RUSTC_BOOTSTRAP`, so that they are checked with the compiler that users have.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::Shell;

const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The readers, as `fuzz/src/lib.rs` names them.
const READERS: [&str; 11] =
    ["csv", "idx", "folder", "network", "scalers", "weights", "checkpoint", "study", "manifest", "drift", "guard"];

/// The thread pool in every order of its threads.
pub(crate) fn loom(shell: &Shell) -> Result<(), String> {
    shell.cargo_with(
        "test --quiet -p typednet-tensor --lib --target-dir target/loom pool::",
        &[("RUSTFLAGS", "--cfg typednet_loom")],
    )
}

/// tensor's tests with AddressSanitizer.
pub(crate) fn address(shell: &Shell) -> Result<(), String> {
    if !supported("AddressSanitizer") {
        return Ok(());
    }
    shell.cargo_with(
        &format!("test --quiet -p typednet-tensor --lib --target {TARGET} --target-dir target/address"),
        // A test asks for more memory than there is, and takes the answer for an answer. What a pool's later panics carry
        // is forgotten, which is a leak and is meant.
        &[
            UNSTABLE,
            ("RUSTFLAGS", "-Zsanitizer=address"),
            ("ASAN_OPTIONS", "allocator_may_return_null=1:detect_leaks=0"),
        ],
    )
}

/// The thread pool with ThreadSanitizer, which needs a standard library that is compiled for it.
pub(crate) fn threads(shell: &Shell) -> Result<(), String> {
    if !supported("ThreadSanitizer") {
        return Ok(());
    }
    let sysroot = output("rustc", &["--print", "sysroot"])?;
    if !Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").exists() {
        println!("   the source of the standard library is not installed: rustup component add rust-src");
        return Ok(());
    }
    shell.cargo_with(
        &format!(
            "test --quiet -p typednet-tensor --lib --target {TARGET} --target-dir target/threads -Zbuild-std pool::"
        ),
        &[UNSTABLE, ("RUSTFLAGS", "-Zsanitizer=thread")],
    )
}

/// The kernels of the AVX2 lane in valgrind, which sees what is read without having been written.
pub(crate) fn memory(shell: &Shell) -> Result<(), String> {
    if !supported("the AVX2 lane") {
        return Ok(());
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("   valgrind is not installed (Debian: apt-get install valgrind)");
        return Ok(());
    }
    shell.cargo_with(
        "test --quiet -p typednet-tensor --lib -- matmul:: compact:: simd:: ops:: noise:: --skip large --skip threads --test-threads 1",
        &[
            ("TYPEDNET_LANE", "avx2"),
            ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", "valgrind --quiet --error-exitcode=9 --leak-check=no"),
        ],
    )
}

/// Each reader for `TYPEDNET_FUZZ_SECONDS` (30 unless set) with a fuzzer that sees which code is reached.
pub(crate) fn fuzz(shell: &Shell) -> Result<(), String> {
    if shell.quiet("fuzz --version").is_err() {
        println!("   cargo-fuzz is not installed (cargo install cargo-fuzz); the tests run the readers without it");
        return Ok(());
    }
    let seconds = env::var("TYPEDNET_FUZZ_SECONDS").unwrap_or_else(|_| "30".into());
    let folder = shell.target().join("fuzz");
    let seeds = folder.join("seeds");
    let seeds = seeds.to_str().ok_or("the target folder's path is not UTF-8")?;
    shell.cargo(&format!("run --quiet -p typednet-fuzz --bin seeds {seeds}"))?;
    for reader in READERS {
        // What is found goes to the first folder; the committed corpus stays as it is.
        let found = folder.join("found").join(reader);
        std::fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        let corpus = shell.root.join("fuzz/corpus").join(reader);
        let corpus = if corpus.is_dir() { format!("fuzz/corpus/{reader}") } else { String::new() };
        let found = found.to_str().ok_or("the target folder's path is not UTF-8")?;
        shell.cargo_with(
            &format!(
                "fuzz run any --features libfuzzer {found} {corpus} {seeds}/{reader} -- -max_total_time={seconds} \
                 -max_len=4096 -timeout=10 -verbosity=0 -print_final_stats=1"
            ),
            &[UNSTABLE, ("TYPEDNET_FUZZ_TARGET", reader)],
        )?;
    }
    Ok(())
}

/// A sample of mutations of what computes: a test must fail for each.
pub(crate) fn mutants(shell: &Shell) -> Result<(), String> {
    if shell.quiet("mutants --version").is_err() {
        println!("   cargo-mutants is not installed (cargo install cargo-mutants)");
        return Ok(());
    }
    let shard = env::var("TYPEDNET_MUTANTS_SHARD").unwrap_or_else(|_| "0/200".into());
    shell.cargo(&format!(
        "mutants --no-shuffle --shard {shard} --output target --timeout 300 --file layers/src/**/*.rs --file \
         optim/src/**/*.rs --file tensor/src/matmul/*.rs --file tensor/src/compact/*.rs"
    ))
}

/// Whether this is the system that the check is written for; else says so.
fn supported(what: &str) -> bool {
    let supported = cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"));
    if !supported {
        println!("   {what} is checked on Linux on x86-64, and skipped here");
    }
    supported
}

fn output(program: &str, args: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(args).output().map_err(|error| format!("{program}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
