//! Progress on the terminal.

use std::fmt;
use std::sync::Once;

use crate::history::Newest;
use crate::{Bar, History};

/// How a training run is shown, on the standard error stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// A bar on a terminal that can draw one, lines elsewhere: in files and pipes, and where `TERM` is `dumb` or not set.
    #[default]
    Auto,
    /// A bar for the running epoch, and a line for each epoch that is done; lines only, where no bar can be drawn.
    Bar,
    /// A line for each epoch that is done.
    Lines,
    /// Nothing.
    None,
}

/// The display of one call of `fit`.
pub(crate) enum Reporter {
    Bar(Bar),
    Lines,
    Silent,
}

impl Reporter {
    /// A display for epochs of `steps` steps each.
    pub(crate) fn new(progress: Progress, steps: usize) -> Self {
        let reporter = match progress {
            Progress::None => return Self::Silent,
            Progress::Auto | Progress::Bar => Bar::on_terminal(steps as u64).map_or(Self::Lines, Self::Bar),
            Progress::Lines => Self::Lines,
        };
        if let Some(words) = slow(env!("TYPEDNET_OPT_LEVEL")) {
            // Once in a program: a study or a cross-validation trains many times.
            static SAID: Once = Once::new();
            SAID.call_once(|| reporter.say(words));
        }
        reporter
    }

    /// Epoch `epoch` of `epochs` begins.
    pub(crate) fn begin(&self, epoch: usize, epochs: usize) {
        if let Self::Bar(bar) = self {
            bar.restart(Number { epoch, epochs }.to_string(), 0);
        }
    }

    /// A step is done; `loss` is the mean loss of the epoch so far.
    pub(crate) fn step(&self, loss: impl FnOnce() -> f64) {
        if let Self::Bar(bar) = self {
            // The bar itself draws at most 20 times a second; a note for each step would cost more than the step.
            if bar.advance() % 32 == 1 {
                bar.note(format!("loss {:.4}", loss()));
            }
        }
    }

    /// Shows a line about the training as a whole.
    pub(crate) fn say(&self, line: &str) {
        match self {
            Self::Bar(bar) => bar.say(line),
            Self::Lines => eprintln!("{line}"),
            Self::Silent => {}
        }
    }

    /// An epoch is done.
    pub(crate) fn done(&self, history: &History, epochs: usize) {
        if !matches!(self, Self::Silent) {
            self.say(&Line { history, epochs }.to_string());
        }
    }
}

/// What is to be said of a build at this level of optimisation.
fn slow(opt_level: &str) -> Option<&'static str> {
    (opt_level == "0").then_some(
        "note: this build is not optimised and trains many times slower: run it with `--release`, or write \
         `opt-level = 3` under `[profile.dev]` in Cargo.toml",
    )
}

/// As in `epoch 3/10  loss 0.2310  accuracy 93.1 %  0.41 s`.
struct Line<'a> {
    history: &'a History,
    epochs: usize,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epoch = self.history.last().map_or(0, |record| record.epoch);
        write!(f, "{}  {}", Number { epoch, epochs: self.epochs }, Newest(self.history))
    }
}

/// As in `epoch  3/10`; as in `epoch 3` where the training goes on until something else ends it.
struct Number {
    epoch: usize,
    epochs: usize,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, epochs } = self;
        if *epochs == usize::MAX {
            return write!(f, "epoch {epoch}");
        }
        let width = epochs.to_string().len();
        write!(f, "epoch {epoch:>width$}/{epochs}")
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Better;

    use super::*;
    use crate::{Evaluation, Record, Values};

    #[test]
    fn the_line_of_an_epoch() {
        let record = Record {
            epoch: 3,
            training: Evaluation { loss: 0.231, accuracy: Some(0.931) },
            validation: Some(Evaluation { loss: 0.2512, accuracy: Some(0.926) }),
            learning_rate: 0.001,
            seconds: 0.41,
        };
        let history: History = [record].into_iter().collect();
        assert_eq!(
            Line { history: &history, epochs: 10 }.to_string(),
            "epoch  3/10  loss 0.2310  accuracy 93.1 %  validation loss 0.2512  accuracy 92.6 %  0.41 s"
        );
        let endless = Line { history: &history, epochs: usize::MAX }.to_string();
        assert!(endless.starts_with("epoch 3  loss 0.2310"), "{endless}");

        let mut history = History::new();
        history.set_columns(&[("top-5".to_owned(), Better::Higher), ("auc".to_owned(), Better::Higher)]);
        let values = [(Some(0.5), Some(0.25)), (None, Some(0.75))];
        let values = values.map(|(training, validation)| Values { training, validation });
        history.push_measured(record, &mut values.into_iter());
        assert_eq!(
            Line { history: &history, epochs: 3 }.to_string(),
            "epoch 3/3  loss 0.2310  accuracy 93.1 %  top-5 0.5000  validation loss 0.2512  accuracy 92.6 %  top-5 0.2500  \
             auc 0.7500  0.41 s"
        );
    }

    #[test]
    fn lines_and_silence_are_what_is_asked_for() {
        assert!(matches!(Reporter::new(Progress::Lines, 3), Reporter::Lines));
        assert!(matches!(Reporter::new(Progress::None, 3), Reporter::Silent));
    }

    #[test]
    fn only_a_build_without_optimisation_is_called_slow() {
        assert!(slow("0").is_some_and(|words| words.contains("[profile.dev]")));
        assert!(["1", "2", "3", "s", "z"].into_iter().all(|level| slow(level).is_none()));
    }
}
