//! Networks in other places: the workspace `deploy/`, built and tested as its READMEs say.
//!
//! All packages are built together in each check, and agree about the features of what they need (`deploy/features`), so nothing is compiled
//! twice, for the wheel either.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::check::Outcome;
use crate::shell::{Shell, has};
use crate::trust::NO_VALGRIND;
use crate::{container, done};

const MANIFEST: &str = "--manifest-path deploy/Cargo.toml --target-dir deploy/target --release --locked";

/// The lints of the workspace.
pub(crate) fn clippy(shell: &Shell) -> Result<(), String> {
    shell.cargo_with(&format!("clippy --quiet {MANIFEST} --workspace --all-targets -- -D warnings"), python_vars())
}

/// The libraries for C: their tests in Rust, and two programs in C and C++ with each kind of library, under valgrind.
pub(crate) fn c(shell: &Shell) -> Result<Outcome, String> {
    test(shell, "--lib --test abort --test header --test calls")?;
    let compilers = [("digits.c", "cc", "c11"), ("threads.cpp", "c++", "c++17")];
    if let Some((_, missing, _)) = compilers.iter().find(|(_, compiler, _)| !has(compiler)) {
        return Ok(Outcome::Partly(format!("`{missing}` is missing, so no program was linked: apt-get install g++")));
    }
    let weights = weights(shell)?;
    for library in libraries(shell)? {
        for (source, compiler, standard) in compilers {
            let program = link(shell, source, compiler, standard, &library)?;
            run(under_valgrind(shell, &program).arg(&weights))?;
        }
    }
    if has("valgrind") { Ok(Outcome::Done) } else { Ok(Outcome::Partly(NO_VALGRIND.into())) }
}

/// The server's tests, over sockets, and its container.
pub(crate) fn serve(shell: &Shell) -> Result<Outcome, String> {
    test(shell, "--test it")?;
    done(container::check(shell))
}

/// The module for Python: a wheel, and its tests in an environment of its own.
pub(crate) fn python(shell: &Shell) -> Result<Outcome, String> {
    if !has("python3") || run(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_err() {
        return Ok(Outcome::Skipped("python3 with venv is missing: apt-get install python3-venv".into()));
    }
    let venv = shell.root.join("deploy/target/venv");
    let python = venv.join("bin/python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    let needed = ["maturin>=1.9,<2", "numpy", "pytest", "mypy"];
    if run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--retries", "1"]).args(needed)).is_err() {
        let install = format!("{} -m pip install {}", python.display(), needed.join(" "));
        return Ok(Outcome::Skipped(format!("a package is missing: {install}")));
    }
    let folder = shell.root.join("deploy/python/mnist");
    let mut build = Command::new(&python);
    build.args(["-m", "maturin", "build", "--quiet", "--release", "--locked", "--manifest-path"]);
    let wheels = shell.root.join("deploy/target/wheels");
    build.arg(folder.join("Cargo.toml")).arg("--target-dir").arg(shell.root.join("deploy/target"));
    // Else they would lie where CARGO_TARGET_DIR says.
    run(build.arg("--out").arg(&wheels))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", "--no-index", "--find-links"]);
    run(install.arg(wheels).arg("mnist"))?;
    run(Command::new(&python).args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]).arg(folder.join("tests")))?;
    done(run(Command::new(&python).args(["-m", "mypy.stubtest", "--ignore-missing-stub", "mnist"]).current_dir(&venv)))
}

/// Runs tests of the workspace.
fn test(shell: &Shell, tests: &str) -> Result<(), String> {
    shell.cargo_with(&format!("test --quiet {MANIFEST} --workspace {tests}"), python_vars())
}

/// The module of Python is compiled without Python too, where there is none.
fn python_vars() -> &'static [(&'static str, &'static str)] {
    if has("python3") { &[] } else { &[("PYO3_NO_PYTHON", "1")] }
}

/// The libraries that the tests were built with, static and shared, as cargo names them.
fn libraries(shell: &Shell) -> Result<[PathBuf; 2], String> {
    let built =
        shell.quiet(&format!("test --quiet {MANIFEST} --workspace --test calls --no-run --message-format json"))?;
    let find = |name: &str| {
        let file = built.split('"').find(|text| Path::new(text).file_name().is_some_and(|found| found == name));
        file.map(PathBuf::from).ok_or_else(|| format!("cargo has built no {name}"))
    };
    Ok([find("libmnist.a")?, find("libmnist.so")?])
}

/// The file of weights that the build of `mnist-network` has trained last.
fn weights(shell: &Shell) -> Result<PathBuf, String> {
    let folder = shell.root.join("deploy/target/release/build");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let files = entries.filter_map(Result::ok).map(|entry| entry.path().join("out/mnist.safetensors"));
    let newest = files.filter(|file| file.exists()).max_by_key(|file| file.metadata().and_then(|m| m.modified()).ok());
    newest.ok_or_else(|| format!("{}: there are no trained weights", folder.display()))
}

/// A program of `deploy/c/mnist/examples` with one of the libraries.
fn link(shell: &Shell, source: &str, compiler: &str, standard: &str, library: &Path) -> Result<PathBuf, String> {
    let (target, folder) = (shell.root.join("deploy/target"), shell.root.join("deploy/c/mnist"));
    let [name, beside] = [library.file_name(), library.parent().map(Path::as_os_str)].map(Option::unwrap_or_default);
    let program = target.join(format!("{source}-{}", name.display()));
    let mut command = Command::new(compiler);
    command.args([&format!("-std={standard}"), "-O2", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"]);
    command.arg(folder.join("include")).arg(folder.join("examples").join(source)).arg(library);
    command.arg(format!("-Wl,-rpath,{}", beside.display())).args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&program);
    run(&mut command)?;
    Ok(program)
}

/// A program that must neither leak nor touch what is not its own, as far as valgrind is there to see it.
fn under_valgrind(shell: &Shell, program: &Path) -> Command {
    if !has("valgrind") {
        return Command::new(program);
    }
    let mut command = Command::new("valgrind");
    command.args([
        "--quiet",
        "--error-exitcode=9",
        "--leak-check=full",
        "--show-leak-kinds=definite,indirect,possible",
    ]);
    command.arg("--errors-for-leak-kinds=definite,indirect,possible");
    command.arg(format!("--suppressions={}", shell.root.join("deploy/c/valgrind.supp").display())).arg(program);
    command
}

/// Runs a command and shows it.
fn run(command: &mut Command) -> Result<(), String> {
    println!("   {}", shown(command));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("failed: {}", shown(command))),
        Err(error) => Err(format!("{}: {error}", shown(command))),
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
