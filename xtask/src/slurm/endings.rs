//! Tasks that are killed, a job that is cancelled, and a node that is lost.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::cluster::{self, FOLDER, LINK, done, newest, task, wait};
use super::{Programs, alone, same};

/// How long a job may take to end when one of its tasks was killed, or when it is cancelled.
const LIMIT: Duration = Duration::from_secs(10);

/// Where a task is killed, or the job cancelled, all end in time and say why; the training goes on from what is there. A study goes on without the task,
/// and without a node.
pub(super) fn check(programs: &Programs) -> Result<(), String> {
    for (place, killed) in [Some(2), Some(0), None].into_iter().enumerate() {
        ends(programs, place, killed)?;
    }
    studies(programs)
}

/// Kills a task of four in the middle of a training, or cancels its job.
fn ends(programs: &Programs, place: usize, killed: Option<usize>) -> Result<(), String> {
    let (digits, folder) = (programs.digits.display().to_string(), format!("{FOLDER}/ends-{place}"));
    let words = [
        "--ntasks=4",
        "--nodes=2",
        "--ntasks-per-node=2",
        &digits,
        "--time",
        "--steps",
        "1000000000",
        "--checkpoints",
        &folder,
    ];
    let mut command = cluster::command("srun", &words);
    let job = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(|error| format!("srun: {error}"))?;
    wait("no checkpoint was written", || newest(&folder).is_some())?;
    // Somewhere in a step.
    thread::sleep(Duration::from_millis(123));
    match killed {
        Some(rank) => kill(&folder, rank)?,
        None => drop(cluster::output("scancel", &["--user=root"])?),
    }
    let began = Instant::now();
    let out = job.wait_with_output().map_err(|error| error.to_string())?;
    let (took, said) = (began.elapsed(), String::from_utf8_lossy(&out.stderr));
    let (what, count) = killed.map_or_else(
        || ("was ended by SIGTERM after step".to_owned(), 4),
        |rank| (format!("rank {rank} has closed its connection: it has ended or was killed"), 3),
    );
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(&what) && line.contains(".safetensors`")).collect();
    let is_named = killed.is_none_or(|rank| said.contains(&format!("task {rank}: Killed")));
    if took > LIMIT || out.status.success() || lines.len() != count || !is_named {
        return Err(format!(
            "{took:?} after task {killed:?} of 4 was killed, or the job cancelled: {}: {said}",
            out.status
        ));
    }
    wait("a task is left", || (0..4).all(|rank| task(&folder, rank).is_none()))?;
    let step = newest(&folder).ok_or("no checkpoint is left")?;
    let steps = (step + 5).to_string();
    let expected = alone(&programs.digits, &["--time", "--steps", &steps])?;
    let said = cluster::output(
        "srun",
        &["--ntasks=8", "--nodes=2", &digits, "--time", "--steps", &steps, "--checkpoints", &folder],
    )?;
    let who = killed.map_or_else(|| "the job was cancelled".to_owned(), |rank| format!("rank {rank} of 4 was killed"));
    same(
        &format!("{who}, all ended after {:.1} s, and 8 went on from step {step}", took.as_secs_f64()),
        &expected,
        &said,
    )
}

/// Kills the task of that rank that was given `word`.
fn kill(word: &str, rank: usize) -> Result<(), String> {
    let process = task(word, rank).ok_or_else(|| format!("rank {rank} is not found"))?;
    done(Command::new("kill").args(["-KILL", &process.to_string()]))
}

/// A study has the trials of one process where a task of it is killed, and where the link to a node is cut.
fn studies(programs: &Programs) -> Result<(), String> {
    let program = programs.study.display().to_string();
    let options = ["--trials", "8", "--epochs", "1", "--patience", "3", "--file"];
    done(Command::new(&program).args(options).arg("/run/alone.jsonl"))?;
    let expected = trials("/run/alone.jsonl");
    for (file, what) in [("/run/killed.jsonl", "without a task"), ("/run/lost.jsonl", "without a node")] {
        let begun = ["--ntasks=4", "--nodes=2", "--ntasks-per-node=2", "--no-kill", "--kill-on-bad-exit=0", &program];
        let mut command = cluster::command("srun", &[&begun[..], &options[..], &[file]].concat());
        let job =
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(|error| format!("srun: {error}"))?;
        wait("no trial has ended", || trials(file).len() > 3)?;
        match what {
            "without a task" => kill(file, 3)?,
            _ => done(Command::new("ip").args(["link", "set", LINK, "down"]))?,
        }
        let out = job.wait_with_output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&out.stderr);
        let lost = if what == "without a task" {
            "rank 3 has closed its connection"
        } else {
            "rank 3 has not answered for 3s"
        };
        if trials(file) != expected || expected.len() != 8 || !said.contains(lost) {
            return Err(format!("a study {what} has {} trials: {said}", trials(file).len()));
        }
        println!("   a study went on {what}: {} trials", expected.len());
    }
    Ok(())
}

/// The trials in a file, but for the seconds, in the order of their numbers.
fn trials(file: &str) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let trial = |line: &str| Some(line.split_once("\"trial\":")?.1.split("\"seconds\"").next()?.to_owned());
    let mut trials: Vec<String> = text.lines().filter_map(trial).collect();
    trials.sort();
    trials
}
