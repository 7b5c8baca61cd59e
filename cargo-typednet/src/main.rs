//! `cargo typednet import model.onnx`: the network of an ONNX file as an item of `network!`, and its weights as a file that the
//! item loads.
#![forbid(unsafe_code)]

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use typednet_exchange::Import;

const HELP: &str = "\
Prints the network of an ONNX file as an item of `network!`, and writes its weights.

Usage: cargo typednet import MODEL.onnx [--name NAME] [--weights FILE] [--replace]

  --name NAME      the struct's name; made of the file's name unless given
  --weights FILE   where the weights go; beside the model, as MODEL.safetensors, unless given
  --replace        write over a file of weights that is there

Nothing is written where the file has what is no layer of typednet: all of it is listed.
";

/// What is asked for.
struct Arguments {
    model: PathBuf,
    name: Option<String>,
    weights: Option<PathBuf>,
    replace: bool,
}

/// # Errors
/// If the arguments are no request.
fn arguments(arguments: impl Iterator<Item = OsString>) -> Result<Option<Arguments>, Box<dyn Error>> {
    use lexopt::prelude::*;
    // Cargo hands over the name of the subcommand.
    let mut arguments = arguments.peekable();
    let first = [arguments.next().unwrap_or_default()];
    if arguments.peek().is_some_and(|name| name == "typednet") {
        arguments.next();
    }
    let mut parser = lexopt::Parser::from_iter(first.into_iter().chain(arguments));
    let (mut command, mut model, mut name, mut weights, mut replace) = (None, None, None, None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("name") => name = Some(parser.value()?.string()?),
            Long("weights") => weights = Some(PathBuf::from(parser.value()?)),
            Long("replace") => replace = true,
            Value(value) if command.is_none() => command = Some(value.string()?),
            Value(value) if model.is_none() => model = Some(PathBuf::from(value)),
            other => return Err(other.unexpected().into()),
        }
    }
    match (command.as_deref(), model) {
        (None, _) => Ok(None),
        (Some("import"), Some(model)) => Ok(Some(Arguments { model, name, weights, replace })),
        (Some("import"), None) => Err("`import` needs the path of an ONNX file".into()),
        (Some(other), _) => Err(format!("there is no command `{other}`; `import` is one").into()),
    }
}

/// A struct's name out of a file's: `my-net.v2` is `MyNetV2`.
fn struct_name(stem: &str) -> String {
    let mut name = String::new();
    let mut starts = true;
    for letter in stem.chars() {
        if !letter.is_ascii_alphanumeric() {
            starts = true;
        } else if starts {
            name.extend(letter.to_uppercase());
            starts = false;
        } else {
            name.push(letter);
        }
    }
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && name != "Self";
    if is_name { name } else { format!("Net{name}") }
}

/// Whether a struct can have this name.
fn is_struct_name(name: &str) -> bool {
    const TAKEN: &[&str] =
        &["Self", "as", "box", "const", "dyn", "else", "enum", "for", "if", "in", "let", "mod", "mut", "pub"];
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !TAKEN.contains(&name)
}

/// What is printed.
///
/// # Errors
/// If the file is no network here, or the weights cannot be written.
fn import(arguments: &Arguments) -> Result<String, Box<dyn Error>> {
    let stem = arguments.model.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let name = arguments.name.clone().unwrap_or_else(|| struct_name(&stem));
    if !is_struct_name(&name) {
        return Err(format!("`{name}` is no name for a struct; give another one with `--name`").into());
    }
    let weights = arguments.weights.clone().unwrap_or_else(|| arguments.model.with_extension("safetensors"));
    if !arguments.replace && weights.exists() {
        let there = weights.display();
        return Err(format!(
            "{there} is there already; say `--replace` to write over it, or `--weights` for another file"
        )
        .into());
    }
    let network = Import::read(&arguments.model).map_err(|error| format!("{}: {error}", arguments.model.display()))?;
    let mut text = network.item(&name);
    network.save_weights(&weights)?;
    _ = write!(text, "\n// let model = {name}::load({:?})?;\n", weights.display().to_string());
    Ok(text)
}

fn main() -> ExitCode {
    let done = arguments(std::env::args_os()).and_then(|arguments| match arguments {
        None => Ok(HELP.to_owned()),
        Some(arguments) => import(&arguments),
    });
    match done {
        // A reader that has seen enough is no fault.
        Ok(text) => match io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
            _ => ExitCode::SUCCESS,
        },
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Result<Option<Arguments>, String> {
        arguments(line.split(' ').map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn cargo_hands_over_the_name_of_the_subcommand() {
        for line in ["cargo-typednet typednet import a.onnx --name Net", "cargo-typednet import a.onnx --name Net"] {
            let asked = asked(line).expect("arguments").expect("a request");
            assert_eq!(
                (asked.model, asked.name.as_deref(), asked.replace),
                (PathBuf::from("a.onnx"), Some("Net"), false)
            );
        }
        assert!(asked("cargo-typednet").expect("no arguments").is_none());
        assert!(asked("cargo-typednet typednet import").is_err_and(|error| error.contains("needs the path")));
        assert!(asked("cargo-typednet typednet export a").is_err_and(|error| error.contains("no command `export`")));
        assert!(asked("cargo-typednet import a b").is_err());
    }

    #[test]
    fn names_of_files_become_names_of_structs() {
        let names = ["mnist", "my-net.v2", "8bit", "", "Übung", "self"];
        assert_eq!(names.map(struct_name), ["Mnist", "MyNetV2", "Net8bit", "Net", "Bung", "NetSelf"]);
        assert!(names.iter().all(|name| is_struct_name(&struct_name(name))));
        assert!(!is_struct_name("a b") && !is_struct_name("") && !is_struct_name("pub"));
    }

    #[test]
    fn nothing_is_written_over_unasked() {
        let folder = std::env::temp_dir().join(format!("cargo-typednet-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("room");
        let (model, weights) = (folder.join("a.onnx"), folder.join("a.safetensors"));
        std::fs::write(&model, b"no network").expect("room");
        let asked = |replace| Arguments { model: model.clone(), name: None, weights: None, replace };
        let error = import(&asked(false)).expect_err("no network").to_string();
        assert!(error.contains("it is no whole ONNX file") && !weights.exists(), "{error}");
        std::fs::write(&weights, b"mine").expect("room");
        let error = import(&asked(false)).expect_err("a file is there").to_string();
        assert!(error.contains("`--replace`"), "{error}");
        assert!(import(&asked(true)).is_err());
        assert_eq!(std::fs::read(&weights).expect("the file"), b"mine", "what cannot be taken replaces nothing");
        std::fs::remove_dir_all(folder).expect("it was made");
    }
}
