//! The weights of networks, made by programs with std for programs without it.

use std::fs;
use std::path::Path;

use crate::shell::Shell;

/// Trains the network of the lectures and writes it, with digits and their classes, to `folder`; see `examples/bare_weights.rs`.
pub(crate) fn train(shell: &Shell, folder: &Path, settings: &str, vars: &[(&str, &str)]) -> Result<(), String> {
    make(shell, "bare_weights", folder, (settings, "outputs_int8.bin"), vars)
}

/// Runs an example that writes to `folder`, unless `last` is there and newer than the example: it would be the same again.
pub(crate) fn make(
    shell: &Shell,
    example: &str,
    folder: &Path,
    (settings, last): (&str, &str),
    vars: &[(&str, &str)],
) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    shell.cargo(&format!("build --quiet --release --features exchange --example {example}"))?;
    let time = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    let program = shell.target().join("release/examples").join(example);
    if time(&folder.join(last)) > time(&program) {
        return Ok(());
    }
    let folder = folder.to_str().ok_or("the repository's path is not UTF-8")?;
    shell
        .cargo_with(&format!("run --quiet --release --features exchange --example {example} {folder} {settings}"), vars)
}
