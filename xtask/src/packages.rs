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

/// The members of the workspace that say `publish = false`: checks and examples of this repository.
fn unpublished(root: &Path) -> Result<Vec<String>, String> {
    let read = |folder: &Path| {
        let path = folder.join("Cargo.toml");
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let workspace = read(root)?;
    let members = workspace.split_once("\nmembers = [").and_then(|(_, rest)| rest.split_once(']'));
    let (members, _) = members.ok_or("the workspace's manifest lists no members")?;
    let mut names = Vec::new();
    for member in members.split('"').skip(1).step_by(2) {
        let manifest = read(&root.join(member))?;
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
        for name in ["benches", "typednet-macro-library", "ui", "xtask"] {
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
