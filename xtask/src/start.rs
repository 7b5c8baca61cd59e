//! What a newcomer waits for: the crates that the README's first command builds.

use std::collections::BTreeSet;

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
        return Ok(Outcome::Done);
    }
    let names: Vec<&str> = crates.into_iter().collect();
    Err(format!(
        "more than {MOST} crates: give what an example does not need a feature or a package: {}",
        names.join(", ")
    ))
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
    fn the_first_example_builds_few_crates() {
        check(&Shell::new()).expect("few crates");
    }
}
