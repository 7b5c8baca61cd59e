//! Trainings of any number of tasks, wherever these are.

use std::fs;
use std::time::{Duration, Instant};

use super::cluster::{self, FOLDER, write};
use super::{Programs, alone, same};

/// As many as show another order of a sum.
const STEPS: &str = "20";

/// Weights have one hash, on any number of tasks on both nodes, and with rank 0 on any of them.
pub(super) fn check(programs: &Programs, with_mpi: bool) -> Result<(), String> {
    let digits = programs.digits.display().to_string();
    let expected = alone(&programs.digits, &["--time", "--steps", STEPS])?;
    let srun = |what: &str, words: &str, options: &str| {
        let words = format!("{words} {digits} --time --steps {STEPS} {options}");
        let said = cluster::output("srun", &words.split_whitespace().collect::<Vec<_>>())?;
        same(what, &expected, &said)
    };
    for (tasks, nodes, threads) in [(1, 1, 2), (2, 2, 2), (4, 2, 1), (8, 2, 2)] {
        let what = format!("{tasks} tasks of {threads} threads on {nodes} nodes");
        srun(&what, &format!("--ntasks={tasks} --nodes={nodes}"), &format!("--threads {threads}"))?;
    }
    let folder = format!("{FOLDER}/places");
    let words = ["--ntasks=2", "--nodes=2", &digits, "--time", "--steps", "10", "--checkpoints", &folder];
    cluster::output("srun", &words)?;
    srun("2 tasks, and then 8", "--ntasks=8 --nodes=2", &format!("--checkpoints {folder}"))?;
    srun("2 tasks with a port kept for them", "--ntasks=2 --nodes=2 --resv-ports=1", "")?;

    // Rank 0 is not on the node that is first in the list.
    write("order", b"node2\nnode1\n")?;
    let mut command =
        cluster::command("srun", &["--ntasks=2", "--distribution=arbitrary", &digits, "--time", "--steps", STEPS]);
    command.env("SLURM_HOSTFILE", format!("{FOLDER}/order"));
    let (said, wrong, _) = cluster::said(command)?;
    same("2 tasks in the order of a file", &expected, &(said + &wrong))?;
    let both = ["--ntasks=1", "--nodelist=node2", ":", "--ntasks=1", "--nodelist=node1"];
    let step = ["srun", "--het-group=0,1", &digits, "--time", "--steps", STEPS];
    same("a task of each of two jobs", &expected, &cluster::output("salloc", &[&both[..], &step[..]].concat())?)?;

    let (said, wrong, _) = cluster::said(cluster::command("srun", &["--mpi=list"]))?;
    let has_pmix = (said + &wrong).contains("pmix");
    match (with_mpi, has_pmix) {
        (true, true) => srun("4 tasks over MPI", "--ntasks=4 --nodes=1 --mpi=pmix", "--mpi")?,
        (true, false) => println!("   nothing over MPI: this Slurm was built without PMIx"),
        (false, _) => {}
    }
    not_by_srun(&digits, &expected)
}

/// What `srun` has not started waits for nobody.
fn not_by_srun(digits: &str, expected: &str) -> Result<(), String> {
    let began = Instant::now();
    let said = cluster::output("salloc", &["--nodes=2", "--ntasks=8", digits, "--time", "--steps", STEPS])?;
    same("by `salloc` without `srun`", expected, &said)?;
    write("alone.sbatch", format!("#!/bin/sh\n{digits} --time\n").as_bytes())?;
    let sbatch = "sbatch --wait --nodes=2 --ntasks=8 --output=/run/alone.log alone.sbatch";
    // The job has the variables of the step that it was submitted from.
    let by_step = format!("srun --ntasks=2 --nodes=2 sh -c 'test $SLURM_PROCID != 0 || {sbatch}'");
    for (what, line) in [("by `sbatch` without `srun`", sbatch), ("the same, submitted from a step", &by_step)] {
        let (_, wrong, is_good) = cluster::said(cluster::command("sh", &["-c", line]))?;
        let said = fs::read_to_string("/run/alone.log").unwrap_or_default();
        if is_good || !said.contains("the job has 8 tasks, but this process was not started by `srun`") {
            return Err(format!("{what}: {said}{wrong}"));
        }
        println!("   {what}: refused in words");
        fs::remove_file("/run/alone.log").map_err(|error| error.to_string())?;
    }
    let took = began.elapsed();
    if took < Duration::from_secs(40) { Ok(()) } else { Err(format!("a program without `srun` took {took:?}")) }
}
