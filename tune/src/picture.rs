//! The results as a picture.

use std::io;
use std::path::Path;

use typednet_plot::{Chart, Figure, Marker};

use crate::{Finished, Parameter, Range, Results, Setting};

/// The styles of the palette.
const COMPLETE: usize = 0;
const PRUNED: usize = 1;
const INK: usize = 5;

const COLUMNS: usize = 2;

impl Results {
    /// The results as an SVG picture, on a light or a dark ground as the reader's system has it: the loss of each trial
    /// with the best so far, and the loss over each parameter. Complete trials are dots, pruned ones crosses at their last
    /// report, failed ones strokes at the upper edge, and the best trial has a ring.
    pub fn to_svg(&self) -> String {
        self.figure().to_svg()
    }

    /// Writes [`to_svg`](Results::to_svg) into a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_svg(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.figure().write(path)
    }

    fn figure(&self) -> Figure {
        let losses = Losses::of(self);
        let trials = losses.chart("every trial, in turn", "trial").whole_x();
        let over_trials =
            losses.draw(trials.style(INK).curve("best so far", best_so_far(self)), self, |trial| trial.index as f64);
        let over_parameters = self.space().parameters().iter().enumerate().map(|(place, parameter)| {
            let chart = axis(losses.chart(&format!("over {}", parameter.name()), parameter.name()), parameter);
            // The legend is the same for all.
            let chart = chart.style(INK).curve("best so far", []);
            losses.draw(chart, self, |trial| spread(parameter, trial.settings[place], trial.index))
        });
        let count = self.trials().len();
        let ends = |is: fn(&Finished) -> bool| self.trials().iter().filter(|trial| is(trial)).count();
        let note = format!(
            "{count} trials, of which {} were pruned and {} failed.",
            ends(Finished::is_pruned),
            ends(Finished::is_failed)
        );
        let charts: Vec<Chart> = std::iter::once(over_trials).chain(over_parameters).collect();
        Figure::new("Search: the loss of each trial", COLUMNS, charts).note(note).panel(480, 330)
    }
}

/// The x axis of a parameter.
fn axis(chart: Chart, parameter: &Parameter) -> Chart {
    let with_room = |low: f64, high: f64| {
        let room = 0.03 * (high / 2.0 - low / 2.0);
        ((low - room).max(f64::MIN), (high + room).min(f64::MAX))
    };
    let powers = |chart: Chart, low: f64, high: f64| {
        let (low, high) = with_room(low.log10(), high.log10());
        chart.log_x().x_range(10_f64.powf(low), 10_f64.powf(high))
    };
    match parameter.range() {
        Range::Uniform { low, high } => {
            let (low, high) = with_room(*low, *high);
            chart.x_range(low, high)
        }
        Range::LogUniform { low, high } => powers(chart, *low, *high),
        Range::Integer { low, high } => chart.whole_x().x_range(*low as f64 - 0.5, *high as f64 + 0.5),
        Range::LogInteger { low, high } => powers(chart, *low as f64 - 0.4, *high as f64 + 0.4),
        Range::Choice { values } => chart.names_x(values.iter().map(ToString::to_string)),
    }
}

/// Where a trial stands over a parameter. Trials with one value of a choice stand a little beside each other.
fn spread(parameter: &Parameter, setting: Setting, index: usize) -> f64 {
    let beside = if parameter.choices() > 0 { 0.5 * ((index as f64 * 0.618).fract() - 0.5) } else { 0.0 };
    beside
        + match setting {
            Setting::Number(number) => number,
            Setting::Integer(integer) => integer as f64,
            Setting::Choice(place) => place as f64,
        }
}

/// The steps of the best loss, up to the last trial.
fn best_so_far(results: &Results) -> Vec<(f64, f64)> {
    let mut best: Option<f64> = None;
    let mut line = Vec::new();
    for trial in results.trials() {
        let before = best;
        if let Some(loss) = trial.loss().filter(|loss| best.is_none_or(|best| *loss < best)) {
            best = Some(loss);
        }
        line.extend([before, best].into_iter().flatten().map(|loss| (trial.index as f64, loss)));
    }
    line
}

/// The axis of losses, which all charts share.
struct Losses {
    low: f64,
    high: f64,
    is_logarithmic: bool,
}

impl Losses {
    /// Around all losses; by powers of ten where they are positive and far apart.
    fn of(results: &Results) -> Self {
        let losses = results.trials().iter().filter_map(Finished::last_loss).filter(|loss| loss.abs() < 1e290);
        let (low, high) = losses.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), loss| (l.min(loss), h.max(loss)));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        if low > 0.0 && high / low > 10.0 {
            let room = (high / low).powf(0.08);
            return Self { low: low / room, high: high * room, is_logarithmic: true };
        }
        // Losses that are all alike stand in the middle.
        let room = (0.08 * (high - low)).max(1e-6 * low.abs().max(high.abs())).max(1e-290);
        Self { low: low - room, high: high + room, is_logarithmic: false }
    }

    fn chart(&self, title: &str, x: &str) -> Chart {
        let chart = Chart::new(title, x, "loss").y_range(self.low, self.high);
        if self.is_logarithmic { chart.log_y() } else { chart }
    }

    /// The trials, each at its place along x.
    fn draw(&self, chart: Chart, results: &Results, x: impl Fn(&Finished) -> f64) -> Chart {
        let trials = || results.trials().iter();
        let at = |trial: &Finished| Some((x(trial), trial.last_loss()?));
        let complete: Vec<_> = trials().filter(|trial| trial.loss().is_some()).filter_map(at).collect();
        let pruned: Vec<_> = trials().filter(|trial| trial.is_pruned()).filter_map(at).collect();
        let failed: Vec<_> = trials().filter(|trial| trial.is_failed()).map(|trial| (x(trial), self.high)).collect();
        chart
            .style(COMPLETE)
            .marked("complete", Marker::Dot, complete)
            .style(PRUNED)
            .marked("pruned, at its last report", Marker::Cross, pruned)
            .style(INK)
            .marked("failed", Marker::Stroke, failed)
            .style(INK)
            .marked("best", Marker::Halo, at(results.best()))
    }
}
