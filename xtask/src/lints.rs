//! The formatting and the lints, of the workspace and of those beside it.

use crate::check::Outcome;
use crate::shell::Shell;
use crate::{deploy, done};

/// What is compiled for other targets, each a workspace of its own. Their lints are looked at where they are built, by `cortex`, `web` and
/// `bare`: they embed weights that are trained there.
const ALONE: [&str; 3] = ["deploy/cortex-m", "deploy/web", "no-std"];

pub(crate) fn fmt(shell: &Shell) -> Result<Outcome, String> {
    shell.cargo("fmt --all --check")?;
    shell.cargo("fmt --manifest-path deploy/Cargo.toml --all --check")?;
    for folder in ALONE {
        shell.cargo(&format!("fmt --manifest-path {folder}/Cargo.toml --check"))?;
    }
    Ok(Outcome::Done)
}

pub(crate) fn clippy(shell: &Shell) -> Result<Outcome, String> {
    shell.cargo("clippy --workspace --all-targets -- -D warnings")?;
    done(deploy::clippy(shell))
}
