//! What a mistake says.
//!
//! Each case begins with the phrases that its errors must contain, one line each: there are as many errors as phrases.
//! The exact texts belong to one version of rustc, the one that `rust-version` names; `TRYBUILD=overwrite cargo test
//! -p ui` writes them anew.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Its message names the folder in which cargo builds, which trybuild writes as `$WORKSPACE/target` only where it lies there. A test of
/// `network-macro/src/weights.rs` holds that message anywhere.
const NAMES_A_FOLDER: &str = "weights/absent.rs";

/// What trybuild tells rustc where it compiles cases. It tells it all but the width where it compiles what they use, and so
/// cargo would do that twice. Cargo takes these instead, in both.
const FLAGS: [&str; 6] = ["--cfg", "trybuild", "--verbose", "-A", "dead_code", "--diagnostic-width=140"];
const FLAGS_OF_CARGO: &str = "CARGO_ENCODED_RUSTFLAGS";

/// It runs this program once more, since cargo reads those flags from the environment.
#[test]
fn mistakes_are_explained() {
    let flags = FLAGS.join("\x1f");
    if env::var(FLAGS_OF_CARGO).is_ok_and(|found| found == flags) {
        return check_mistakes();
    }
    let mut again = Command::new(env::current_exe().expect("a program"));
    again.args(["mistakes_are_explained", "--exact", "--nocapture"]);
    again.args(env::args().filter(|argument| argument.starts_with("trybuild=")));
    let status = again.env(FLAGS_OF_CARGO, flags).status().expect("it is run");
    assert!(status.success(), "what is wrong stands above: {status}");
}

// No program here may compile: with one that does, trybuild calls cargo for each case, and takes three times as long.
fn check_mistakes() {
    let cases = trybuild::TestCases::new();
    let program = env::current_exe().and_then(|program| program.canonicalize()).expect("a program");
    let has_the_folder = is_built_in_the_workspace(&program);
    for case in topics().iter().flat_map(|topic| cases_of(topic)) {
        if has_the_folder || !case.ends_with(NAMES_A_FOLDER) {
            cases.compile_fail(case);
        }
    }
}

#[test]
fn a_case_that_names_a_folder_is_one() {
    assert!(topics().iter().any(|topic| cases_of(topic).iter().any(|case| case.ends_with(NAMES_A_FOLDER))));
    let of = |program: &str| is_built_in_the_workspace(&workspace().join(program));
    assert_eq!(["target/debug/deps/ui", "other/debug/deps/ui", "../target/ui"].map(of), [true, false, false]);
}

/// Whether this is a program that cargo has built where it does unless it is told another folder.
fn is_built_in_the_workspace(program: &Path) -> bool {
    program.starts_with(workspace().join("target"))
}

fn workspace() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in the workspace");
    workspace.canonicalize().expect("a folder")
}

#[test]
fn one_mistake_gives_one_error_with_its_phrase() {
    let mut count = 0;
    for topic in topics() {
        for case in cases_of(&topic) {
            let source = fs::read_to_string(&case).expect("a case");
            let phrases: Vec<_> = source.lines().filter_map(|line| line.strip_prefix("// says: ")).collect();
            assert!(!phrases.is_empty(), "{} does not say what its errors must contain", case.display());
            let texts = fs::read_to_string(case.with_extension("stderr")).unwrap_or_else(|error| {
                panic!("{} has no `.stderr`: {error}", case.display());
            });
            let errors = texts.lines().filter(|line| line.starts_with("error")).count();
            assert_eq!(errors, phrases.len(), "errors in {}:\n{texts}", case.display());
            for phrase in phrases {
                assert!(texts.contains(phrase), "`{phrase}` is missing in {}:\n{texts}", case.display());
            }
            assert!(!texts.contains("\nwarning"), "a warning beside the error in {}:\n{texts}", case.display());
            count += 1;
        }
    }
    assert!(count > 80, "only {count} cases were found");
}

/// The folders of cases that must not compile.
fn topics() -> Vec<PathBuf> {
    files(Path::new("tests/ui")).into_iter().filter(|path| path.is_dir()).collect()
}

/// The programs in the folder of a topic.
fn cases_of(topic: &Path) -> Vec<PathBuf> {
    files(topic).into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}
