//! Every check of this repository, as one command: `cargo xtask check`.
//!
//! `cargo xtask check` runs the tests and all further checks. `cargo xtask check fmt clippy` runs only those named;
//! `cargo xtask list` names them. The first failure stops the run and its command is printed, to be run by hand.
#![forbid(unsafe_code)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

mod instructions;
mod no_std;
mod packages;
mod start;
mod trust;

/// One named check.
struct Check {
    name: &'static str,
    about: &'static str,
    run: fn(&Shell) -> Result<(), String>,
}

const CHECKS: &[Check] = &[
    Check { name: "test", about: "the README's test command", run: |sh| sh.cargo("test --workspace") },
    Check { name: "fmt", about: "the formatting", run: |sh| sh.cargo("fmt --all --check") },
    Check {
        name: "clippy",
        about: "lints of every target",
        run: |sh| sh.cargo("clippy --workspace --all-targets -- -D warnings"),
    },
    Check { name: "doc", about: "documentation without warnings", run: doc },
    Check { name: "lanes", about: "the numeric tests on every lane that this processor has", run: lanes },
    Check { name: "neon", about: "the kernels for aarch64, compiled; run too where the machine is one", run: neon },
    Check { name: "no_std", about: "builds without std, and without an allocator", run: no_std::builds },
    Check { name: "bare", about: "the MNIST network in a program without std, allocator and libc", run: no_std::bare },
    Check {
        name: "instructions",
        about: "the number of instructions of a step and an inference",
        run: instructions::check,
    },
    Check { name: "loom", about: "the thread pool in every order of its threads", run: trust::loom },
    Check { name: "address", about: "tensor's tests with AddressSanitizer", run: trust::address },
    Check { name: "threads", about: "the thread pool with ThreadSanitizer", run: trust::threads },
    Check { name: "memory", about: "the kernels of the AVX2 lane in valgrind", run: trust::memory },
    Check { name: "fuzz", about: "each reader of files, and the macro, under a fuzzer", run: trust::fuzz },
    Check { name: "mutants", about: "a sample of mutations, each of which a test must notice", run: trust::mutants },
    Check { name: "start", about: "the number of crates that the README's first command builds", run: start::check },
    Check {
        name: "package",
        about: "the packages as they would be published, built from their archives",
        run: packages::check,
    },
    Check { name: "deny", about: "licences, sources and duplicates of the dependencies", run: deny },
];

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.split_first() {
        Some((command, names)) if command == "check" => check(names),
        Some((command, [])) if command == "list" => {
            for check in CHECKS {
                println!("{:8} {}", check.name, check.about);
            }
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: cargo xtask check [NAME ...] | cargo xtask list");
            ExitCode::from(2)
        }
    }
}

fn check(names: &[String]) -> ExitCode {
    if let Some(unknown) = names.iter().find(|name| CHECKS.iter().all(|check| check.name != **name)) {
        eprintln!("`{unknown}` is no check; `cargo xtask list` names them");
        return ExitCode::from(2);
    }
    let shell = Shell::new();
    for check in CHECKS.iter().filter(|check| names.is_empty() || names.iter().any(|name| name == check.name)) {
        println!("== {}: {}", check.name, check.about);
        let start = Instant::now();
        if let Err(error) = (check.run)(&shell) {
            eprintln!("== {}: {error}", check.name);
            return ExitCode::FAILURE;
        }
        println!("== {}: good after {:.1} s", check.name, start.elapsed().as_secs_f64());
    }
    ExitCode::SUCCESS
}

fn doc(shell: &Shell) -> Result<(), String> {
    shell.cargo_with("doc --workspace --no-deps --all-features", &[("RUSTDOCFLAGS", "-D warnings")])
}

/// The tests whose results depend on the lane, once for each lane; a lane that the processor lacks is named.
fn lanes(shell: &Shell) -> Result<(), String> {
    for lane in ["portable", "avx2", "avx512", "neon"] {
        if !lane_exists(lane) {
            println!("   lane {lane}: not on this processor");
            continue;
        }
        shell.cargo_with(
            "test --quiet -p typednet-tensor -p typednet-layers -p typednet-optim --lib --tests",
            &[("TYPEDNET_LANE", lane)],
        )?;
    }
    Ok(())
}

/// That the NEON lane compiles. On another processor its tests need an emulator; CONTRIBUTING.md has the command.
fn neon(shell: &Shell) -> Result<(), String> {
    const TARGET: &str = "aarch64-unknown-linux-gnu";
    let added = Command::new("rustup").args(["--quiet", "target", "add", TARGET]).output();
    if !added.is_ok_and(|added| added.status.success()) {
        println!("   the target {TARGET} cannot be had here: rustup target add {TARGET}");
        return Ok(());
    }
    shell.cargo(&format!(
        "check --quiet -p typednet-tensor -p typednet-layers -p typednet-optim --tests --target {TARGET}"
    ))
}

fn lane_exists(lane: &str) -> bool {
    #[cfg(target_arch = "x86_64")]
    return match lane {
        "portable" => true,
        "avx2" => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
        "avx512" => is_x86_feature_detected!("avx512f"),
        _ => false,
    };
    #[cfg(not(target_arch = "x86_64"))]
    return lane == "portable" || (lane == "neon" && cfg!(target_arch = "aarch64"));
}

fn deny(shell: &Shell) -> Result<(), String> {
    if shell.quiet("deny --version").is_err() {
        println!("   cargo-deny is not installed: installing it");
        shell.cargo("install cargo-deny --locked --quiet")?;
    }
    shell.cargo("deny --log-level error check licenses bans sources")
}

/// The compiler's version, such as `1.95.0`.
fn rustc() -> Result<String, String> {
    let output = Command::new("rustc").arg("--version").output().map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split(' ').nth(1).map(str::to_owned).ok_or_else(|| format!("rustc says `{text}`"))
}

/// Runs commands in the repository's folder.
struct Shell {
    root: PathBuf,
}

impl Shell {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_path_buf();
        Self { root }
    }

    fn cargo(&self, args: &str) -> Result<(), String> {
        self.cargo_with(args, &[])
    }

    fn cargo_with(&self, args: &str, vars: &[(&str, &str)]) -> Result<(), String> {
        let mut command = self.command(args);
        command.envs(vars.iter().copied());
        let vars = vars.iter().fold(String::new(), |vars, (name, value)| vars + name + "='" + value + "' ");
        println!("   {vars}cargo {args}");
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!("failed: {vars}cargo {args}")),
            Err(error) => Err(format!("cargo cannot be started: {error}")),
        }
    }

    /// The folder that cargo builds into.
    fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), PathBuf::from)
    }

    fn quiet(&self, args: &str) -> Result<String, String> {
        let output = self.command(args).output().map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root).args(args.split(' ').filter(|arg| !arg.is_empty()));
        command
    }
}
