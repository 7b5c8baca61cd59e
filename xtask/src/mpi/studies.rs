//! One study over MPI.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::deaths::{LIMIT, ranks, signal, wait};
use super::on_ranks;
use crate::shell::Shell;

/// How long the ranks wait for one that is silent, in seconds.
const PATIENCE: u64 = 3;

/// One study on 1, 3 and 4 processes, each in two parts: its file has the same trials.
pub(super) fn check(shell: &Shell) -> Result<(), String> {
    let program = shell.target().join("debug/examples/study");
    let trials = |size: usize| {
        let file = shell.target().join(format!("mpi-study-{size}.jsonl"));
        _ = fs::remove_file(&file);
        for trials in ["3", "8"] {
            let mut command = on_ranks(&program, size);
            command.arg("--file").arg(&file).args(["--trials", trials]);
            let out = command.output().map_err(|error| format!("{command:?}: {error}"))?;
            if !out.status.success() {
                return Err(format!("{command:?}: {}\n{}", out.status, String::from_utf8_lossy(&out.stderr)));
            }
        }
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        // But for the seconds and the checksum, and in the order of the trials.
        let trial = |line: &str| Some(line.split_once("\"trial\":")?.1.split("\"seconds\"").next()?.to_owned());
        let mut trials: Vec<String> = text.lines().filter_map(trial).collect();
        trials.sort();
        Ok(trials)
    };
    let alone = trials(0)?;
    for size in [3, 4] {
        let here = trials(size)?;
        println!("   a study on {size} ranks: {} trials", here.len());
        if here != alone || alone.len() != 8 {
            return Err(format!("a study on {size} ranks has other trials than on one process"));
        }
    }
    // All but one rank wait for much longer than the patience, and are there.
    let mut command = on_ranks(&program, 3);
    command.args(["--trials", "1", "--epochs", "10", "--patience", "1"]);
    let (began, out) = (Instant::now(), command.output().map_err(|error| format!("{command:?}: {error}"))?);
    let took = began.elapsed();
    println!("   a trial of {:.1} s, with a patience of 1 s", took.as_secs_f64());
    if !out.status.success() || took < Duration::from_secs(2) {
        return Err(format!("{command:?}: {} after {took:?}\n{}", out.status, String::from_utf8_lossy(&out.stderr)));
    }
    // One that is heard, and the one that all others hear.
    [1, 0].into_iter().try_for_each(|rank| hang(&program, &shell.target().join("mpi-study-hangs.jsonl"), rank))
}

/// Stops a rank, which does not end. The job ends within [`PATIENCE`] and [`LIMIT`] with its number, and goes on from the file.
fn hang(program: &Path, file: &Path, stopped: usize) -> Result<(), String> {
    _ = fs::remove_file(file);
    let lines = || fs::read_to_string(file).map_or(0, |text| text.lines().count());
    let mut command = on_ranks(program, 3);
    command.arg("--file").arg(file).args(["--trials", "100000", "--patience", &PATIENCE.to_string()]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut job = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let found = wait(&mut job, || lines() > 3).and_then(|()| {
        let process = ranks(file).remove(&stopped).ok_or_else(|| format!("rank {stopped} is not found"))?;
        if signal("STOP", process) { Ok(()) } else { Err("`kill` fails".to_owned()) }
    });
    let (began, limit) = (Instant::now(), Duration::from_secs(PATIENCE) + LIMIT);
    while found.is_ok() && began.elapsed() < limit && matches!(job.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(20));
    }
    let (took, has_ended) = (began.elapsed(), matches!(job.try_wait(), Ok(Some(_))));
    _ = job.kill();
    for process in ranks(file).values() {
        signal("KILL", *process);
    }
    let out = job.wait_with_output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&out.stderr);
    found.map_err(|reason| format!("{command:?}: {reason}\n{said}"))?;
    if !has_ended || !said.contains(&format!("rank {stopped} has not answered for {PATIENCE}s")) {
        return Err(format!(
            "{command:?}: rank {stopped} hangs, and {took:?} later the job is at `{}`: {said}",
            out.status
        ));
    }
    let mut again = on_ranks(program, 2);
    again.arg("--file").arg(file).args(["--trials", &(lines() + 4).to_string()]);
    let out = again.output().map_err(|error| format!("{again:?}: {error}"))?;
    if !out.status.success() {
        return Err(format!("{again:?}: {}\n{}", out.status, String::from_utf8_lossy(&out.stderr)));
    }
    println!("   rank {stopped} of a study hangs: the job ended after {:.1} s, and went on", took.as_secs_f64());
    Ok(())
}
