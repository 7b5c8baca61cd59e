//! One training over MPI.

mod deaths;
mod studies;

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::check::Outcome;
use crate::shell::Shell;

/// Trains with 1, 2, 4 and 8 processes of MPI, and looks whether their weights have one hash: of three networks, on one and two threads,
/// from a checkpoint of another number of processes, and from a file for each shard. Then studies, and processes that are killed.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    if !is_here() {
        return Ok(Outcome::Skipped(HOW.to_owned()));
    }
    shell.cargo("build --quiet -p typednet-distributed --features mpi --example digits_on_ranks --example study")?;
    let program = shell.target().join("debug/examples/digits_on_ranks");
    for network in ["mlp", "lenet", "gru"] {
        let alone = hash(&program, 0, &["--network", network])?;
        for (size, threads) in [(1, "1"), (2, "2"), (4, "1"), (8, "2")] {
            let here = hash(&program, size, &["--network", network, "--threads", threads])?;
            same(&format!("{network} on {size} ranks of {threads} threads"), &alone, &here)?;
        }
        let folder = shell.target().join(format!("mpi-{network}"));
        _ = fs::remove_dir_all(&folder);
        let folder = folder.display().to_string();
        hash(&program, 2, &["--network", network, "--checkpoints", &folder, "--steps", "20"])?;
        let resumed = hash(&program, 4, &["--network", network, "--checkpoints", &folder])?;
        same(&format!("{network} on 2 ranks, and then 4"), &alone, &resumed)?;
    }
    of_parts(&program, &shell.target().join("mpi-parts"))?;
    studies::check(shell)?;
    deaths::check(&program, &shell.target().join("mpi-deaths"))?;
    Ok(Outcome::Done)
}

/// A training over a file for each shard has one hash on any number of processes.
fn of_parts(program: &Path, folder: &Path) -> Result<(), String> {
    let folder = folder.display().to_string();
    let cut = Command::new(program).args(["--cut", &folder]).status();
    if !cut.as_ref().is_ok_and(std::process::ExitStatus::success) {
        return Err(format!("cutting the digits: {cut:?}"));
    }
    let alone = hash(program, 0, &["--parts", &folder])?;
    for (size, threads) in [(2, "2"), (4, "1"), (8, "1")] {
        let here = hash(program, size, &["--parts", &folder, "--threads", threads])?;
        same(&format!("a file for each shard on {size} ranks of {threads} threads"), &alone, &here)?;
    }
    Ok(())
}

/// What is missing where there is no MPI, and how to get it.
pub(crate) const HOW: &str =
    "an MPI library or libclang is missing: apt-get install libopenmpi-dev openmpi-bin libclang-dev";

/// Whether programs with MPI can be built and started.
pub(crate) fn is_here() -> bool {
    let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    is_there("mpirun") && is_there("mpicc") && has_libclang()
}

/// Whether the crate of MPI finds what it reads the library's headers with.
fn has_libclang() -> bool {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let holds_it = |folder: &Path| {
        let names = fs::read_dir(folder.join("lib")).into_iter().flatten().flatten();
        names.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().starts_with("libclang"))
    };
    env::var_os("LIBCLANG_PATH").is_some() || folders.into_iter().any(|folder| holds_it(&folder))
}

/// A program on `size` ranks, or on one without MPI where that is 0.
fn on_ranks(program: &Path, size: usize) -> Command {
    if size == 0 {
        return Command::new(program);
    }
    let mut command = Command::new("mpirun");
    // Containers often run as root; there are more ranks than processors.
    command.args(["--allow-run-as-root", "--oversubscribe", "-n", &size.to_string()]).arg(program).arg("--mpi");
    command
}

/// What the example says of its weights on `size` ranks, or on one without MPI where that is 0.
fn hash(program: &Path, size: usize, options: &[&str]) -> Result<String, String> {
    let mut command = on_ranks(program, size);
    command.args(options);
    let out = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&out.stdout);
    let hash = said.split("weights ").nth(1).and_then(|rest| rest.split(',').next());
    match hash.filter(|_| out.status.success()) {
        Some(hash) => Ok(hash.to_owned()),
        None => Err(format!("{command:?}: {}\n{said}{}", out.status, String::from_utf8_lossy(&out.stderr))),
    }
}

fn same(what: &str, expected: &str, found: &str) -> Result<(), String> {
    println!("   {what}: weights {found}");
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: the weights are {found}, and {expected} on one process"))
    }
}
