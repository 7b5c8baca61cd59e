//! Jobs of several steps, and one that is put back into the queue.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Instant;

use super::cluster::{self, FOLDER, newest, wait, write};
use super::{Programs, alone, hash, same};

/// What the script of the documentation makes in two parts.
const STEPS: &str = "60";

/// Steps one after another and side by side have the same weights, and so has a job that was asked to end and goes on from its checkpoint.
pub(super) fn check(programs: &Programs) -> Result<(), String> {
    steps(programs)?;
    requeued(programs)
}

/// Two steps one after another, and then two at the same time.
fn steps(programs: &Programs) -> Result<(), String> {
    let expected = alone(&programs.digits, &["--time", "--steps", STEPS])?;
    let digits = programs.digits.display();
    let step = format!("srun --ntasks=4 --ntasks-per-node=2 --exact {digits} --time --steps {STEPS}");
    let script = format!("#!/bin/sh\n{step}\n{step}\n{step} &\n{step} &\nwait\n");
    write("steps.sbatch", script.as_bytes())?;
    let words = ["--parsable", "--nodes=2", "--ntasks-per-node=4", "--output=steps.log", "steps.sbatch"];
    let job = cluster::output("sbatch", &words)?.trim().to_owned();
    let running = || {
        let said = cluster::output("squeue", &["--noheader", "--steps", "--format=%i"]).unwrap_or_default();
        [2, 3].iter().all(|step| said.lines().any(|line| line.trim() == format!("{job}.{step}")))
    };
    wait("two steps do not run side by side", running)?;
    wait_for_end(&job)?;
    let said = fs::read_to_string(format!("{FOLDER}/steps.log")).map_err(|error| error.to_string())?;
    let lines: Vec<&str> = said.lines().filter(|line| hash(line).is_some()).collect();
    for (line, what) in lines.iter().zip(["the first step", "the second", "one of two side by side", "the other"]) {
        same(&format!("{what} of a job"), &expected, line)?;
    }
    if lines.len() == 4 { Ok(()) } else { Err(format!("of four steps not all have trained: {said}")) }
}

/// The script of the documentation: its job is asked to end in the middle, is put back into the queue, and goes on.
fn requeued(programs: &Programs) -> Result<(), String> {
    let expected = alone(&programs.digits, &["--time", "--steps", STEPS])?;
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let script = read(&programs.script)?;
    if !read(&programs.page)?.contains(&script) {
        return Err(format!("{} has another script than {}", programs.page.display(), programs.script.display()));
    }
    write("digits.sbatch", script.as_bytes())?;
    // Where the script looks for it.
    symlink(&programs.digits, format!("{FOLDER}/digits_on_ranks")).map_err(|error| error.to_string())?;
    let job =
        cluster::output("sbatch", &["--parsable", "digits.sbatch", "--time", "--steps", STEPS])?.trim().to_owned();
    wait("no checkpoint was written", || newest(&format!("{FOLDER}/runs")).is_some())?;
    cluster::output("scancel", &["--signal=TERM", &job])?;
    let began = Instant::now();
    wait_for_end(&job)?;
    let said = fs::read_to_string(format!("{FOLDER}/digits-{job}.log")).map_err(|error| error.to_string())?;
    let after: Vec<&str> = said.lines().filter(|line| line.contains("was ended by SIGTERM after step")).collect();
    if after.len() != 8 || after.iter().any(|line| *line != after[0] || !line.contains(".safetensors`")) {
        return Err(format!("eight ranks were asked to end after one step with one checkpoint: {said}"));
    }
    println!("   asked to end: {}", after[0]);
    let state = cluster::output("scontrol", &["show", "job", &job])?;
    if !state.contains("JobState=COMPLETED") || !state.contains("Restarts=1") {
        return Err(format!("the job was not put back into the queue once: {state}\n{said}"));
    }
    same(&format!("the same job, back from the queue after {:.1} s", began.elapsed().as_secs_f64()), &expected, &said)
}

/// Waits until a job is neither in the queue nor running.
fn wait_for_end(job: &str) -> Result<(), String> {
    let is_there =
        || cluster::output("squeue", &["--noheader", &format!("--jobs={job}")]).is_ok_and(|said| !said.is_empty());
    wait("a job has not ended", || !is_there()).map_err(|error| {
        let state = cluster::output("scontrol", &["show", "job", job]).unwrap_or_default();
        format!("{error}\n{state}")
    })
}
