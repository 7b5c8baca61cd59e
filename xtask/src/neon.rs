//! The kernels for aarch64: compiled everywhere, run on such a processor or in an emulator of one.

use crate::check::Outcome;
use crate::cross::{AARCH64, Compiler};
use crate::done;
use crate::programs::OPTIMISED;
use crate::shell::{Shell, has};

/// The crates whose results depend on the lane.
const PACKAGES: &str = "-p typednet-tensor -p typednet-tensor-tests -p typednet-layers-tests -p typednet-optim-tests";

const LINKER: &str = "aarch64-linux-gnu-gcc";
const EMULATOR: &str = "qemu-aarch64";
/// Where the emulator finds the libraries of the other processor.
const RUNNER: &str = "qemu-aarch64 -L /usr/aarch64-linux-gnu";

/// The tests of what has a form of its own on this lane, without the eight of 68 that take more than half of the time in an emulator
/// (what they look at, others look at too: the other type of numbers, fewer sizes).
const TESTS: &str = "simd:: ops:: matmul:: conv:: normalisation:: recurrent:: attention:: noise:: compact:: \
                     --skip large --skip threads --skip all_options_agree_with_the_formulas_f32 --skip gradients_are_central_differences \
                     --skip views_give_the_bits_of_copies --skip products_agree_with_the_reference_f64 --skip what_heads_give_in_f64 \
                     --skip gradients_in_f32_are_those_in_f64 --skip parts_of_products_in_f64";

/// That tensor's kernels give the right numbers on the lane. Without an emulator, that all tests compile for it.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    if cfg!(target_arch = "aarch64") {
        return done(shell.cargo(&format!("test --quiet {PACKAGES} --tests")));
    }
    let compiler = match Compiler::find(shell, AARCH64) {
        Ok(compiler) => compiler,
        Err(missing) => return Ok(Outcome::Skipped(missing)),
    };
    if !(has(LINKER) && has(EMULATOR)) {
        compiler.cargo(shell, &format!("check --quiet {PACKAGES} --tests --target {AARCH64}"), &[])?;
        return Ok(Outcome::Partly(format!(
            "its tests were compiled and not run, since {LINKER} or {EMULATOR} is missing: apt-get install \
             gcc-aarch64-linux-gnu qemu-user"
        )));
    }
    let vars = [
        ("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", LINKER),
        ("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", RUNNER),
    ];
    done(compiler.cargo(shell, &format!("test --quiet {OPTIMISED} --target {AARCH64} -- {TESTS}"), &vars))
}
