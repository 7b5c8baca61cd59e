//! Pictures for the examples: charts side by side in one SVG file, on a white ground so that it can stand on a dark page.
//!
//! Series differ by colour (Okabe and Ito's palette), by dashes and by markers, so that they are told apart without
//! colour vision.
#![allow(dead_code, reason = "each example uses a part of it")]

use std::error::Error;
use std::fs;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters_backend::DrawingErrorKind;

/// What drawing may fail with.
pub(crate) type Drawn = Result<(), Box<dyn Error>>;

/// A part of a picture.
pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Blue, vermilion, bluish green, reddish purple, orange, sky blue, black.
pub(crate) const COLOURS: [RGBColor; 7] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
    BLACK,
];

/// Length of a dash and of the gap behind it; the first and the last are solid lines.
const DASHES: [(u32, u32); 7] = [(0, 0), (9, 4), (3, 3), (14, 5), (6, 6), (2, 5), (0, 0)];

/// The font of all texts.
pub(crate) const FONT: &str = "sans-serif";

/// The most markers on one line.
const MARKERS: usize = 10;

/// From blue for −1 over white to vermilion for 1, in steps, so that neighbours of one colour can be one rectangle.
fn shade(level: i32) -> RGBColor {
    let full = if level > 0 { COLOURS[1] } else { COLOURS[0] };
    let share = 0.55 * f64::from(level.abs()) / f64::from(LEVELS);
    #[allow(clippy::cast_sign_loss, reason = "it lies between the part and 255")]
    let mix = |part: u8| (255.0 - share * (255.0 - f64::from(part))).round() as u8;
    RGBColor(mix(full.0), mix(full.1), mix(full.2))
}

/// How many colours there are on each side of white.
const LEVELS: i32 = 10;

/// Something in a chart.
enum Mark {
    Line { name: String, points: Vec<(f64, f64)>, style: usize, markers: bool },
    Points { name: String, points: Vec<(f64, f64)>, style: usize },
    Bars { bars: Vec<(f64, f64, f64)>, style: usize },
    Heat { columns: usize, values: Vec<f64> },
    Text { text: String, at: (f64, f64) },
}

/// One chart: axes with names, and what stands between them.
#[must_use]
pub(crate) struct Chart {
    title: String,
    names: [String; 2],
    log: [bool; 2],
    ranges: [Option<(f64, f64)>; 2],
    legend: SeriesLabelPosition,
    marks: Vec<Mark>,
    series: usize,
}

impl Chart {
    /// A chart with names, and units where there are any, at its axes.
    pub(crate) fn new(title: impl Into<String>, x: impl Into<String>, y: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            names: [x.into(), y.into()],
            log: [false; 2],
            ranges: [None; 2],
            legend: SeriesLabelPosition::UpperRight,
            marks: Vec::new(),
            series: 0,
        }
    }

    /// Powers of ten along x.
    pub(crate) fn log_x(mut self) -> Self {
        self.log[0] = true;
        self
    }

    /// Powers of ten along y.
    pub(crate) fn log_y(mut self) -> Self {
        self.log[1] = true;
        self
    }

    /// From where to where x goes.
    pub(crate) fn x_range(mut self, from: f64, to: f64) -> Self {
        self.ranges[0] = Some((from, to));
        self
    }

    /// From where to where y goes; lines are cut there.
    pub(crate) fn y_range(mut self, from: f64, to: f64) -> Self {
        self.ranges[1] = Some((from, to));
        self
    }

    /// Where the names of the series stand.
    pub(crate) fn legend(mut self, position: SeriesLabelPosition) -> Self {
        self.legend = position;
        self
    }

    /// The next series has this style instead of the next one.
    pub(crate) fn style(mut self, style: usize) -> Self {
        self.series = style;
        self
    }

    fn next(&mut self) -> usize {
        self.series += 1;
        self.series - 1
    }

    /// A line with a few markers; without a name it is not in the legend.
    pub(crate) fn line(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.add_line(name, points, true)
    }

    /// A line without markers.
    pub(crate) fn curve(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.add_line(name, points, false)
    }

    fn add_line(
        mut self,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
        markers: bool,
    ) -> Self {
        let (name, points, style) = (name.into(), points.into_iter().collect(), self.next());
        self.marks.push(Mark::Line { name, points, style, markers });
        self
    }

    /// Markers without a line.
    pub(crate) fn points(mut self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let (name, points, style) = (name.into(), points.into_iter().collect(), self.next());
        self.marks.push(Mark::Points { name, points, style });
        self
    }

    /// The share of the values in each of `bins` equal parts of the range; what is outside counts at the border.
    pub(crate) fn histogram(mut self, values: &[f32], bins: usize, (from, to): (f64, f64)) -> Self {
        #[allow(clippy::cast_sign_loss, reason = "it is clamped to 0 and above")]
        let bin = |place: f64| place.floor().clamp(0.0, (bins - 1) as f64) as usize;
        let width = (to - from) / bins as f64;
        let mut shares = vec![0.0; bins];
        for value in values {
            shares[bin((f64::from(*value) - from) / width)] += 1.0 / values.len() as f64;
        }
        let bar = |(i, share): (usize, &f64)| (from + width * i as f64, from + width * (i + 1) as f64, *share);
        let (bars, style) = (shares.iter().enumerate().map(bar).collect(), self.next());
        self.marks.push(Mark::Bars { bars, style });
        self
    }

    /// The plane in `cells`×`cells` cells, coloured by `f(x, y)` from blue (−1) over white (0) to vermilion (1).
    ///
    /// # Panics
    /// If the ranges of both axes are not set.
    pub(crate) fn heat(mut self, cells: usize, f: impl Fn(f64, f64) -> f64) -> Self {
        let [Some((x0, x1)), Some((y0, y1))] = self.ranges else { panic!("set the ranges of a heat map first") };
        let middle = |i: usize, from: f64, to: f64| from + (to - from) * (i as f64 + 0.5) / cells as f64;
        let value = |i: usize| f(middle(i % cells, x0, x1), middle(i / cells, y0, y1));
        self.marks.push(Mark::Heat { columns: cells, values: (0..cells * cells).map(value).collect() });
        self
    }

    /// A short text whose left upper corner is at a point.
    pub(crate) fn text(mut self, text: impl Into<String>, x: f64, y: f64) -> Self {
        self.marks.push(Mark::Text { text: text.into(), at: (x, y) });
        self
    }

    /// What stands at the axis for this value.
    fn scaled(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let one = |log: bool, value: f64| if log { value.log10() } else { value };
        (one(self.log[0], x), one(self.log[1], y))
    }

    /// All points that are drawn, in the units of the axes.
    fn all_points(&self) -> Vec<(f64, f64)> {
        let mut all = Vec::new();
        for mark in &self.marks {
            match mark {
                Mark::Line { points, .. } | Mark::Points { points, .. } => all.extend(points),
                Mark::Bars { bars, .. } => all.extend(bars.iter().flat_map(|&(a, b, share)| [(a, 0.0), (b, share)])),
                Mark::Heat { .. } | Mark::Text { .. } => {}
            }
        }
        all.into_iter().map(|point| self.scaled(point)).filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
    }

    /// The range of one axis: as set, else around all points with a little room.
    fn range(&self, axis: usize, values: impl Iterator<Item = f64>) -> (f64, f64) {
        if let Some((from, to)) = self.ranges[axis] {
            let (from, to) = (self.scaled((from, from)), self.scaled((to, to)));
            return if axis == 0 { (from.0, to.0) } else { (from.1, to.1) };
        }
        let (from, to) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        if from > to {
            return (0.0, 1.0);
        }
        let room = if to > from { 0.05 * (to - from) } else { 0.5 };
        (from - room, to + room)
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let all = self.all_points();
        let (x0, x1) = self.range(0, all.iter().map(|point| point.0));
        let (y0, y1) = self.range(1, all.iter().map(|point| point.1));
        let mut plot = ChartBuilder::on(area)
            .margin(10)
            .margin_right(18)
            .caption(&self.title, (FONT, 17))
            .x_label_area_size(42)
            .y_label_area_size(66)
            .build_cartesian_2d(x0..x1, y0..y1)?;
        // The coloured plane lies under everything else.
        for mark in &self.marks {
            if let Mark::Heat { columns, values } = mark {
                heat(&plot, *columns, values, (x0, x1), (y0, y1))?;
            }
        }
        let has_plane = self.marks.iter().any(|mark| matches!(mark, Mark::Heat { .. }));
        let x_label = |x: &f64| label(*x, self.log[0], x1 - x0);
        let y_label = |y: &f64| label(*y, self.log[1], y1 - y0);
        let mut mesh = plot.configure_mesh();
        if has_plane {
            mesh.disable_mesh();
        }
        mesh.x_desc(&self.names[0])
            .y_desc(&self.names[1])
            .label_style((FONT, 14))
            .axis_desc_style((FONT, 15))
            .x_labels(6)
            .y_labels(6)
            .x_label_formatter(&x_label)
            .y_label_formatter(&y_label)
            .light_line_style(WHITE)
            .bold_line_style(RGBColor(0xDD, 0xDD, 0xDD))
            .axis_style(BLACK)
            .draw()?;
        for mark in &self.marks {
            self.draw_mark(&mut plot, mark, (x0, x1), (y0, y1))?;
        }
        let named =
            |mark: &Mark| matches!(mark, Mark::Line { name, .. } | Mark::Points { name, .. } if !name.is_empty());
        if self.marks.iter().any(named) {
            plot.configure_series_labels()
                .position(self.legend.clone())
                .legend_area_size(36)
                .margin(8)
                .label_font((FONT, 14))
                .background_style(WHITE.mix(0.85))
                .border_style(RGBColor(0x99, 0x99, 0x99))
                .draw()?;
        }
        Ok(())
    }

    fn draw_mark(&self, plot: &mut Plot<'_, '_>, mark: &Mark, xs: (f64, f64), ys: (f64, f64)) -> Drawn {
        match mark {
            Mark::Line { name, points, style, markers } => {
                let colour = COLOURS[style % 7];
                let stroke = colour.stroke_width(2);
                let (dash, gap) = DASHES[style % 7];
                let points: Vec<(f64, f64)> = points.iter().map(|point| self.scaled(*point)).collect();
                let pieces = within(&points, xs, ys);
                for piece in pieces {
                    if dash == 0 {
                        plot.draw_series(LineSeries::new(piece, stroke))?;
                    } else {
                        plot.draw_series(DashedLineSeries::new(piece, dash, gap, stroke))?;
                    }
                }
                let markers = *markers;
                if !name.is_empty() {
                    let style = *style;
                    plot.draw_series(std::iter::empty::<PathElement<(f64, f64)>>())?
                        .label(name)
                        .legend(move |at| Sample { style, at, line: true, marker: markers });
                }
                if markers {
                    let shown = points.len().div_ceil(MARKERS).max(1);
                    let inside = points.iter().step_by(shown).filter(|point| is_within(**point, xs, ys));
                    plot.draw_series(inside.map(|point| Marker { style: *style, at: *point }))?;
                }
            }
            Mark::Points { name, points, style } => {
                let points = points.iter().map(|point| self.scaled(*point)).filter(|point| is_within(*point, xs, ys));
                let series = plot.draw_series(points.map(|point| Marker { style: *style, at: point }))?;
                if !name.is_empty() {
                    let style = *style;
                    series.label(name).legend(move |at| Sample { style, at, line: false, marker: true });
                }
            }
            Mark::Bars { bars, style } => {
                let colour = COLOURS[style % 7];
                let bar = |&(from, to, share): &(f64, f64, f64)| {
                    Rectangle::new([(from, 0.0), (to, share.min(ys.1))], colour.mix(0.75).filled())
                };
                plot.draw_series(bars.iter().filter(|bar| bar.2 > 0.0).map(bar))?;
            }
            Mark::Text { text, at } => {
                plot.draw_series([Text::new(text.clone(), self.scaled(*at), (FONT, 14))])?;
            }
            Mark::Heat { .. } => {}
        }
        Ok(())
    }
}

/// The marker of a style: circle, triangle, square, cross, diamond, ring, bar.
struct Marker<C> {
    style: usize,
    at: C,
}

/// A series in a legend: its line, where it has one, and its marker, where it has one.
struct Sample {
    style: usize,
    at: (i32, i32),
    line: bool,
    marker: bool,
}

impl<'a, C> PointCollection<'a, C> for &'a Marker<C> {
    type Point = &'a C;
    type IntoIter = std::iter::Once<&'a C>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl<'a> PointCollection<'a, (i32, i32)> for &'a Sample {
    type Point = &'a (i32, i32);
    type IntoIter = std::iter::Once<&'a (i32, i32)>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

type Drawing<DB> = Result<(), DrawingErrorKind<<DB as DrawingBackend>::ErrorType>>;

impl<C, DB: DrawingBackend> Drawable<DB> for Marker<C> {
    fn draw<I: Iterator<Item = (i32, i32)>>(&self, points: I, backend: &mut DB, _: (u32, u32)) -> Drawing<DB> {
        points.into_iter().try_for_each(|at| draw_marker(backend, self.style, at))
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Sample {
    fn draw<I: Iterator<Item = (i32, i32)>>(&self, points: I, backend: &mut DB, _: (u32, u32)) -> Drawing<DB> {
        let stroke = COLOURS[self.style % 7].stroke_width(2);
        let (dash, gap) = DASHES[self.style % 7];
        for (x, y) in points {
            let (mut from, end) = (x, x + 30);
            while self.line && from < end {
                let to = if dash == 0 { end } else { (from + dash.cast_signed()).min(end) };
                backend.draw_line((from, y), (to, y), &stroke)?;
                from = to + gap.cast_signed();
            }
            if self.marker {
                draw_marker(backend, self.style, (x + 15, y))?;
            }
        }
        Ok(())
    }
}

fn draw_marker<DB: DrawingBackend>(backend: &mut DB, style: usize, (x, y): (i32, i32)) -> Drawing<DB> {
    let full: ShapeStyle = COLOURS[style % 7].filled();
    let line = COLOURS[style % 7].stroke_width(2);
    let corners = |corners: &[(i32, i32)]| -> Vec<_> { corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect() };
    match style % 7 {
        0 => backend.draw_circle((x, y), 4, &full, true),
        1 => backend.fill_polygon(corners(&[(0, -6), (5, 4), (-5, 4)]), &full),
        2 => backend.fill_polygon(corners(&[(-4, -4), (4, -4), (4, 4), (-4, 4)]), &full),
        3 => {
            backend.draw_line((x - 4, y - 4), (x + 4, y + 4), &line)?;
            backend.draw_line((x - 4, y + 4), (x + 4, y - 4), &line)
        }
        4 => backend.fill_polygon(corners(&[(0, -6), (5, 0), (0, 6), (-5, 0)]), &full),
        5 => backend.draw_circle((x, y), 4, &line, false),
        _ => backend.fill_polygon(corners(&[(-5, -2), (5, -2), (5, 2), (-5, 2)]), &full),
    }
}

/// The number at a tick.
fn label(value: f64, log: bool, width: f64) -> String {
    if log {
        if (value - value.round()).abs() < 1e-6 {
            let power = value.round() as i32;
            return if (-2..=3).contains(&power) {
                format!("{}", plain(10_f64.powi(power)))
            } else {
                format!("1e{power}")
            };
        }
        let digits = (1.5 - value).floor().clamp(0.0, 9.0);
        #[allow(clippy::cast_sign_loss, reason = "it is clamped to 0 and above")]
        return if width < 2.5 { format!("{:.*}", digits as usize, 10_f64.powf(value)) } else { String::new() };
    }
    let largest = value.abs().max(width);
    if largest != 0.0 && !(1e-3..1e5).contains(&largest) { format!("{value:.1e}") } else { format!("{}", plain(value)) }
}

/// Without the last digits, which adding up steps leaves behind.
fn plain(value: f64) -> f64 {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded == 0.0 { 0.0 } else { rounded }
}

fn is_within((x, y): (f64, f64), xs: (f64, f64), ys: (f64, f64)) -> bool {
    (xs.0..=xs.1).contains(&x) && (ys.0..=ys.1).contains(&y)
}

/// The pieces of a line that lie between the borders.
fn within(points: &[(f64, f64)], xs: (f64, f64), ys: (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        // The part of the way from a to b that is inside (Liang and Barsky).
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (step, room) in [(ax - bx, ax - xs.0), (bx - ax, xs.1 - ax), (ay - by, ay - ys.0), (by - ay, ys.1 - ay)] {
            if step < 0.0 {
                from = from.max(room / step);
            } else if step > 0.0 {
                to = to.min(room / step);
            } else if room < 0.0 {
                to = -1.0;
            }
        }
        if from > to || ![ax, ay, bx, by].iter().all(|v| v.is_finite()) {
            open = false;
            continue;
        }
        let at = |share: f64| (ax + share * (bx - ax), ay + share * (by - ay));
        if !(open && from == 0.0) {
            pieces.push(vec![at(from)]);
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(at(to));
        }
        open = to >= 1.0;
    }
    pieces
}

fn heat(plot: &Plot<'_, '_>, columns: usize, values: &[f64], xs: (f64, f64), ys: (f64, f64)) -> Drawn {
    let area = plot.plotting_area();
    let rows = values.len() / columns;
    let level = |value: f64| (value.clamp(-1.0, 1.0) * f64::from(LEVELS)).round() as i32;
    for (row, values) in values.chunks(columns).enumerate() {
        let y = |row: usize| ys.0 + (ys.1 - ys.0) * row as f64 / rows as f64;
        let x = |column: usize| xs.0 + (xs.1 - xs.0) * column as f64 / columns as f64;
        let mut start = 0;
        for end in 1..=columns {
            if end == columns || level(values[end]) != level(values[start]) {
                let colour = shade(level(values[start]));
                // The next row covers what is too much, so that no seam is left between two.
                let top = if row + 1 < rows { y(row + 1) + 0.5 * (y(1) - y(0)) } else { y(rows) };
                area.draw(&Rectangle::new([(x(start), y(row)), (x(end), top)], colour.filled()))?;
                start = end;
            }
        }
    }
    Ok(())
}

/// Charts in rows and columns under one title.
#[must_use]
pub(crate) struct Picture {
    title: String,
    columns: usize,
    panel: (u32, u32),
    charts: Vec<Chart>,
}

impl Picture {
    /// These charts, `columns` in a row.
    pub(crate) fn new(title: impl Into<String>, columns: usize, charts: impl IntoIterator<Item = Chart>) -> Self {
        Self { title: title.into(), columns, panel: (420, 320), charts: charts.into_iter().collect() }
    }

    /// The size of each chart in pixels.
    pub(crate) fn panel(mut self, width: u32, height: u32) -> Self {
        self.panel = (width, height);
        self
    }

    /// The text of the SVG file.
    ///
    /// # Errors
    /// If it cannot be drawn.
    pub(crate) fn to_svg(&self) -> Result<String, Box<dyn Error>> {
        let rows = self.charts.len().div_ceil(self.columns);
        let (width, height) = (self.panel.0 * self.columns as u32, self.panel.1 * rows as u32 + 40);
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
            area.fill(&WHITE)?;
            let area = area.titled(&self.title, (FONT, 20))?;
            for (chart, area) in self.charts.iter().zip(area.split_evenly((rows, self.columns))) {
                chart.draw(&area)?;
            }
            area.present()?;
        }
        Ok(svg)
    }

    /// Writes `target/NAME.svg`, and says so.
    ///
    /// # Errors
    /// If it cannot be drawn or the file cannot be written.
    pub(crate) fn save(&self, name: &str) -> Drawn {
        write(name, &self.to_svg()?)
    }
}

/// Writes a picture to `target/NAME.svg`, and says so.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn write(name: &str, svg: &str) -> Drawn {
    let path = format!("target/{name}.svg");
    fs::create_dir_all("target")?;
    fs::write(&path, svg).map_err(|error| format!("{path}: {error}"))?;
    println!("picture in {path}");
    Ok(())
}

/// The numbers with their places from 0, as points of a line.
pub(crate) fn numbered(values: impl IntoIterator<Item = f64>) -> Vec<(f64, f64)> {
    values.into_iter().enumerate().map(|(i, value)| (i as f64, value)).collect()
}
