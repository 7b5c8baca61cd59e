//! The packages as they would be published.

use std::fs;
use std::path::Path;

use crate::check::Outcome;
use crate::done;
use crate::shell::Shell;

/// Packs every published crate and builds it from its archive: a file or a dependency that is missing there is found.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    let exclude = unpublished(&shell.root)?.join(" --exclude ");
    done(shell.cargo(&format!("package --quiet --workspace --allow-dirty --exclude {exclude}")))
}

/// The packages that say `publish = false`: checks and examples of this repository.
fn unpublished(root: &Path) -> Result<Vec<String>, String> {
    let io = |error: std::io::Error| format!("{}: {error}", root.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(root).map_err(io)? {
        let Ok(manifest) = fs::read_to_string(entry.map_err(io)?.path().join("Cargo.toml")) else { continue };
        if manifest.lines().any(|line| line == "publish = false") {
            let name = manifest.lines().find_map(|line| line.strip_prefix("name = ")).unwrap_or_default();
            names.push(name.trim_matches('"').to_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_never_published() {
        let names = unpublished(&Shell::new().root).expect("the repository's folder");
        for name in ["benches", "ui", "xtask"] {
            assert!(names.iter().any(|found| found == name), "{name} may be published: {names:?}");
        }
        for name in ["typednet-tensor", "typednet-layers", "typednet-train"] {
            assert!(names.iter().all(|found| found != name), "{name} is a part of the library: {names:?}");
        }
    }

    #[test]
    fn the_registry_page_points_at_nothing_that_it_does_not_have() {
        let root = Shell::new().root;
        let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("the manifest");
        let page =
            manifest.lines().find_map(|line| line.strip_prefix("readme = \"")).expect("a page").trim_end_matches('"');
        let text = fs::read_to_string(root.join(page)).expect("the page");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(link.starts_with("https://"), "{page} has a link that only the repository knows: {link}");
        }
    }
}
