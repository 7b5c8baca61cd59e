//! One training and one study under Slurm, on a cluster of two hosts that is started for the check and ends with it.

mod cluster;
mod endings;
mod jobs;
mod places;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io, process, thread};

use crate::check::Outcome;
use crate::shell::{Shell, own_program};

/// In namespaces of its own nothing that the cluster starts outlives it, and no port, mount or host's name is seen outside.
const NAMESPACES: [&str; 7] = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--uts", "--kill-child"];

/// What the check starts there, and [`run`] runs.
pub(crate) const COMMAND: &str = "on-slurm";

/// Trains on 1, 2, 4 and 8 tasks of `srun`, and looks whether the weights have one hash: on one and two threads, from a checkpoint of another number of
/// tasks, with rank 0 on any node, and in jobs of several steps. Then tasks that are killed, jobs that are asked to end or put back into the
/// queue, and a study that loses a task and a node.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    let is_there = |program: &&str| Command::new(program).arg("-V").output().is_ok();
    if let Some(missing) =
        ["slurmctld", "slurmd", "srun", "munged", "unshare", "ip"].iter().find(|name| !is_there(name))
    {
        let how = format!("`{missing}` is missing: apt-get install slurm-wlm munge util-linux iproute2");
        return Ok(Outcome::Skipped(how));
    }
    if let Err(reason) = cluster::may_be_made() {
        return Ok(Outcome::Skipped(format!("no namespaces for a cluster: {reason}; run it on Linux, as root")));
    }
    // As the check of MPI builds them, where it can.
    let has_mpi = crate::mpi::is_here();
    let features = if has_mpi { "--features mpi " } else { "" };
    shell
        .cargo(&format!("build --quiet -p typednet-distributed {features}--example digits_on_ranks --example study"))?;
    let programs = shell.target().join("debug/examples");
    let own = own_program()?;
    let mut command = Command::new("unshare");
    // The shell waits for whatever loses its parent, as the first process must.
    command
        .args(NAMESPACES)
        .args(["sh", "-c", "\"$@\"; exit $?", "sh"])
        .arg(own)
        .arg(COMMAND)
        .arg(programs)
        .arg(&shell.root);
    command.args(has_mpi.then_some("mpi"));
    for (name, _) in env::vars_os() {
        let is_of_a_job = ["SLURM", "SRUN_", "SBATCH_", "SALLOC_", "PMI", "OMPI_"];
        if name.to_str().is_some_and(|name| is_of_a_job.iter().any(|begin| name.starts_with(begin))) {
            command.env_remove(name);
        }
    }
    for name in ["RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"] {
        command.env_remove(name);
    }
    // It ends where nobody holds the other end any more.
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(|error| format!("unshare: {error}"))?;
    let held = child.stdin.take();
    let status = child.wait().map_err(|error| error.to_string())?;
    drop(held);
    if !status.success() {
        return Err("what is said above".to_owned());
    }
    if has_mpi {
        return Ok(Outcome::Done);
    }
    Ok(Outcome::Partly(format!("`srun --mpi=pmix`: {}", crate::mpi::HOW)))
}

/// What the claims are tested with.
struct Programs {
    digits: PathBuf,
    study: PathBuf,
    script: PathBuf,
    /// The documentation, which has the script too.
    page: PathBuf,
}

/// The check in its namespaces.
pub(crate) fn run(words: &[String]) -> Result<(), String> {
    let [programs, root, rest @ ..] = words else {
        return Err("a folder with programs, and the repository's".to_owned());
    };
    thread::spawn(|| {
        _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(1);
    });
    let (digits, study) = (Path::new(programs).join("digits_on_ranks"), Path::new(programs).join("study"));
    let (script, page) = ("distributed/examples/digits.sbatch", "docs/distributed.md");
    let programs = Programs { digits, study, script: Path::new(root).join(script), page: Path::new(root).join(page) };
    let with_mpi = rest.iter().any(|word| word == "mpi");
    cluster::start()
        .and_then(|()| places::check(&programs, with_mpi))
        .and_then(|()| jobs::check(&programs))
        .and_then(|()| endings::check(&programs))
        .map_err(|error| format!("{error}\n{}", cluster::log()))
}

/// What the example says of its weights.
fn hash(said: &str) -> Option<&str> {
    said.split("weights ").nth(1)?.split(',').next()
}

/// The hash of one process that Slurm has not started.
fn alone(program: &Path, options: &[&str]) -> Result<String, String> {
    let out =
        Command::new(program).args(options).output().map_err(|error| format!("{}: {error}", program.display()))?;
    let said = String::from_utf8_lossy(&out.stdout);
    hash(&said).map(ToOwned::to_owned).ok_or_else(|| format!("{said}{}", String::from_utf8_lossy(&out.stderr)))
}

fn same(what: &str, expected: &str, said: &str) -> Result<(), String> {
    let found = hash(said).ok_or_else(|| format!("{what}: {said}"))?;
    println!("   {what}: weights {found}");
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: the weights are {found}, and {expected} on one process"))
}
