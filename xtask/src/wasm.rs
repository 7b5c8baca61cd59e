//! The kernels as WebAssembly with its vectors of 128 bits: tensor's tests, as a module that node runs.

use crate::check::Outcome;
use crate::cross::rustup_has;
use crate::done;
use crate::programs::OPTIMISED;
use crate::shell::{Shell, has};

/// A WebAssembly module with a system: its std is whole, which a browser's is not, so tests can say how they end.
const WASI: &str = "wasm32-wasip1";

/// Runs a module, as a command that cargo puts a test's path and arguments behind.
const RUNNER: &str = "node --no-warnings xtask/wasi.mjs";

/// Kernels alone; a panic ends the module, so that nothing can be found to be refused.
const TESTS: &str = "simd:: ops:: matmul:: conv:: normalisation:: recurrent:: attention:: noise:: pooling:: compact:: --skip refused --skip panic";

/// That tensor's kernels give the right numbers there: those of the portable lane, of which the compiler makes vectors, where addresses have
/// 32 bits.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    if !rustup_has(WASI) {
        return Ok(Outcome::Skipped(format!("rustc cannot compile for {WASI}: rustup target add {WASI}")));
    }
    if !has("node") {
        return Ok(Outcome::Skipped("node is missing: apt-get install nodejs".into()));
    }
    let runner = shell.root.join("xtask/wasi.mjs");
    let runner = RUNNER.replace("xtask/wasi.mjs", &runner.display().to_string());
    let vars = [
        ("CARGO_TARGET_WASM32_WASIP1_RUNNER", runner.as_str()),
        ("CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS", "-Ctarget-feature=+simd128"),
    ];
    done(shell.cargo_with(&format!("test --quiet {OPTIMISED} --target {WASI} -- {TESTS}"), &vars))
}
