//! A lesson: a program that says something, draws it, and claims what is seen in it.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use typednet_plot::Figure;

use crate::{Claim, Claims};

/// What a lesson may fail with.
pub type Failed = Box<dyn Error + Send + Sync>;

/// A part of the course.
#[derive(Clone, Copy)]
pub struct Lesson {
    /// The name of its example, as in `cargo run --release -p typednet-course --example NAME`.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// The section of the lectures that it belongs to.
    pub section: &'static str,
    /// Runs it.
    pub run: fn(&mut Notes) -> Result<(), Failed>,
}

impl fmt::Debug for Lesson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lesson({})", self.name)
    }
}

/// A picture of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The name of its file, without `.svg`.
    pub name: String,
    /// Its text, for a page that has the [rules](typednet_plot::style()) for its colours.
    pub svg: String,
}

/// What a lesson says, draws and claims.
#[derive(Debug)]
pub struct Notes {
    folder: PathBuf,
    is_loud: bool,
    text: String,
    pictures: Vec<Picture>,
    claims: Claims,
}

impl Notes {
    /// Notes whose files are written to this folder; what is said is printed too.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let (folder, text) = (folder.into(), String::new());
        Self { folder, is_loud: true, text, pictures: Vec::new(), claims: Claims::new() }
    }

    /// Prints nothing.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.is_loud = false;
        self
    }

    /// Where files are written to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A line, or several; see [`say!`](crate::say).
    pub fn say(&mut self, line: fmt::Arguments<'_>) {
        let line = line.to_string();
        if self.is_loud {
            println!("{line}");
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }

    /// Writes a figure to `NAME.svg`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn draw(&mut self, name: &str, figure: &Figure) -> Result<(), Failed> {
        self.keep(name, &figure.to_svg(), figure.to_inline_svg())
    }

    /// Writes a picture that is an SVG file already to `NAME.svg`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep(&mut self, name: &str, file: &str, inline: String) -> Result<(), Failed> {
        let path = self.folder.join(format!("{name}.svg"));
        typednet_formats::write(&path, file)?;
        if self.is_loud {
            println!("picture in {}", path.display());
        }
        self.pictures.push(Picture { name: name.into(), svg: inline });
        Ok(())
    }

    /// Puts claims down.
    pub fn claim(&mut self, claims: Claims) {
        self.claims = std::mem::take(&mut self.claims).and(claims);
    }

    /// What was said.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was drawn.
    pub fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    /// What was claimed.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// Says a line to [`Notes`], as `println!` does.
#[macro_export]
macro_rules! say {
    ($notes:expr, $($text:tt)*) => {
        $notes.say(format_args!($($text)*))
    };
}

impl Lesson {
    /// Runs the lesson as a program: pictures go to `target`, and it fails where a claim does not hold.
    pub fn main(&self) -> ExitCode {
        let mut notes = Notes::new("target");
        let done = (self.run)(&mut notes);
        for claim in notes.claims().list() {
            print_claim(claim);
        }
        match done.and_then(|()| notes.claims().all()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        }
    }
}

/// A claim with its mark.
pub(crate) fn print_claim(claim: &Claim) {
    println!("  {} {} ({})", if claim.holds { "✓" } else { "✗" }, claim.says, claim.found);
}
