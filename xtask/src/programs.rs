//! The test programs that the README's test command has built, started by themselves.
//!
//! `cargo test -p NAME` builds for the features that NAME alone asks of the crates below it, and so builds most of them once more. What
//! a check runs again, in another way, is therefore taken from the build of the whole workspace.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::shell::Shell;

/// A test program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Program {
    path: PathBuf,
    /// The folder of its package, which it runs in.
    folder: PathBuf,
}

/// Variables for a program.
type Vars<'a> = &'a [(&'a str, &'a str)];

/// The test programs of the packages in `folders`, from the repository's folder on; what is not built yet is built.
pub(crate) fn of(shell: &Shell, folders: &[&str]) -> Result<Vec<Program>, String> {
    let args = "test --quiet --workspace --no-run --message-format json-render-diagnostics";
    let all = built(shell, args)?;
    let mut found = Vec::new();
    for folder in folders {
        let before = found.len();
        found.extend(all.iter().filter(|program| program.folder == shell.root.join(folder)).cloned());
        if found.len() == before {
            return Err(format!("failed: cargo {args}: no test program of {folder}"));
        }
    }
    Ok(found)
}

/// All tests of tensor, its unit tests optimised as the library is: for targets where they would take minutes otherwise, and for tools that look
/// at what the compiler makes of a kernel. (The README's test command has the unit tests without, in `tests/tensor`.)
pub(crate) const OPTIMISED: &str = "-p typednet-tensor --lib --test kernels";

/// The programs of [`OPTIMISED`].
pub(crate) fn optimised(shell: &Shell) -> Result<Vec<Program>, String> {
    let found = built(shell, &format!("test --quiet {OPTIMISED} --no-run --message-format json-render-diagnostics"))?;
    if found.len() == 2 { Ok(found) } else { Err(format!("failed: {OPTIMISED} are two programs, not {}", found.len())) }
}

/// The programs that a call of cargo builds, or has built.
fn built(shell: &Shell, args: &str) -> Result<Vec<Program>, String> {
    println!("   cargo {args}");
    Ok(shell.quiet(args)?.lines().filter_map(program).collect())
}

/// The program of a message of cargo, if it is one of tests.
fn program(message: &str) -> Option<Program> {
    let text = |name: &str| message.split_once(&format!("\"{name}\":\""))?.1.split_once('"').map(|(text, _)| text);
    // Examples are built too, and have no tests.
    let is_test = message.split_once("\"profile\":").is_some_and(|(_, rest)| rest.contains("\"test\":true"));
    let path = PathBuf::from(text("executable").filter(|_| is_test)?);
    Some(Program { path, folder: Path::new(text("manifest_path")?).parent()?.to_path_buf() })
}

impl Program {
    /// Whether it is the target with this name.
    pub(crate) fn is(&self, target: &str) -> bool {
        let stem = self.path.file_name().and_then(|name| name.to_str()?.rsplit_once('-'));
        stem.is_some_and(|(stem, _)| stem == target)
    }

    /// Runs its tests.
    pub(crate) fn run(&self, args: &str, vars: Vars<'_>) -> Result<(), String> {
        println!("   {}", self.shown("", args, vars));
        match self.command("", args, vars).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!("failed: {}", self.shown("", args, vars))),
            Err(error) => Err(format!("{}: {error}", self.path.display())),
        }
    }

    /// Runs the tests that `args` choose by a part of their name, of which there must be one.
    pub(crate) fn run_named(&self, args: &str, vars: Vars<'_>) -> Result<(), String> {
        self.names(args, vars)?;
        self.run(args, vars)
    }

    /// The names of the tests that `args` choose.
    fn names(&self, args: &str, vars: Vars<'_>) -> Result<Vec<String>, String> {
        let list = self.command("", &format!("{args} --list --format terse"), vars).output();
        let list = list.map_err(|error| format!("{}: {error}", self.path.display()))?;
        let list = String::from_utf8_lossy(&list.stdout);
        let names: Vec<String> =
            list.lines().filter_map(|line| Some(line.strip_suffix(": test")?.to_owned())).collect();
        if names.is_empty() { Err(format!("no test is named by {args}")) } else { Ok(names) }
    }

    /// Runs the tests that `args` choose under another program, such as `valgrind --quiet`, in as many processes as there are processors: for
    /// what runs one thread at a time.
    pub(crate) fn run_under(&self, other: &str, args: &str, vars: Vars<'_>) -> Result<(), String> {
        println!("   {}", self.shown(other, args, vars));
        let names = self.names(args, vars)?;
        let processes = thread::available_parallelism().map_or(1, usize::from).min(names.len());
        let results: Vec<Result<(), String>> = thread::scope(|scope| {
            let part = |part: usize| {
                // Neighbours take about as long: most are one test for two types of numbers.
                let names: Vec<&str> = names.iter().map(String::as_str).skip(part).step_by(processes).collect();
                self.tests_under(other, &names, vars)
            };
            let running: Vec<_> = (0..processes).map(|place| scope.spawn(move || part(place))).collect();
            let joined = running.into_iter().map(thread::ScopedJoinHandle::join);
            joined.map(|result| result.unwrap_or_else(|_| Err("a thread has panicked".into()))).collect()
        });
        results.into_iter().collect()
    }

    /// Runs the tests with these names under another program, and shows what it prints when it has ended.
    fn tests_under(&self, other: &str, names: &[&str], vars: Vars<'_>) -> Result<(), String> {
        let args = format!("--quiet --test-threads 1 --exact {}", names.join(" "));
        let output = self.command(other, &args, vars).output().map_err(|error| format!("{other}: {error}"))?;
        // All at once, so that what another thread prints does not come in between.
        let text = [output.stdout, output.stderr].concat();
        std::io::stdout().lock().write_all(&text).map_err(|error| error.to_string())?;
        let ran = format!("running {} test", names.len());
        if output.status.success() && String::from_utf8_lossy(&text).contains(&ran) {
            return Ok(());
        }
        Err(format!("failed: {}", self.shown(other, &args, vars)))
    }

    /// The program, under `other` where that is not empty.
    fn command(&self, other: &str, args: &str, vars: Vars<'_>) -> Command {
        let mut words = other.split_whitespace();
        let mut command = match words.next() {
            Some(first) => {
                let mut command = Command::new(first);
                command.args(words).arg(&self.path);
                command
            }
            None => Command::new(&self.path),
        };
        // As cargo starts it.
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder);
        command.args(args.split_whitespace()).envs(vars.iter().copied());
        command
    }

    /// The same as a line for a shell.
    fn shown(&self, other: &str, args: &str, vars: Vars<'_>) -> String {
        let vars = vars.iter().fold(String::new(), |vars, (name, value)| vars + name + "='" + value + "' ");
        let other = if other.is_empty() { String::new() } else { format!("{other} ") };
        format!("cd {} && {vars}{other}{} {args}", self.folder.display(), self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_a_test_program_names_it_and_its_folder() {
        let message = |test: bool, executable: &str| {
            let target = r#""target":{"name":"it","test":true},"profile":{"opt_level":"1","test":"#;
            format!(
                r#"{{"manifest_path":"/r/course/Cargo.toml",{target}{test}}},"executable":{executable},"fresh":true}}"#
            )
        };
        let found = program(&message(true, r#""/t/it-5dfa384ac9a97028""#)).expect("a program");
        assert_eq!(
            (found.path.as_path(), found.folder.as_path()),
            (Path::new("/t/it-5dfa384ac9a97028"), Path::new("/r/course"))
        );
        assert!(found.is("it") && !found.is("i") && !found.is("weights"));
        assert_eq!(program(&message(false, r#""/t/examples/mnist""#)), None, "an example");
        assert_eq!(program(&message(true, "null")), None, "a library");
        assert_eq!(program(r#"{"reason":"build-finished","success":true}"#), None);
    }
}
