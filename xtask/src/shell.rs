//! Commands in the repository's folder.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// This program, to be started once more. A check that compiles it anew takes away the file that it was started from, of which Linux says
/// so behind its name; the new one lies there.
pub(crate) fn own_program() -> Result<PathBuf, String> {
    env::current_exe().map(at_its_place).map_err(|error| error.to_string())
}

fn at_its_place(program: PathBuf) -> PathBuf {
    program.to_str().and_then(|name| name.strip_suffix(" (deleted)")).map(PathBuf::from).unwrap_or(program)
}

/// Runs commands in the repository's folder.
pub(crate) struct Shell {
    pub(crate) root: PathBuf,
}

impl Shell {
    pub(crate) fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_path_buf();
        Self { root }
    }

    pub(crate) fn cargo(&self, args: &str) -> Result<(), String> {
        self.cargo_with(args, &[])
    }

    pub(crate) fn cargo_with(&self, args: &str, vars: &[(&str, &str)]) -> Result<(), String> {
        let mut command = self.command(args);
        command.envs(vars.iter().copied());
        let vars = vars.iter().fold(String::new(), |vars, (name, value)| vars + name + "='" + value + "' ");
        println!("   {vars}cargo {args}");
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!("failed: {vars}cargo {args}")),
            Err(error) => Err(format!("cargo cannot be started: {error}")),
        }
    }

    /// The folder that cargo builds into.
    pub(crate) fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), PathBuf::from)
    }

    pub(crate) fn quiet(&self, args: &str) -> Result<String, String> {
        let output = self.command(args).output().map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root).args(args.split(' ').filter(|arg| !arg.is_empty()));
        command
    }
}

/// Whether a program is there: whether it can say its version.
pub(crate) fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// What a program prints.
pub(crate) fn output(program: &str, args: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(args).output().map_err(|error| format!("{program}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The compiler's version, such as `1.95.0`.
pub(crate) fn rustc() -> Result<String, String> {
    let text = output("rustc", &["--version"])?;
    text.split(' ').nth(1).map(str::to_owned).ok_or_else(|| format!("rustc says `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_was_built_anew_is_found() {
        for name in ["/target/debug/xtask (deleted)", "/target/debug/xtask"] {
            assert_eq!(at_its_place(PathBuf::from(name)), Path::new("/target/debug/xtask"));
        }
    }
}
