//! The results as a picture.

use std::io;
use std::path::Path;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use crate::scale::Scale;
use crate::{Finished, Parameter, Results};

/// Okabe and Ito's palette, which people without full colour vision tell apart; each kind has a marker of its own too.
const COMPLETE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
const PRUNED: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
const GRID: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);

const WIDTH: u32 = 960;
/// How high the legend is, the upper chart, and each row of the lower ones.
const LEGEND: u32 = 40;
const UPPER: u32 = 400;
const LOWER: u32 = 290;
const IN_A_ROW: usize = 2;

type Failure = DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>;
type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

impl Results {
    /// The results as an SVG picture: above the loss of each trial with the best so far, below the loss over each
    /// parameter. Complete trials are dots, pruned ones crosses at their last report, failed ones strokes at the upper
    /// edge, and the best trial has a ring.
    ///
    /// # Errors
    /// If the picture cannot be drawn.
    pub fn to_svg(&self) -> io::Result<String> {
        let mut svg = String::new();
        draw(&mut svg, self).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(svg)
    }

    /// Writes [`to_svg`](Results::to_svg) into a file.
    ///
    /// # Errors
    /// If the picture cannot be drawn or the file cannot be written.
    pub fn write_svg(&self, path: impl AsRef<Path>) -> io::Result<()> {
        std::fs::write(path, self.to_svg()?)
    }
}

fn draw(svg: &mut String, results: &Results) -> Result<(), Failure> {
    let parameters = results.space().parameters();
    let rows = parameters.len().div_ceil(IN_A_ROW);
    let area = SVGBackend::with_string(svg, (WIDTH, LEGEND + UPPER + LOWER * rows as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let (top, charts) = area.split_vertically(LEGEND);
    let (upper, lower) = charts.split_vertically(UPPER);
    legend(&top)?;
    let losses = Scale::of_losses(results.trials().iter().filter_map(Finished::last_loss));
    let last = results.trials().last().map_or(0, |trial| trial.index);

    let trials = Scale::whole(0.0, last as f64);
    let chart = Chart { results, losses: &losses, x: &trials, name: "trial", ticks: 10, steps: true };
    chart.draw(&upper, |trial| trial.index as f64)?;
    for ((place, parameter), area) in parameters.iter().enumerate().zip(lower.split_evenly((rows, IN_A_ROW))) {
        let x = Scale::of(parameter);
        let chart = Chart { results, losses: &losses, x: &x, name: parameter.name(), ticks: 6, steps: false };
        chart.draw(&area, |trial| spread(parameter, trial, place))?;
    }
    area.present()
}

/// Where a trial stands over a parameter. Trials with one value of a choice stand a little beside each other.
fn spread(parameter: &Parameter, trial: &Finished, place: usize) -> f64 {
    let setting = trial.settings[place];
    let beside = if parameter.choices() > 0 { 0.5 * ((trial.index as f64 * 0.618).fract() - 0.5) } else { 0.0 };
    Scale::place(setting) + beside
}

/// A scale as plotters knows it.
struct Axis {
    line: RangedCoordf64,
    ticks: Vec<f64>,
}

impl Axis {
    fn new(scale: &Scale, ticks: usize) -> Self {
        Self { line: (scale.low()..scale.high()).into(), ticks: scale.ticks(ticks) }
    }
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, pixels: (i32, i32)) -> i32 {
        self.line.map(place, pixels)
    }

    fn key_points<H: KeyPointHint>(&self, hint: H) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.line.range()
    }
}

fn complete<C>(at: C) -> Circle<C, i32> {
    Circle::new(at, 4, COMPLETE.filled())
}

fn pruned<C>(at: C) -> Cross<C, i32> {
    Cross::new(at, 4, PRUNED.stroke_width(2))
}

fn best<C>(at: C) -> Circle<C, i32> {
    Circle::new(at, 8, BLACK.stroke_width(2))
}

/// What each marker means, beside each other.
fn legend(area: &Area<'_>) -> Result<(), Failure> {
    let y = 24;
    let text = |x: i32, what: &'static str| Text::new(what, (x + 16, y - 8), ("sans-serif", 16));
    area.draw(&PathElement::new(vec![(84, y), (112, y)], BLACK.stroke_width(2)))?;
    area.draw(&text(104, "best so far"))?;
    area.draw(&complete((250, y)))?;
    area.draw(&text(250, "complete"))?;
    area.draw(&pruned((380, y)))?;
    area.draw(&text(380, "pruned, at its last report"))?;
    area.draw(&(EmptyElement::at((620, y - 6)) + stroke()))?;
    area.draw(&text(620, "failed"))?;
    area.draw(&best((730, y)))?;
    area.draw(&text(730, "best"))
}

/// The marker of a failed trial, which hangs from its place.
fn stroke() -> PathElement<(i32, i32)> {
    PathElement::new(vec![(0, 1), (0, 12)], BLACK.stroke_width(2))
}

/// The losses over one thing.
struct Chart<'a> {
    results: &'a Results,
    losses: &'a Scale,
    x: &'a Scale,
    name: &'a str,
    ticks: usize,
    /// Whether the best so far is drawn.
    steps: bool,
}

impl Chart<'_> {
    fn draw(&self, area: &Area<'_>, x: impl Fn(&Finished) -> f64) -> Result<(), Failure> {
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .margin_right(20)
            .x_label_area_size(46)
            .y_label_area_size(72)
            .build_cartesian_2d(Axis::new(self.x, self.ticks), Axis::new(self.losses, 6))?;
        chart
            .configure_mesh()
            .x_desc(self.name)
            .y_desc("loss")
            .label_style(("sans-serif", 15))
            .axis_desc_style(("sans-serif", 16))
            .x_label_formatter(&|place| self.x.label(*place))
            .y_label_formatter(&|place| self.losses.label(*place))
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(BLACK)
            .draw()?;

        let point = |trial: &Finished| Some((self.x.to(x(trial)), self.losses.to(trial.last_loss()?)));
        let trials = || self.results.trials().iter();
        if self.steps {
            chart.draw_series(LineSeries::new(self.best_so_far(), BLACK.stroke_width(2)))?;
        }
        chart.draw_series(trials().filter(|t| t.loss().is_some()).filter_map(point).map(complete))?;
        chart.draw_series(trials().filter(|t| t.is_pruned()).filter_map(point).map(pruned))?;
        let top = self.losses.high();
        chart.draw_series(
            trials().filter(|t| t.is_failed()).map(|trial| EmptyElement::at((self.x.to(x(trial)), top)) + stroke()),
        )?;
        chart.draw_series(point(self.results.best()).map(best))?;
        Ok(())
    }

    /// The steps of the best loss, up to the last trial.
    fn best_so_far(&self) -> Vec<(f64, f64)> {
        let mut best: Option<f64> = None;
        let mut line = Vec::new();
        for trial in self.results.trials() {
            let at = self.x.to(trial.index as f64);
            let before = best;
            if let Some(loss) = trial.loss().filter(|loss| best.is_none_or(|best| *loss < best)) {
                best = Some(loss);
            }
            line.extend([before, best].into_iter().flatten().map(|loss| (at, self.losses.to(loss))));
        }
        line
    }
}
