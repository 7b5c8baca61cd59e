//! Every check of this repository, as one command: `cargo xtask check`.
//!
//! `cargo xtask check` runs the tests and all further checks. `cargo xtask check fmt clippy` runs only those named;
//! `cargo xtask list` names them. The first failure stops the run and its command is printed, to be run by hand. A check
//! that lacks a tool says which and how to get it, and so does the last line.
#![forbid(unsafe_code)]

use std::env;
use std::path::Path;
use std::process::ExitCode;

mod alone;
mod check;
mod container;
mod cortex;
mod cross;
mod deploy;
mod fuzz;
mod instructions;
mod kernels;
mod lints;
mod mpi;
mod mutants;
mod namespaces;
mod neon;
mod no_std;
mod packages;
mod programs;
mod shell;
mod slurm;
mod start;
mod trust;
mod wasm;
mod web;
mod weights;

use check::{Check, Outcome};
use shell::Shell;

const CHECKS: &[Check] = &[
    Check { name: "test", about: "the README's test command", run: |sh| done(sh.cargo("test --workspace")) },
    Check { name: "fmt", about: "the formatting", run: lints::fmt },
    Check { name: "clippy", about: "lints of every target", run: lints::clippy },
    Check { name: "doc", about: "documentation without warnings", run: doc },
    Check {
        name: "lanes",
        about: "the numeric tests on the lanes of this processor that `test` does not take",
        run: lanes,
    },
    Check { name: "neon", about: "the kernels for aarch64, run on one or in an emulator", run: neon::check },
    Check { name: "wasm", about: "the kernels as WebAssembly with its vectors, run by node", run: wasm::check },
    Check { name: "alone", about: "each feature, and each crate, without what others ask for", run: alone::check },
    Check { name: "no_std", about: "builds without std, and without an allocator", run: no_std::builds },
    Check { name: "bare", about: "the MNIST network in a program without std, allocator and libc", run: no_std::bare },
    Check { name: "cortex", about: "networks on a Cortex-M4F, in an emulator", run: cortex::check },
    Check { name: "web", about: "the page in which networks answer and are trained, in a browser", run: web::check },
    Check {
        name: "instructions",
        about: "the number of instructions of a step and an inference",
        run: instructions::check,
    },
    Check {
        name: "kernels",
        about: "that a program with networks compiles no kernel of its own, and no code for a training's files",
        run: kernels::check,
    },
    Check { name: "kills", about: "200 processes that are killed while they write checkpoints", run: kills },
    Check {
        name: "mpi",
        about: "one training and one study on several processes of MPI, some of which are killed",
        run: mpi::check,
    },
    Check {
        name: "namespaces",
        about: "one training on two hosts with a slow link between them, and one that is cut",
        run: namespaces::check,
    },
    Check {
        name: "slurm",
        about: "one training and one study under Slurm, on a cluster of two hosts that is started for it",
        run: slurm::check,
    },
    Check { name: "loom", about: "the thread pool in every order of its threads", run: trust::loom },
    Check { name: "address", about: "tensor's tests with AddressSanitizer", run: trust::address },
    Check { name: "threads", about: "the thread pool with ThreadSanitizer", run: trust::threads },
    Check { name: "memory", about: "the kernels of the AVX2 lane in valgrind", run: trust::memory },
    Check { name: "fuzz", about: "each reader of files, and the macro, under a fuzzer", run: fuzz::check },
    Check { name: "mutants", about: "a sample of mutations, each of which a test must notice", run: mutants::check },
    Check { name: "start", about: "the number of crates that the README's first command builds", run: start::check },
    Check {
        name: "package",
        about: "the packages as they would be published, built from their archives",
        run: packages::check,
    },
    Check { name: "c", about: "the library for C, and programs in C and C++ that use it, in valgrind", run: deploy::c },
    Check { name: "serve", about: "the server, over sockets", run: deploy::serve },
    Check { name: "python", about: "the wheel for Python, and its tests", run: deploy::python },
    Check { name: "deny", about: "licences, sources and duplicates of the dependencies", run: deny },
    // The longest, so the first to be left out where time is short.
    Check {
        name: "lessons",
        about: "what trains for half a minute or more: lessons, augmented digits, and what bf16 loses of digits and clothes",
        run: lessons,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.split_first() {
        Some((command, names)) if command == "check" => checks(names),
        Some((command, [])) if command == "list" => {
            for check in CHECKS {
                println!("{:8} {}", check.name, check.about);
            }
            ExitCode::SUCCESS
        }
        Some((command, [target])) if command == "cross" => ended(cross::bring(&Shell::new(), target)),
        // What a check starts in another namespace.
        Some((command, words)) if command == "relay" => ended(namespaces::relay(words)),
        // And in the namespaces of a cluster.
        Some((command, words)) if command == slurm::COMMAND => ended(slurm::run(words)),
        Some((command, [])) if command == "web" => ended(web::page(&Shell::new())),
        _ => {
            eprintln!("usage: cargo xtask check [NAME ...] | list | cross TARGET | web");
            ExitCode::from(2)
        }
    }
}

fn checks(names: &[String]) -> ExitCode {
    if let Some(unknown) = names.iter().find(|name| CHECKS.iter().all(|check| check.name != **name)) {
        eprintln!("`{unknown}` is no check; `cargo xtask list` names them");
        return ExitCode::from(2);
    }
    let is_named = |check: &&Check| names.is_empty() || names.iter().any(|name| name == check.name);
    let until = env::var(check::UNTIL).ok().map(|text| check::until(&text)).transpose();
    ended(until.and_then(|until| check::run(CHECKS.iter().filter(is_named), &Shell::new(), until)))
}

/// The program's end: a failure is said in one line.
fn ended(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("== {error}");
            ExitCode::FAILURE
        }
    }
}

/// The outcome of a check that is one command.
fn done(result: Result<(), String>) -> Result<Outcome, String> {
    result.map(|()| Outcome::Done)
}

/// What trains for half a minute or more, and is left out of `test`.
fn lessons(shell: &Shell) -> Result<Outcome, String> {
    let tests = [
        ("course", "--quiet"),
        ("train", "learnt_as_well --nocapture --test-threads=1"),
        ("", "augmented_digits_reach_97_5_percent --quiet"),
    ];
    for (folder, tests) in tests {
        for program in programs::of(shell, &[folder])?.iter().filter(|program| program.is("it")) {
            program.run_named(&format!("--ignored {tests}"), &[])?;
        }
    }
    let fashion = env::var_os("TYPEDNET_FASHION").unwrap_or_else(|| "/usr/share/datasets/fashion-mnist".into());
    if Path::new(&fashion).exists() {
        return Ok(Outcome::Done);
    }
    let how = "Fashion-MNIST is missing: apt-get install dataset-fashion-mnist, or let TYPEDNET_FASHION name a folder with its files";
    Ok(Outcome::Partly(how.to_owned()))
}

fn kills(shell: &Shell) -> Result<Outcome, String> {
    for program in programs::of(shell, &["train"])?.iter().filter(|program| program.is("it")) {
        let test = "--quiet a_process_that_is_killed_leaves_the_old_or_the_new_checkpoint";
        program.run_named(test, &[("TYPEDNET_KILLS", "200")])?;
    }
    Ok(Outcome::Done)
}

/// Documentation without warnings, of the workspace and of the facade alone: what of its front page links to depends on what
/// was documented before it.
fn doc(shell: &Shell) -> Result<Outcome, String> {
    let alone = shell.target().join("facade-alone");
    let options = format!("-p typednet --target-dir {}", alone.display());
    // All features of this one need an MPI library.
    shell.cargo_with("doc --no-deps -p typednet-distributed", &[("RUSTDOCFLAGS", "-D warnings")])?;
    let workspace = "--workspace --exclude typednet-distributed";
    for (options, target) in [(workspace, shell.target()), (&options, alone)] {
        let command = format!("doc --no-deps --all-features {options}");
        shell.cargo_with(&command, &[("RUSTDOCFLAGS", "-D warnings")])?;
        let page = target.join("doc/typednet/index.html");
        let text = std::fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
        // What rustdoc finds no page for stays as it is written: [`layers`].
        if let Some(at) = text.find("[<code>") {
            let link = text[at..].lines().next().unwrap_or_default();
            return Err(format!("{}: a link leads nowhere: {:.80}", page.display(), link));
        }
    }
    Ok(Outcome::Done)
}

/// The tests whose results depend on the lane, on each lane of this architecture but the widest that is here: that one they take by
/// themselves.
fn lanes(shell: &Shell) -> Result<Outcome, String> {
    let lanes = known_lanes();
    let widest = lanes.iter().rposition(|(_, is_here)| *is_here);
    let mut absent = Vec::new();
    for (place, (lane, is_here)) in lanes.into_iter().enumerate() {
        if Some(place) == widest {
            println!("   {lane}: what `cargo test` runs");
        } else if is_here {
            for program in programs::of(shell, &["tensor", "tests/tensor", "tests/layers", "tests/optim"])? {
                program.run("--quiet", &[("TYPEDNET_LANE", lane)])?;
            }
        } else {
            absent.push(lane);
        }
    }
    if absent.is_empty() {
        return Ok(Outcome::Done);
    }
    Ok(Outcome::Partly(format!("this processor has no {}: run it on one that has", absent.join(" and no "))))
}

/// The lanes of this architecture, and whether this processor has them.
fn known_lanes() -> Vec<(&'static str, bool)> {
    let mut lanes = vec![("portable", true)];
    #[cfg(target_arch = "x86_64")]
    lanes.extend([
        ("avx2", is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")),
        ("avx512", is_x86_feature_detected!("avx512f")),
    ]);
    #[cfg(target_arch = "aarch64")]
    lanes.push(("neon", true));
    lanes
}

fn deny(shell: &Shell) -> Result<Outcome, String> {
    if shell.quiet("deny --version").is_err() {
        println!("   cargo-deny is not installed: installing it");
        // It works for seconds, and takes minutes to optimise.
        shell.cargo("install cargo-deny --locked --quiet --debug")?;
    }
    done(shell.cargo("deny --log-level error check licenses bans sources"))
}
