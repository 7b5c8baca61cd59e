//! Whether kernels, and what a trainer does beside its passes, are compiled once, in the library, and not in every program with a network:
//! that is what users wait for.

use std::fs;

use crate::check::Outcome;
use crate::shell::Shell;

/// A program, and what no function that is compiled in it has in its name.
struct Program {
    example: &'static str,
    package: &'static str,
    without: &'static [Library],
}

/// Something that is compiled in the library.
#[derive(Clone, Copy)]
struct Library {
    what: &'static str,
    /// What the name of one of its functions has in it.
    names: &'static [&'static str],
}

/// The function that a lane's instructions are allowed in.
const KERNELS: Library = Library { what: "kernels", names: &["8dispatch"] };

/// The state of a training in files, and on its way to other ranks.
const JSON: Library = Library { what: "functions of JSON", names: &["10serde_json"] };

/// How batches that are gathered ahead are handed over.
const CHANNELS: Library = Library { what: "functions of channels", names: &["4mpmc"] };

/// What stands in `train/src/instances.rs`.
const BLOCKS: Library = Library {
    what: "functions of flat blocks",
    names: &[
        "10checkpoint7archive5write",
        "7archive7Archive4fill",
        "5ranks10collective",
        "5ranks5share8bytes_of",
        "5ranks5share4send",
        "5ranks5share7receive",
        "6shards4team",
    ],
};

/// The example draws its images anew by a kernel for images of their size, which is compiled in it.
const PROGRAMS: [Program; 2] = [
    Program { example: "kernels", package: "benches", without: &[KERNELS] },
    Program { example: "mnist", package: "typednet", without: &[JSON, CHANNELS, BLOCKS] },
];

/// Compiles a program with all passes, and one that trains by a `Trainer`, and looks for functions of the library among those that are
/// compiled in it.
///
/// What is found is a function over a scalar that is not `#[inline(never)]`, or that the list of its crate
/// (`src/instances.rs`) lacks; or one that is generic over a network, and need not be.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    for Program { example, package, without } in PROGRAMS {
        let path = shell.target().join(format!("{example}.ll"));
        let emit = format!("--emit=llvm-ir={}", path.display());
        shell
            .cargo(&format!("rustc --quiet --release -p {package} --example {example} -- {emit} -C codegen-units=1"))?;
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let functions: Vec<&str> = text.lines().filter(|line| line.starts_with("define ")).collect();
        println!("   {} functions are compiled in `{example}`", functions.len());
        for Library { what, names } in without {
            let is_one = |function: &&str| names.iter().any(|name| function.contains(name));
            let found: Vec<&str> = functions.iter().copied().filter(is_one).collect();
            if !found.is_empty() {
                return Err(format!("{} {what} are compiled in `{example}`:\n{}", found.len(), found.join("\n")));
            }
        }
    }
    Ok(Outcome::Done)
}
