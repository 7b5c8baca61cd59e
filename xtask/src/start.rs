//! The check of a newcomer's first build: the crates that the README's first command and each feature build.

use std::collections::BTreeSet;
use std::fs;

use crate::check::Outcome;
use crate::shell::Shell;

/// The most crates that `cargo run --release --example mnist` may build, those of this repository among them.
const MOST: usize = 45;

/// An example is built with all dev-dependencies of its package, and with the features that the default members ask for
/// together; this is what `cargo tree` shows where it is told neither.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    let tree = shell.quiet("tree --edges normal,build,dev --prefix none --format {p}")?;
    let crates: BTreeSet<&str> = tree.lines().filter_map(name_and_version).collect();
    println!("   `cargo run --release --example mnist` builds {} crates of at most {MOST}", crates.len());
    if crates.len() <= MOST {
        return features(shell);
    }
    let names: Vec<&str> = crates.into_iter().collect();
    Err(format!(
        "more than {MOST} crates: give what an example does not need a feature or a package: {}",
        names.join(", ")
    ))
}

/// Holds the table of ARCHITECTURE.md to what `cargo tree` shows for each feature.
fn features(shell: &Shell) -> Result<Outcome, String> {
    let page = architecture(shell)?;
    let mut wrong = Vec::new();
    for (feature, crates) in rows(&page)? {
        let tree = "tree -p typednet --edges normal,build --prefix none --format {p} --no-default-features".to_owned();
        let with = if feature == "none" { String::new() } else { format!(" --features {feature}") };
        let found = shell.quiet(&(tree + &with))?.lines().filter_map(name_and_version).collect::<BTreeSet<_>>().len();
        if found != crates {
            wrong.push(format!("{feature}: {found}, not {crates}"));
        }
    }
    if wrong.is_empty() {
        Ok(Outcome::Done)
    } else {
        Err(format!("ARCHITECTURE.md states other crates: {}", wrong.join("; ")))
    }
}

/// The features of ARCHITECTURE.md's table.
pub(crate) fn table(shell: &Shell) -> Result<Vec<String>, String> {
    let page = architecture(shell)?;
    Ok(rows(&page)?.into_iter().map(|(feature, _)| feature.to_owned()).collect())
}

fn architecture(shell: &Shell) -> Result<String, String> {
    fs::read_to_string(shell.root.join("ARCHITECTURE.md")).map_err(|error| format!("ARCHITECTURE.md: {error}"))
}

fn rows(page: &str) -> Result<Vec<(&str, usize)>, String> {
    let stated = stated(page);
    if stated.is_empty() { Err("ARCHITECTURE.md has no table of features and crates".into()) } else { Ok(stated) }
}

/// The features of the table and how many crates it states for each.
fn stated(page: &str) -> Vec<(&str, usize)> {
    fn row(line: &str) -> Option<(&str, usize)> {
        let (feature, crates) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        Some((feature.split(' ').next()?.trim_matches('`'), crates.parse().ok()?))
    }
    let rows = page.lines().skip_while(|line| *line != "| features | crates |").skip(2);
    rows.map_while(row).collect()
}

/// The `csv v1.4.0` of a line of `cargo tree`, which has a place or a star behind it for some.
fn name_and_version(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(' ')?;
    let version = rest.split(' ').next()?;
    line.get(..name.len() + 1 + version.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_tree() {
        assert_eq!(name_and_version("csv v1.4.0"), Some("csv v1.4.0"));
        assert_eq!(name_and_version("csv v1.4.0 (*)"), Some("csv v1.4.0"));
        assert_eq!(name_and_version("serde_derive v1.0.229 (proc-macro)"), Some("serde_derive v1.0.229"));
        assert_eq!(name_and_version(""), None);
    }

    #[test]
    fn rows_of_the_table() {
        let page = "text\n\n| features | crates |\n| --- | ---: |\n| none | 12 |\n| `plot` (the default) | 44 |\n\n| `a` | 1 |\n";
        assert_eq!(stated(page), [("none", 12), ("plot", 44)]);
    }

    #[test]
    fn the_first_example_builds_few_crates() {
        check(&Shell::new()).expect("few crates");
    }
}
