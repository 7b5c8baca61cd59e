//! What a mistake says.
//!
//! Each case begins with the phrases that its errors must contain, one line each: there are as many errors as phrases.
//! The exact texts belong to one version of rustc, the one that `rust-version` names; `TRYBUILD=overwrite cargo test
//! -p ui` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

// No program here may compile: with one that does, trybuild calls cargo for each case, and takes three times as long.
#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    for topic in topics() {
        cases.compile_fail(topic.join("*.rs"));
    }
}

#[test]
fn one_mistake_gives_one_error_with_its_phrase() {
    let mut count = 0;
    for topic in topics() {
        for case in files(&topic).into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")) {
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

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}
