//! A named check, what comes of it, and a run of several.

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use crate::shell::Shell;

/// One named check.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Shell) -> Result<Outcome, String>,
}

/// How far a check came in which nothing was wrong.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It looked at everything.
    Done,
    /// It looked at a part; the text says what is missing for the rest, and how to get it.
    Partly(String),
    /// It looked at nothing; the text says what is missing, and how to get it.
    Skipped(String),
}

impl Outcome {
    /// What was left out and why, if anything was.
    fn missing(&self) -> Option<&str> {
        match self {
            Self::Done => None,
            Self::Partly(missing) | Self::Skipped(missing) => Some(missing),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("good"),
            Self::Partly(missing) => write!(f, "good in part; skipped: {missing}"),
            Self::Skipped(missing) => write!(f, "skipped: {missing}"),
        }
    }
}

/// When no further check begins, in seconds since 1970: where a run has a limit, what is left out is said instead of the whole being cut off.
pub(crate) const UNTIL: &str = "TYPEDNET_CHECKS_UNTIL";

/// The time that a variable of this text says.
///
/// # Errors
/// If it is no number of seconds.
pub(crate) fn until(text: &str) -> Result<SystemTime, String> {
    let seconds = text.parse().map_err(|error| format!("{UNTIL} is `{text}`, no number of seconds: {error}"))?;
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))
        .ok_or_else(|| format!("{UNTIL} is beyond all times"))
}

/// Runs checks one after the other, as long as there is time, and ends with what was skipped. The first failure ends it.
pub(crate) fn run<'a>(
    checks: impl IntoIterator<Item = &'a Check>,
    shell: &Shell,
    until: Option<SystemTime>,
) -> Result<(), String> {
    let mut outcomes = Vec::new();
    for Check { name, about, run } in checks {
        println!("== {name}: {about}");
        let start = Instant::now();
        let outcome = if until.is_some_and(|until| SystemTime::now() >= until) {
            Outcome::Skipped(format!("no time was left: cargo xtask check {name}"))
        } else {
            run(shell).map_err(|error| format!("{name}: {error}"))?
        };
        println!("== {name}: {outcome} (after {:.1} s)", start.elapsed().as_secs_f64());
        outcomes.push((*name, outcome));
    }
    println!("== {}", summary(&outcomes));
    Ok(())
}

/// One line: how many checks were good, and which looked at nothing or at a part.
fn summary(outcomes: &[(&str, Outcome)]) -> String {
    let good = outcomes.iter().filter(|(_, outcome)| !matches!(outcome, Outcome::Skipped(_))).count();
    let missing = outcomes.iter().filter_map(|(name, outcome)| {
        let of = if matches!(outcome, Outcome::Partly(_)) { "a part of " } else { "" };
        Some(format!("{of}{name} ({})", outcome.missing()?))
    });
    let missing: Vec<String> = missing.collect();
    let skipped = if missing.is_empty() { "nothing".to_owned() } else { missing.join(", ") };
    format!("{good} of {} good; skipped: {skipped}", outcomes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_what_was_skipped_and_how_to_get_it() {
        let done = || ("fmt", Outcome::Done);
        assert_eq!(summary(&[done()]), "1 of 1 good; skipped: nothing");
        let skipped = ("memory", Outcome::Skipped("valgrind is missing: apt-get install valgrind".into()));
        let partly = ("lanes", Outcome::Partly("no AVX-512 here".into()));
        assert_eq!(
            summary(&[done(), skipped, partly]),
            "2 of 3 good; skipped: memory (valgrind is missing: apt-get install valgrind), a part of lanes (no AVX-512 here)"
        );
    }

    #[test]
    fn a_failure_ends_the_run_with_its_name() {
        let good = Check { name: "good", about: "", run: |_| Ok(Outcome::Done) };
        let bad = Check { name: "bad", about: "", run: |_| Err("no".into()) };
        let never = Check { name: "never", about: "", run: |_| panic!("after a failure") };
        assert_eq!(run([&good, &bad, &never], &Shell::new(), None), Err("bad: no".into()));
    }

    #[test]
    fn no_check_begins_behind_the_end_of_the_time() {
        let late = Check { name: "late", about: "", run: |_| Err("it was run".into()) };
        let [past, coming] = ["1", "100000000000"].map(|text| until(text).expect("a time"));
        assert_eq!(run([&late], &Shell::new(), Some(past)), Ok(()));
        assert_eq!(run([&late], &Shell::new(), Some(coming)), Err("late: it was run".into()));
        assert!(until("soon").expect_err("a word").contains("`soon`"));
        until("18446744073709551615").expect_err("behind all times");
    }
}
