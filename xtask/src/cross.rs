//! Compilers for other targets: rustup's, or where it cannot add the target, those of Debian's packages.
//!
//! Debian's `rustc-web` knows these targets, and its std for them is not packaged (but for aarch64), so `core` is compiled from the
//! source of the same version, once, and kept in the compiler's folder. Nothing is installed: all of it lies in `target/cross`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Shell, has, output};
use crate::trust::UNSTABLE;

/// A WebAssembly module without a system.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// A Cortex-M4F without a system.
pub(crate) const CORTEX: &str = "thumbv7em-none-eabihf";
/// Linux on 64-bit ARM.
pub(crate) const AARCH64: &str = "aarch64-unknown-linux-gnu";

/// The packages of one version that are a compiler and the source of its library.
const PACKAGES: [&str; 5] = ["rustc-web", "libstd-rust-web-1.96", "libstd-rust-web-dev", "rust-web-src", "libllvm22"];
/// What Debian's compiler lies in, below its packages' root.
const LIBRARIES: &str = "usr/lib/rustlib";
/// `debian` leaves rustup aside, to try the other way where rustup would do.
const CHOICE: &str = "TYPEDNET_CROSS";

/// A compiler for a target, as variables that cargo is given.
pub(crate) struct Compiler {
    vars: Vec<(String, String)>,
}

impl Compiler {
    /// The compiler for `target`, or in one line what is missing and what brings it.
    pub(crate) fn find(shell: &Shell, target: &str) -> Result<Self, String> {
        if rustup_has(target) {
            return Ok(Self { vars: Vec::new() });
        }
        let debian = folder(shell).join("debian");
        if debian.join(LIBRARIES).join(target).join("lib").exists() {
            return Ok(Self { vars: debian_vars(&debian, target)? });
        }
        Err(format!(
            "rustc cannot compile for {target}: rustup target add {target}, or on Debian cargo xtask cross {target} (a download of 131 MiB)"
        ))
    }

    /// Runs cargo with this compiler. What it builds is kept apart from what another compiler has built.
    pub(crate) fn cargo(&self, shell: &Shell, args: &str, vars: &[(&str, &str)]) -> Result<(), String> {
        let own = self.vars.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        shell.cargo_with(args, &own.chain(vars.iter().copied()).collect::<Vec<_>>())
    }

    /// Looks at a package's lints.
    pub(crate) fn clippy(&self, shell: &Shell, args: &str, vars: &[(&str, &str)]) -> Result<(), String> {
        if self.vars.is_empty() {
            return self.cargo(shell, &format!("clippy {args} -- -D warnings"), vars);
        }
        println!("   its lints are not looked at: clippy is of another version than this compiler");
        Ok(())
    }
}

/// Whether rustup has the target, or can add it.
pub(crate) fn rustup_has(target: &str) -> bool {
    if env::var(CHOICE).is_ok_and(|choice| choice == "debian") {
        return false;
    }
    let rustup = |args: &[&str]| Command::new("rustup").args(args).output().ok().filter(|done| done.status.success());
    let installed = rustup(&["target", "list", "--installed"]);
    installed.is_some_and(|list| String::from_utf8_lossy(&list.stdout).lines().any(|line| line == target))
        || rustup(&["--quiet", "target", "add", target]).is_some()
}

/// Brings what compiles for `target`: rustup's, or Debian's packages and a `core` made of them.
pub(crate) fn bring(shell: &Shell, target: &str) -> Result<(), String> {
    if ![WASM, CORTEX, AARCH64].contains(&target) {
        return Err(format!("`{target}` is none of the targets that are needed: {WASM}, {CORTEX}, {AARCH64}"));
    }
    if rustup_has(target) {
        println!("rustup has {target}");
        return Ok(());
    }
    for tool in ["apt-get", "dpkg"] {
        if !has(tool) {
            return Err(format!("rustup cannot add {target}, and this is no Debian: {tool} is missing"));
        }
    }
    let folder = folder(shell);
    let debian = folder.join("debian");
    if !debian.join("usr/bin/rustc").exists() {
        unpack(&folder, &debian, &[], &PACKAGES)?;
    }
    if target == AARCH64 {
        // Lists of packages of its own: those of the system are left as they are.
        let lists = folder.join("lists");
        make(&lists.join("partial"))?;
        let lists = format!("Dir::State::lists={}", lists.display());
        let options = ["-o", "APT::Architectures::=amd64", "-o", "APT::Architectures::=arm64", "-o", &lists];
        run(Command::new("apt-get").args(options).args(["-qq", "update"]))?;
        unpack(&folder, &debian, &options, &["libstd-rust-web-dev:arm64"])?;
    } else {
        compile_core(shell, &folder, &debian, target)?;
    }
    println!("{} compiles for {target}", debian.join("usr/bin/rustc").display());
    Ok(())
}

/// Downloads packages and unpacks them below `root`.
fn unpack(folder: &Path, root: &Path, options: &[&str], packages: &[&str]) -> Result<(), String> {
    let archives = folder.join("packages");
    let _ = fs::remove_dir_all(&archives);
    make(&archives)?;
    run(Command::new("apt-get").args(options).args(["-q", "download"]).args(packages).current_dir(&archives))?;
    for archive in files(&archives)? {
        run(Command::new("dpkg").arg("-x").arg(&archive).arg(root))?;
    }
    fs::remove_dir_all(&archives).map_err(|error| format!("{}: {error}", archives.display()))
}

/// Compiles `core` for `target` and puts it where the compiler looks for it.
fn compile_core(shell: &Shell, folder: &Path, debian: &Path, target: &str) -> Result<(), String> {
    let empty = folder.join("empty");
    make(&empty.join("src"))?;
    write(
        &empty.join("Cargo.toml"),
        "[workspace]\n[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n",
    )?;
    write(&empty.join("src/lib.rs"), "#![no_std]\n")?;
    let compiler = Compiler { vars: debian_vars(debian, target)? };
    let args = format!(
        "build --quiet --release --target {target} -Zbuild-std=core --manifest-path {0}/Cargo.toml --target-dir {0}/target",
        empty.display()
    );
    println!("   this takes two minutes, once");
    compiler.cargo(shell, &args, &[UNSTABLE])?;

    let library = debian.join(LIBRARIES).join(target).join("lib");
    // A folder that is whole or not there: it is what says that the compiler is ready.
    let partial = library.with_file_name("partial");
    make(&partial)?;
    for file in files(&empty.join("target").join(target).join("release/deps"))? {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if file.extension().is_some_and(|extension| extension == "rlib") && !name.starts_with("libempty") {
            fs::copy(&file, partial.join(name)).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    fs::rename(&partial, &library).map_err(|error| format!("{}: {error}", library.display()))
}

/// What makes cargo use the compiler below `debian`.
fn debian_vars(debian: &Path, target: &str) -> Result<Vec<(String, String)>, String> {
    let variable = target.replace('-', "_").to_uppercase();
    let linker = if target == AARCH64 { "aarch64-linux-gnu-gcc".into() } else { rust_lld()?.display().to_string() };
    let libraries = debian.join("usr/lib").join(format!("{}-linux-gnu", env::consts::ARCH));
    Ok(vec![
        ("RUSTC".into(), debian.join("usr/bin/rustc").display().to_string()),
        ("LD_LIBRARY_PATH".into(), libraries.display().to_string()),
        (format!("CARGO_TARGET_{variable}_LINKER"), linker),
    ])
}

/// The linker that comes with rustc, for targets without one of their own. It looks at its name, so no other will do.
fn rust_lld() -> Result<PathBuf, String> {
    let sysroot = output("rustc", &["--print", "sysroot"])?;
    let host = format!("lib/rustlib/{}-unknown-linux-gnu/bin/rust-lld", env::consts::ARCH);
    let linker = Path::new(sysroot.trim()).join(host);
    if linker.exists() {
        Ok(linker)
    } else {
        Err(format!("there is no linker for it: {} is missing", linker.display()))
    }
}

fn folder(shell: &Shell) -> PathBuf {
    shell.root.join("target/cross")
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
}

fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("failed: {command:?}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
