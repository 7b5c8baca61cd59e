//! Whoever runs a program reads its errors: `fn main() -> Result` prints their `Debug` form.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use typednet::prelude::*;

network! { struct Iris: 4 => Dense<3, Softmax> }

const MISSING: &str = "no/such/file.safetensors";

/// No test by itself: the child process of the next one ends as a `main` that gives an error back does.
#[test]
#[ignore = "fails, as a program that lacks a file"]
fn a_program_that_lacks_a_file() -> Result<(), Box<dyn Error>> {
    Iris::load(MISSING)?;
    Ok(())
}

#[test]
fn a_program_that_gives_an_error_back_prints_a_sentence() {
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    let out = command.args(["--exact", "errors::a_program_that_lacks_a_file", "--ignored", "--nocapture"]).output();
    let out = out.expect("a child");
    assert!(!out.status.success());
    let said = [out.stdout, out.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let error = Iris::load(MISSING).expect_err("there is no such file");
    assert!(said.contains(&format!("Error: {error}\n")), "{said}");
    assert!(error.to_string().contains(MISSING), "{error}");
}

/// Every error of the workspace, also one that is yet to be written.
#[test]
fn errors_are_debugged_as_they_are_displayed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let members = [
        "tensor",
        "layers",
        "optim",
        "formats",
        "exchange",
        "data",
        "train",
        "distributed",
        "tune",
        "watch",
        "govern",
        "plot",
        ".",
    ];
    for member in members {
        look(&root.join(member).join("src"), &mut found);
    }
    assert!(found.len() >= 19, "{found:?}");
}

/// The errors of a folder, each with `Debug` made of `Display`.
fn look(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            look(&entry, found);
        } else if entry.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&entry).expect("a source");
            let name = |line: &str| {
                Some(line.strip_prefix("impl ")?.split_once("Error for ")?.1.split(' ').next()?.to_owned())
            };
            for error in text.lines().filter_map(name) {
                let by_macro = |line: &str| {
                    let list = line.split_once("debug_as_display!(").and_then(|(_, rest)| rest.strip_suffix(");"));
                    list.is_some_and(|list| list.split(", ").any(|name| name == error))
                };
                let by_hand = text.contains(&format!("impl fmt::Debug for {error} {{"));
                assert!(by_hand || text.lines().any(by_macro), "`{error}` in {} prints its parts", entry.display());
                found.push(error);
            }
        }
    }
}
