//! The Dockerfile of the server, held to the workspace without Docker.

use std::fs;

use crate::shell::{Shell, output};

const FILE: &str = "deploy/serve/Dockerfile";

/// That what the file copies is there, that nothing which git keeps is left out of what is sent to be built, and that the program which
/// it starts is the one that is built, as a user who is not root and with a question for its health.
pub(crate) fn check(shell: &Shell) -> Result<(), String> {
    let read = |name: &str| fs::read_to_string(shell.root.join(name)).map_err(|error| format!("{name}: {error}"));
    let (text, ignored) = (read(FILE)?, read(&format!("{FILE}.dockerignore"))?);
    let root = shell.root.to_str().ok_or("the repository's path is not UTF-8")?;
    let kept = output("git", &["-C", root, "ls-files"])?;
    let build = Build::of(&text)?;
    for source in &build.sources {
        if !shell.root.join(source).exists() {
            return Err(format!("{FILE} copies `{source}`, which is not there"));
        }
    }
    if let Some(left_out) = kept.lines().find(|file| is_ignored(&ignored, file)) {
        return Err(format!("{FILE}.dockerignore leaves out `{left_out}`, which is part of the repository"));
    }
    // As the tests have built it.
    let program = build.program.strip_prefix("/typednet/").unwrap_or(&build.program);
    if !shell.root.join(program).exists() {
        return Err(format!("{FILE} takes `{program}`, which the build does not make"));
    }
    let manifest = read("deploy/Cargo.toml")?;
    let version = rust_version(&manifest).ok_or("deploy/Cargo.toml has no rust-version")?;
    for (needed, why) in [
        (format!("FROM rust:{version}-"), "builds with the Rust that the workspace asks for"),
        ("\nUSER nobody\n".into(), "runs as a user without rights"),
        (format!("\nENTRYPOINT [\"{}\"", build.name), "starts the program that it has copied"),
        (format!(" CMD [\"{}\", \"--healthy\"", build.name), "asks for its health"),
        (
            "RUN cargo build --release --locked --manifest-path deploy/Cargo.toml".into(),
            "builds what the lock file says",
        ),
    ] {
        if !text.contains(&needed) {
            return Err(format!("{FILE} has no `{}`, by which it {why}", needed.trim()));
        }
    }
    println!("   {FILE}: what it copies, builds and starts is there (it was not built: that needs Docker)");
    Ok(())
}

/// What a Dockerfile takes from where.
#[derive(Debug, PartialEq)]
struct Build {
    /// What is copied of the repository.
    sources: Vec<String>,
    /// What is copied out of the first stage, and the name that it has in the last.
    program: String,
    name: String,
}

impl Build {
    fn of(text: &str) -> Result<Self, String> {
        let (mut sources, mut program) = (Vec::new(), None);
        for line in text.lines() {
            let Some(copy) = line.strip_prefix("COPY ") else { continue };
            let words: Vec<&str> = copy.split_whitespace().collect();
            let Some((to, from)) = words.split_last() else { continue };
            match from {
                ["--from=build", file] => {
                    program = Some(((*file).to_owned(), to.rsplit('/').next().unwrap_or(to).to_owned()));
                }
                from => sources.extend(from.iter().map(|source| (*source).to_owned())),
            }
        }
        let (program, name) = program.ok_or_else(|| format!("{FILE} copies no program out of its first stage"))?;
        Ok(Self { sources, program, name })
    }
}

/// Whether a line of a `.dockerignore` stands for the file or for a folder above it: a path, behind `**/` at any depth.
fn is_ignored(patterns: &str, file: &str) -> bool {
    let parts: Vec<&str> = file.split('/').collect();
    patterns.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).any(|pattern| {
        let (pattern, anywhere) = pattern.strip_prefix("**/").map_or((pattern, false), |rest| (rest, true));
        let wanted: Vec<&str> = pattern.trim_matches('/').split('/').collect();
        let starts = if anywhere { parts.len() } else { 1 };
        (0..starts).any(|start| parts[start..].starts_with(&wanted))
    })
}

fn rust_version(manifest: &str) -> Option<&str> {
    manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_read() {
        let build =
            Build::of("FROM a AS build\nCOPY Cargo.toml src ./\nFROM b\nCOPY --from=build /x/target/p /bin/q\n");
        let sources = vec!["Cargo.toml".into(), "src".into()];
        assert_eq!(build, Ok(Build { sources, program: "/x/target/p".into(), name: "q".into() }));
        assert!(Build::of("COPY . .\n").is_err());
    }

    #[test]
    fn patterns_are_those_of_docker() {
        let patterns = "# what is built\n**/target\n.git\n";
        for (file, ignored) in [
            ("target/x", true),
            ("deploy/target/release/x", true),
            (".git/HEAD", true),
            (".gitignore", false),
            ("src/target.rs", false),
            ("a/.git/x", false),
        ] {
            assert_eq!(is_ignored(patterns, file), ignored, "{file}");
        }
    }
}
