//! Whether kernels are compiled once, in the library, and not in every program with a network: that is what users wait for.

use std::fs;

use crate::check::Outcome;
use crate::shell::Shell;

/// What the name of a kernel for some lane has in it: the function that a lane's instructions are allowed in.
const DISPATCHED: &str = "8dispatch";

/// Compiles `benches/kernels.rs`, and looks for kernels among the functions that are compiled in it.
///
/// What is found is a function over a scalar that is not `#[inline(never)]`, or that the list of its crate
/// (`src/instances.rs`) lacks.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    let path = shell.target().join("kernels.ll");
    let emit = format!("--emit=llvm-ir={}", path.display());
    shell.cargo(&format!("rustc --quiet --release -p benches --example kernels -- {emit} -C codegen-units=1"))?;
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let functions: Vec<&str> = text.lines().filter(|line| line.starts_with("define ")).collect();
    println!("   {} functions are compiled in the program", functions.len());
    let kernels: Vec<&str> = functions.into_iter().filter(|name| name.contains(DISPATCHED)).collect();
    if kernels.is_empty() {
        return Ok(Outcome::Done);
    }
    Err(format!("{} kernels are compiled in the program that uses them:\n{}", kernels.len(), kernels.join("\n")))
}
