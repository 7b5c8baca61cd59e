//! One training step of the 2-2-1 network of the lectures, number by number.
use std::process::ExitCode;

use lexopt::prelude::*;
use typednet_course::{Failed, Notes, tutor};

const HELP: &str = "\
Follow one training step of a small network, number by number.

Usage: tutor [OPTIONS]

Options:
  --x NUMBER       The two inputs, each with its own --x [default: 0.5 and 0.8]
  --target NUMBER  What the output should be, from 0 to 1 [default: 1]
  --rate NUMBER    The learning rate η [default: 0.5]
  --steps N        How many steps to make, up to 1000; the first is shown in full [default: 5]
  -h, --help       Print this
";

/// The settings of the command line, which [`HELP`] explains.
struct Options {
    x: Vec<f64>,
    target: f64,
    rate: f64,
    steps: u32,
}

impl Options {
    /// What the command line says, or nothing if it asks for help only.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self { x: Vec::new(), target: 1.0, rate: 0.5, steps: 5 };
        let mut args = lexopt::Parser::from_env();
        while let Some(arg) = args.next()? {
            match arg {
                Long("x") => options.x.push(args.value()?.parse_with(finite)?),
                Long("target") => options.target = args.value()?.parse_with(share)?,
                Long("rate") => options.rate = args.value()?.parse_with(positive)?,
                Long("steps") => options.steps = args.value()?.parse_with(steps)?,
                Short('h') | Long("help") => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        if options.x.is_empty() {
            options.x = vec![0.5, 0.8];
        }
        Ok(Some(options))
    }
}

fn finite(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or("it must be a finite number, such as 0.5")
}

fn share(text: &str) -> Result<f64, &'static str> {
    finite(text).ok().filter(|x| (0.0..=1.0).contains(x)).ok_or("it must be a number from 0 to 1")
}

fn positive(text: &str) -> Result<f64, &'static str> {
    finite(text).ok().filter(|x| *x > 0.0).ok_or("it must be a finite number above 0, such as 0.5")
}

fn steps(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|steps| (1..=1000).contains(steps)).ok_or("it must be a whole number from 1 to 1000")
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failed> {
    let Some(options) = Options::read().map_err(|error| format!("{error}; --help names the options"))? else {
        print!("{HELP}");
        return Ok(());
    };
    let x: [f64; 2] = match options.x[..] {
        [x1, x2] => [x1, x2],
        _ => return Err(format!("the network has 2 inputs, found {}: write --x twice", options.x.len()).into()),
    };
    let mut notes = Notes::new("target");
    tutor::tell(&mut notes, x, options.target, options.rate, options.steps)?;
    notes.claims().all()
}
