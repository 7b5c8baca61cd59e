//! The packages as they would be published.

use std::fs;
use std::path::Path;

use crate::Shell;

/// Packs every published crate and builds it from its archive: a file or a dependency that is missing there is found.
pub(crate) fn check(shell: &Shell) -> Result<(), String> {
    let exclude: String = unpublished(&shell.root)?.iter().map(|name| format!(" --exclude {name}")).collect();
    shell.cargo(&format!("package --quiet --workspace --allow-dirty{exclude}"))
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
}
