//! Processes of MPI that are killed while they train.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use super::{hash, on_ranks, same};

/// How long a job may take to end when one of its ranks was killed.
pub(super) const LIMIT: Duration = Duration::from_secs(20);

/// How long it may take to begin, and to write a checkpoint.
const BEGIN: Duration = Duration::from_mins(2);

const SIZE: usize = 4;

/// Kills a rank of a job, each number once, some time after a checkpoint. The job ends within [`LIMIT`], no rank is left, and the
/// training goes on from each file that is there, on other numbers of ranks, with the weights that it has when nobody dies.
pub(super) fn check(program: &Path, folder: &Path) -> Result<(), String> {
    _ = fs::remove_dir_all(folder);
    for killed in 0..SIZE {
        kill_one(program, folder, killed)?;
    }
    let files = checkpoints(folder);
    let steps = (files.keys().next_back().ok_or("no checkpoint is left")? + 5).to_string();
    let expected = hash(program, 0, &["--steps", &steps])?;
    // The newest, and then without it the one before.
    for ((step, file), size) in files.iter().rev().zip([2, 8]) {
        let copy = folder.with_extension("copy");
        copy_of(folder, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
        let resumed = hash(program, size, &["--steps", &steps, "--checkpoints", &copy.display().to_string()])?;
        same(&format!("each of {SIZE} ranks killed once, and then {size} from step {step}"), &expected, &resumed)?;
        fs::remove_file(file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

fn kill_one(program: &Path, folder: &Path, killed: usize) -> Result<(), String> {
    let newest = || checkpoints(folder).pop_last();
    let before = newest();
    let mut command = on_ranks(program, SIZE);
    command.args(["--steps", "1000000000", "--time", "--checkpoints"]).arg(folder);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut job = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let found = wait(&mut job, || newest() != before).and_then(|()| {
        // At another place of a step, and of a file, each time.
        thread::sleep(Duration::from_millis(37 * killed as u64 + 11));
        let process = ranks(folder).remove(&killed).ok_or_else(|| format!("rank {killed} is not found"))?;
        if signal("KILL", process) { Ok(()) } else { Err("`kill` fails".to_owned()) }
    });
    let began = Instant::now();
    while found.is_ok() && began.elapsed() < LIMIT && matches!(job.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(20));
    }
    let (has_ended, left) = (matches!(job.try_wait(), Ok(Some(_))), ranks(folder));
    _ = job.kill();
    for process in left.values() {
        signal("KILL", *process);
    }
    let out = job.wait_with_output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&out.stderr);
    found.map_err(|reason| format!("{command:?}: {reason}\n{said}"))?;
    if !has_ended || out.status.success() || !left.is_empty() {
        return Err(format!(
            "{command:?}: rank {killed} was killed, and {:?} later the job is at `{}`, with {} ranks: {said}",
            began.elapsed(),
            out.status,
            left.len()
        ));
    }
    if !said.contains(&format!("rank {killed} ")) {
        return Err(format!("rank {killed} was killed, but the launcher does not say so: {said}"));
    }
    println!("   rank {killed} of {SIZE} was killed: the job ended after {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// Sends a signal to a process, and says whether it was there.
pub(super) fn signal(name: &str, process: u32) -> bool {
    Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status().is_ok_and(|status| status.success())
}

/// Waits until there are files to go on from, for at most [`BEGIN`] and as long as the job runs.
pub(super) fn wait(job: &mut Child, is_so: impl Fn() -> bool) -> Result<(), String> {
    let began = Instant::now();
    while !is_so() {
        if began.elapsed() >= BEGIN || !matches!(job.try_wait(), Ok(None)) {
            return Err(format!("nothing to go on from after {:?}", began.elapsed()));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// The processes that were given a path, by rank.
pub(super) fn ranks(path: &Path) -> BTreeMap<usize, u32> {
    let path = path.display().to_string();
    let rank_of = |process: u32| {
        let read = |name: &str| fs::read(format!("/proc/{process}/{name}")).ok();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let words = text(read("cmdline")?);
        if words.split('\0').next().is_some_and(|first| first.contains("mpi")) || !words.contains(&path) {
            return None;
        }
        let names = text(read("environ")?);
        // Of `OpenMPI`, and of MPICH.
        let names = names.split('\0').filter_map(|name| name.split_once('='));
        let mut ranks = names.filter(|(name, _)| matches!(*name, "OMPI_COMM_WORLD_RANK" | "PMI_RANK"));
        Some((ranks.next()?.1.parse().ok()?, process))
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|entry| rank_of(entry.file_name().to_str()?.parse().ok()?)).collect()
}

/// The checkpoints of all runs in a folder, by their steps.
fn checkpoints(folder: &Path) -> BTreeMap<u64, PathBuf> {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = entries(folder).flat_map(|run| entries(&run).collect::<Vec<_>>());
    let step =
        |path: &Path| path.file_name()?.to_str()?.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok();
    files.filter_map(|path| Some((step(&path)?, path))).collect()
}

fn copy_of(from: &Path, to: &Path) -> io::Result<()> {
    _ = fs::remove_dir_all(to);
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, at) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_of(&path, &at)?;
        } else {
            fs::copy(path, at)?;
        }
    }
    Ok(())
}
