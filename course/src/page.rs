//! The whole course on one page.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::lesson::print_claim;
use crate::{Failed, Lesson, Notes};

/// What became of a lesson.
#[derive(Debug)]
pub struct Done {
    /// Which one it was.
    pub lesson: Lesson,
    /// What it said, drew and claimed.
    pub notes: Notes,
    /// Why it did not come to its end.
    pub error: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

impl Done {
    /// Whether it came to its end and all that it claims holds.
    pub fn holds(&self) -> bool {
        self.error.is_none() && self.notes.claims().all().is_ok()
    }
}

/// Runs lessons, one after the other, with their files in `folder`. One that fails or panics does not keep the others from
/// being run.
pub fn run(lessons: &[Lesson], folder: &Path) -> Vec<Done> {
    lessons.iter().map(|lesson| run_one(*lesson, folder)).collect()
}

fn run_one(lesson: Lesson, folder: &Path) -> Done {
    let (mut notes, start) = (Notes::new(folder).quiet(), Instant::now());
    let ended = catch_unwind(AssertUnwindSafe(|| (lesson.run)(&mut notes)));
    let error = match ended {
        Ok(done) => done.err().map(|error| error.to_string()),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            Some(format!("it panicked: {}", text.unwrap_or("without words")))
        }
    };
    Done { lesson, notes, error, seconds: start.elapsed().as_secs_f64() }
}

/// Runs the whole course and writes `index.html` with every picture, what is claimed of it, and whether it held, to this
/// folder. Says how it goes on.
///
/// # Errors
/// If a lesson fails, a claim does not hold, or the page cannot be written.
pub fn whole(lessons: &[Lesson], folder: &Path) -> Result<(), Failed> {
    let mut all = Vec::new();
    for lesson in lessons {
        println!("{}: {}", lesson.name, lesson.title);
        let done = run_one(*lesson, folder);
        done.notes.claims().list().iter().for_each(print_claim);
        if let Some(error) = &done.error {
            println!("  ✗ it did not come to its end: {error}");
        }
        all.push(done);
    }
    let path = folder.join("index.html");
    typednet_formats::write(&path, page(&all))?;
    let (claims, held) = counts(&all);
    println!("\n{held} of {claims} claims hold; all of it is in {}", path.display());
    let broken: Vec<&str> = all.iter().filter(|done| !done.holds()).map(|done| done.lesson.name).collect();
    if broken.is_empty() { Ok(()) } else { Err(format!("not all is as the course says: {}", broken.join(", ")).into()) }
}

/// [`whole`] as a program.
pub fn main(lessons: &[Lesson], folder: &Path) -> ExitCode {
    match whole(lessons, folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How many claims there are, and how many hold.
fn counts(all: &[Done]) -> (usize, usize) {
    let sum = |of: fn(&Done) -> usize| all.iter().map(of).sum();
    (sum(|done| done.notes.claims().list().len()), sum(|done| done.notes.claims().held()))
}

const STYLE: &str = "\
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a1d21;--soft:#565d66;--rule:#d5d9de;--yes:#00734f;\
--no:#b3261e}\
*{box-sizing:border-box}\
body{margin:0 auto;padding:24px;max-width:1460px;background:var(--page);color:var(--ink);\
font:16px/1.5 system-ui,sans-serif}\
h1{font-size:28px;margin:0 0 4px}h2{font-size:22px;margin:40px 0 8px;border-bottom:1px solid var(--rule)}\
h3{font-size:18px;margin:28px 0 6px}p.soft,td.soft{color:var(--soft)}a{color:inherit}\
table{border-collapse:collapse}td,th{padding:3px 14px 3px 0;text-align:left;vertical-align:top}\
ul.claims{list-style:none;margin:6px 0 12px;padding:0}.claims li{padding-left:1.6em;text-indent:-1.6em}\
.mark{display:inline-block;width:1.6em;text-indent:0;font-weight:700}.yes{color:var(--yes)}.no{color:var(--no)}\
.found{color:var(--soft)}\
figure{margin:12px 0;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:8px;overflow-x:auto;\
width:fit-content;max-width:100%}figure>svg{display:block;max-width:100%;height:auto}\
figcaption{color:var(--soft);font-size:14px;padding:4px 6px}\
pre{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:12px;font-size:13px;\
line-height:1.4}summary{cursor:pointer;color:var(--soft)}\
@media(prefers-color-scheme:dark){:root{--page:#14171a;--card:#1a1e23;--ink:#e8eaed;--soft:#a9b1ba;--rule:#3a4048;\
--yes:#35cfa3;--no:#ff8a80}}";

/// The page.
pub fn page(all: &[Done]) -> String {
    let (claims, held) = counts(all);
    let failed = all.iter().filter(|done| done.error.is_some()).count();
    let seconds: f64 = all.iter().map(|done| done.seconds).sum();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { "The course" }
                style { (PreEscaped(STYLE)) (PreEscaped(typednet_plot::style())) }
            }
            body {
                h1 { "The course" }
                p { "What four lectures on neural networks say, shown by programs. "
                    b class=(class(held == claims)) { (held) " of " (claims) " claims hold" }
                    @if failed > 0 { ", but " b.no { (failed) " of " (all.len()) " lessons did not come to their end" } }
                    "; it took " (format!("{seconds:.0}")) " s." }
                (contents(all))
                @for (place, done) in all.iter().enumerate() {
                    @if place == 0 || all[place - 1].lesson.section != done.lesson.section {
                        h2 { (done.lesson.section) }
                    }
                    (lesson(done))
                }
            }
        }
    }
    .into_string()
}

const fn class(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

const fn mark(holds: bool) -> &'static str {
    if holds { "✓" } else { "✗" }
}

fn contents(all: &[Done]) -> Markup {
    html! {
        table { tbody {
            @for done in all {
                tr {
                    td { span class=(class(done.holds())) { (mark(done.holds())) } }
                    td { a href={ "#" (done.lesson.name) } { (done.lesson.title) } }
                    td.soft { (done.notes.claims().held()) " of " (done.notes.claims().list().len()) " claims" }
                    td.soft { (format!("{:.1} s", done.seconds)) }
                }
            }
        } }
    }
}

fn lesson(done: &Done) -> Markup {
    let Done { lesson, notes, error, .. } = done;
    html! {
        h3 id=(lesson.name) { (lesson.title) }
        p.soft { code { "cargo run --release -p typednet-course --example " (lesson.name) } }
        @if let Some(error) = error { p.no { "It did not come to its end: " (error) } }
        ul.claims {
            @for claim in notes.claims().list() {
                li {
                    span class={ "mark " (class(claim.holds)) } { (mark(claim.holds)) }
                    (claim.says) " " span.found { "(" (claim.found) ")" }
                }
            }
        }
        @for picture in notes.pictures() {
            figure { (PreEscaped(&picture.svg)) figcaption { (picture.name) ".svg" } }
        }
        @if !notes.text().is_empty() {
            details { summary { "What the program says" } pre { (notes.text()) } }
        }
    }
}
