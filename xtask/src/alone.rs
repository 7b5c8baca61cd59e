//! The check that each feature of the facade, and each crate of the library, compiles without what others ask for; and the tests of the
//! feature that is not in `full`.

use crate::check::Outcome;
use crate::shell::Shell;
use crate::start;

/// The crates that are published.
const CRATES: [&str; 14] = [
    "typednet-tensor",
    "typednet-shape-rules",
    "typednet-layers",
    "typednet-macro",
    "typednet-optim",
    "typednet-formats",
    "typednet-exchange",
    "typednet-data",
    "typednet-train",
    "typednet-plot",
    "typednet-distributed",
    "typednet-tune",
    "typednet-watch",
    "typednet-govern",
];

/// Features are taken together where several crates of a build ask for them, so a crate that needs one of another's and does not say
/// so compiles in the workspace and not for a user.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    for name in CRATES {
        shell.cargo(&format!("check --quiet -p {name}"))?;
    }
    for feature in start::table(shell)? {
        let with = if feature == "none" { String::new() } else { format!(" --features {feature}") };
        shell.cargo(&format!("check --quiet -p typednet --lib --no-default-features{with}"))?;
    }
    // What `full`, and so the tests of the whole library, leave out.
    shell.cargo("test --quiet -p typednet-data --features tokenizers --test it tokenizer")?;
    Ok(Outcome::Done)
}
