//! A guard against slow-downs that no clock can blur: the number of instructions of a training step and an inference, on each lane that
//! can be counted.
//!
//! `benches/instructions.txt` holds the counts for one version of rustc. A count that is more than 3 % above its value
//! fails; one that is more than 3 % below asks for the better value to be written down. `UPDATE_GOLDENS=1` writes it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::check::Outcome;
use crate::done;
use crate::shell::{Shell, has, rustc};
use crate::trust::{NO_VALGRIND, elsewhere};

const TOLERANCE: f64 = 0.03;
const FILE: &str = "benches/instructions.txt";
/// Valgrind knows no AVX-512, and NEON's lane runs under an emulator that does not count.
const LANES: [&str; 2] = ["avx2", "portable"];

pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    if let Some(skipped) = elsewhere() {
        return Ok(skipped);
    }
    if !has("valgrind") {
        return Ok(Outcome::Skipped(NO_VALGRIND.into()));
    }
    let rustc = rustc()?;
    shell.cargo("build --quiet --release -p benches --example instructions")?;
    let program = shell.target().join("release/examples/instructions");

    let path = shell.root.join(FILE);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let known = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
    let same_rustc =
        text.lines().any(|line| line.strip_prefix("rustc ").is_some_and(|version| rustc.contains(version)));

    let mut now = format!("rustc {rustc}\n");
    let mut errors = String::new();
    let works = [("step", 1, 6), ("predict", 10, 110)];
    for (lane, (work, few, many)) in LANES.iter().flat_map(|lane| works.map(|work| (lane, work))) {
        let count = (count(&program, lane, work, many)? - count(&program, lane, work, few)?) / (many - few);
        let work = format!("{lane} {work}");
        writeln!(now, "{work} {count}").expect("a string takes everything");
        let Some(before) = known(&work) else {
            println!("   {work}: {count} instructions");
            continue;
        };
        let change = count as f64 / before as f64 - 1.0;
        println!("   {work}: {count} instructions, {:+.2} % of {before}", 100.0 * change);
        if change > TOLERANCE {
            writeln!(errors, "{work} takes {count} instructions, {FILE} allows {before} and 3 %").expect("a string");
        } else if change < -TOLERANCE {
            println!(
                "   {work} has become shorter: write that down with UPDATE_GOLDENS=1 cargo xtask check instructions"
            );
        }
    }
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        return done(std::fs::write(&path, now).map_err(|error| format!("{}: {error}", path.display())));
    }
    if !same_rustc {
        let update = "UPDATE_GOLDENS=1 cargo xtask check instructions";
        return Ok(Outcome::Skipped(format!(
            "{FILE} has no counts of rustc {rustc}: {update} on a state that is good"
        )));
    }
    if errors.is_empty() { Ok(Outcome::Done) } else { Err(errors.trim_end().to_owned()) }
}

/// All instructions of one run of the program on a lane.
fn count(program: &Path, lane: &str, work: &str, times: u64) -> Result<u64, String> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([work, &times.to_string()])
        .env("TYPEDNET_LANE", lane)
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    counted.filter(|_| output.status.success()).ok_or_else(|| format!("valgrind counted nothing:\n{text}"))
}
