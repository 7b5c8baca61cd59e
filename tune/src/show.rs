//! Progress of a study on the terminal.

use std::fmt;

use typednet_train::{Bar, Progress};

use typednet_formats::one_line;

use crate::value::short;
use crate::{Finished, Outcome, Space};

/// The display of one study.
pub(crate) enum Shown {
    Bar(Bar),
    Lines { total: usize },
    Silent,
}

impl Shown {
    /// A display for `total` trials, `before` of which are from a file.
    pub(crate) fn new(progress: Progress, total: usize, before: usize, torn: bool) -> Self {
        let lines = || Self::Lines { total };
        let shown = match progress {
            Progress::None => Self::Silent,
            Progress::Lines => lines(),
            Progress::Auto | Progress::Bar => Bar::on_terminal(total as u64).map_or_else(lines, Self::Bar),
        };
        if let Self::Bar(bar) = &shown {
            bar.restart("trials", before as u64);
        }
        if before > 0 {
            shown.say(&format!("{before} trials are in the file already"));
        }
        if torn {
            shown.say(TORN);
        }
        shown
    }

    pub(crate) fn say(&self, line: &str) {
        match self {
            Self::Bar(bar) => bar.say(line),
            Self::Lines { .. } => eprintln!("{line}"),
            Self::Silent => {}
        }
    }

    /// A trial has ended; `best` is the smallest loss so far and its trial.
    pub(crate) fn done(&self, space: &Space, trial: &Finished, best: Option<(f64, usize)>) {
        match self {
            Self::Bar(bar) => {
                bar.say(&format!("trial {}", Line { space, trial }));
                if let Some((loss, index)) = best {
                    bar.note(format!("best {} (trial {index})", short(loss)));
                }
                bar.advance();
            }
            Self::Lines { total } => {
                let width = total.to_string().len();
                let best =
                    best.map_or_else(String::new, |best| format!("  (best {}, trial {})", short(best.0), best.1));
                eprintln!("trial {:>width$}{best}", Line { space, trial });
            }
            Self::Silent => {}
        }
    }
}

/// What is said of a file whose last line is cut off.
pub(crate) const TORN: &str = "the last line of the file was cut off: it was left out, and its trial ran again";

/// As in `3  loss 0.1200  rate 0.01000  batch 32`.
struct Line<'a> {
    space: &'a Space,
    trial: &'a Finished,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { space, trial } = self;
        write!(f, "{:>width$}  ", trial.index, width = f.width().unwrap_or(0))?;
        match &trial.outcome {
            Outcome::Complete { loss } => write!(f, "loss {}", short(*loss)),
            Outcome::Pruned => match trial.reports.last() {
                Some((step, loss)) => write!(f, "pruned at step {step} with {}", short(*loss)),
                None => write!(f, "pruned"),
            },
            Outcome::Failed { message } => write!(f, "failed: {message}"),
        }?;
        let mut values = space.parameters().iter().zip(&trial.settings);
        values.try_for_each(|(parameter, setting)| {
            let value = parameter.value(*setting).to_string();
            write!(f, "  {} {}", one_line(parameter.name()), one_line(&value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Setting;

    #[test]
    fn the_line_of_a_trial() {
        let space = Space::new().log_uniform("rate", 1e-3, 1.0).and_then(|space| space.choice("batch", [8, 32]));
        let space = space.expect("a space");
        let line = |outcome| {
            let settings = vec![Setting::Number(0.01), Setting::Choice(1)];
            let trial = Finished { index: 3, settings, outcome, reports: vec![(2, 0.5)], seconds: 0.1 };
            format!("{:>2}", Line { space: &space, trial: &trial })
        };
        assert_eq!(line(Outcome::Complete { loss: 0.12 }), " 3  loss 0.1200  rate 0.01000  batch 32");
        assert_eq!(line(Outcome::Pruned), " 3  pruned at step 2 with 0.5000  rate 0.01000  batch 32");
        let failed = Outcome::Failed { message: "no".into() };
        assert_eq!(line(failed), " 3  failed: no  rate 0.01000  batch 32");
    }
}
