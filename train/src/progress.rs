//! What a person sees while a network trains.

use std::fmt;
use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressStyle};

use crate::Record;

/// How a training run is shown, on the standard error stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// A bar on a terminal, lines elsewhere.
    #[default]
    Auto,
    /// A bar for the running epoch, and a line for each epoch that is done.
    Bar,
    /// A line for each epoch that is done.
    Lines,
    /// Nothing.
    None,
}

/// The display of one call of `fit`.
pub(crate) enum Reporter {
    Bar(ProgressBar),
    Lines,
    Silent,
}

impl Reporter {
    /// A display for epochs of `steps` steps each.
    pub(crate) fn new(progress: Progress, steps: usize) -> Self {
        match progress {
            Progress::None => Self::Silent,
            Progress::Auto if stderr().is_terminal() => Self::bar(steps),
            Progress::Bar => Self::bar(steps),
            Progress::Auto | Progress::Lines => Self::Lines,
        }
    }

    fn bar(steps: usize) -> Self {
        let style = ProgressStyle::with_template("{prefix}  {bar:32}  {pos}/{len}  {msg}  {eta} left");
        Self::Bar(ProgressBar::new(steps as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// Epoch `epoch` of `epochs` begins.
    pub(crate) fn begin(&self, epoch: usize, epochs: usize) {
        if let Self::Bar(bar) = self {
            bar.reset();
            bar.set_prefix(format!("epoch {epoch}/{epochs}"));
        }
    }

    /// A step is done; `loss` is the mean loss of the epoch so far.
    pub(crate) fn step(&self, loss: impl FnOnce() -> f64) {
        if let Self::Bar(bar) = self {
            bar.inc(1);
            // The bar itself draws at most 20 times a second; a message for each step would cost more than the step.
            if bar.position() % 32 == 1 {
                bar.set_message(format!("loss {:.4}", loss()));
            }
        }
    }

    /// An epoch is done.
    pub(crate) fn done(&self, record: &Record, epochs: usize) {
        let line = Line { record, epochs };
        match self {
            Self::Bar(bar) => bar.println(line.to_string()),
            Self::Lines => eprintln!("{line}"),
            Self::Silent => {}
        }
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// As in `epoch 3/10  loss 0.2310  accuracy 93.1 %  0.41 s`.
struct Line<'a> {
    record: &'a Record,
    epochs: usize,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.epochs.to_string().len();
        write!(f, "epoch {:>width$}/{}  {}", self.record.epoch, self.epochs, self.record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Evaluation;

    #[test]
    fn the_line_of_an_epoch() {
        let record = Record {
            epoch: 3,
            training: Evaluation { loss: 0.231, accuracy: Some(0.931) },
            validation: Some(Evaluation { loss: 0.2512, accuracy: Some(0.926) }),
            learning_rate: 0.001,
            seconds: 0.41,
        };
        assert_eq!(
            Line { record: &record, epochs: 10 }.to_string(),
            "epoch  3/10  loss 0.2310  accuracy 93.1 %  validation loss 0.2512  accuracy 92.6 %  0.41 s"
        );
    }
}
