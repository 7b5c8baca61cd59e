//! One study over MPI.

use std::fs;

use super::on_ranks;
use crate::shell::Shell;

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
    Ok(())
}
