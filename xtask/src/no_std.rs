//! Builds without std, down to a program that has nothing but the processor.

use std::path::Path;
use std::process::Command;

use crate::check::Outcome;
use crate::shell::Shell;
use crate::trust::elsewhere;
use crate::weights;

/// tensor, layers, optim and the facade, with an allocator and without.
pub(crate) fn builds(shell: &Shell) -> Result<Outcome, String> {
    for features in ["", "--features alloc"] {
        for package in ["typednet-tensor", "typednet-layers", "typednet-optim", "typednet"] {
            shell.cargo(&format!("clippy -p {package} --lib --no-default-features {features} -- -D warnings"))?;
        }
    }
    Ok(Outcome::Done)
}

/// Trains the network with std, then lets the bare program and the std build classify the same digits from the same
/// weights, in `f32` and in the forms of fewer bytes: the classes must agree.
pub(crate) fn bare(shell: &Shell) -> Result<Outcome, String> {
    if let Some(skipped) = elsewhere() {
        return Ok(skipped);
    }
    let folder = shell.root.join("target/bare");
    weights::train(shell, &folder, "", &[])?;
    let folder = folder.to_str().ok_or("the repository's path is not UTF-8")?;
    let expected = read(&Path::new(folder).join("classes.txt"))?;

    let vars = [("TYPEDNET_BARE", folder)];
    let manifest = "--manifest-path no-std/Cargo.toml --target-dir target/bare/build";
    shell.cargo_with(&format!("clippy --quiet --release {manifest} -- -D warnings"), &vars)?;
    shell.cargo_with(&format!("build --quiet --release {manifest}"), &vars)?;
    let output = Command::new(Path::new(folder).join("build/release/bare")).output().map_err(|e| e.to_string())?;
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("   std build:     {}", expected.trim());
    println!("   bare program:  {}", found.trim());
    if found.trim() == expected.trim() && !expected.trim().is_empty() {
        Ok(Outcome::Done)
    } else {
        Err("the bare program gives other classes than the std build".into())
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
