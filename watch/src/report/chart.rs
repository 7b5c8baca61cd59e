//! Lines over an axis, as SVG.

use std::fmt::Write;

use plotters::prelude::*;

use crate::WatchError;

/// A chart of up to [`Style::ALL`] lines.
pub(super) struct Chart<'a> {
    /// What it shows, for errors.
    pub(super) what: &'static str,
    pub(super) size: (u32, u32),
    pub(super) x: &'static str,
    pub(super) y: &'static str,
    pub(super) x_labels: Labels<'a>,
    /// Whether y is drawn by its order of magnitude.
    pub(super) magnitudes: bool,
    /// Whether y begins at 0.
    pub(super) from_zero: bool,
    pub(super) lines: Vec<Line>,
    /// A level to compare with.
    pub(super) level: Option<f64>,
    pub(super) markers: bool,
}

/// What stands below the x axis.
#[derive(Clone, Copy)]
pub(super) enum Labels<'a> {
    Numbers,
    /// Whole numbers only.
    Counts,
    /// The name of each place, from 0.
    Names(&'a [String]),
}

pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// A colour of Okabe and Ito's palette with a dash and a marker of its own, so that lines are told apart without colours.
#[derive(Clone, Copy)]
pub(super) struct Style {
    colour: RGBColor,
    /// The length of a dash and of a gap; `None` for a solid line.
    dash: Option<(u32, u32)>,
    marker: Marker,
}

#[derive(Clone, Copy)]
enum Marker {
    Dot,
    Triangle,
    Cross,
    Ring,
    None,
}

const fn style(colour: (u8, u8, u8), dash: Option<(u32, u32)>, marker: Marker) -> Style {
    Style { colour: RGBColor(colour.0, colour.1, colour.2), dash, marker }
}

impl Style {
    pub(super) const ALL: [Self; 6] = [
        style((0x00, 0x72, 0xB2), None, Marker::Dot),
        style((0xD5, 0x5E, 0x00), Some((9, 5)), Marker::Triangle),
        style((0x00, 0x9E, 0x73), Some((3, 4)), Marker::Cross),
        style((0xCC, 0x79, 0xA7), Some((16, 5)), Marker::Ring),
        style((0xE6, 0x9F, 0x00), Some((6, 3)), Marker::None),
        style((0x76, 0x76, 0x76), None, Marker::Ring),
    ];

    /// A piece of the line, for a legend.
    fn swatch(self, marked: bool) -> String {
        let Style { colour: RGBColor(red, green, blue), dash, marker } = self;
        let colour = format!("#{red:02X}{green:02X}{blue:02X}");
        let dash = dash.map_or(String::new(), |(on, off)| format!(" stroke-dasharray=\"{on} {off}\""));
        let marker = match if marked { marker } else { Marker::None } {
            Marker::Dot => format!("<circle cx=\"22\" cy=\"8\" r=\"4\" fill=\"{colour}\"/>"),
            Marker::Triangle => format!("<polygon points=\"22,2 17,12 27,12\" fill=\"{colour}\"/>"),
            Marker::Cross => format!("<path d=\"M18 4l8 8m0 -8l-8 8\" stroke=\"{colour}\" stroke-width=\"2\"/>"),
            Marker::Ring => {
                format!("<circle cx=\"22\" cy=\"8\" r=\"4\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>")
            }
            Marker::None => String::new(),
        };
        format!(
            "<svg class=\"swatch\" width=\"44\" height=\"16\" viewBox=\"0 0 44 16\" aria-hidden=\"true\">\
             <path d=\"M1 8h42\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>{marker}</svg>"
        )
    }
}

impl Chart<'_> {
    /// The chart with its legend; `None` if there is no point that can be drawn.
    pub(super) fn to_html(&self) -> Result<Option<String>, WatchError> {
        let lines: Vec<Vec<(f64, f64)>> = self.lines.iter().map(|line| self.drawable(&line.points)).collect();
        let all = || lines.iter().flatten();
        if all().next().is_none() {
            return Ok(None);
        }
        let range = |of: fn(&(f64, f64)) -> f64| {
            all().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
        };
        let (left, right) = range(|point| point.0);
        let (mut bottom, mut top) = range(|point| point.1);
        let level = self.level.map(|level| if self.magnitudes { level.log10() } else { level });
        if let Some(level) = level {
            (bottom, top) = (bottom.min(level), top.max(level));
        }
        if self.magnitudes {
            (bottom, top) = (bottom.floor(), top.ceil().max(bottom.floor() + 1.0));
        } else {
            bottom = if self.from_zero { bottom.min(0.0) } else { bottom };
            let room = 0.05 * (top - bottom).max(1e-9 * top.abs()).max(f64::MIN_POSITIVE);
            (bottom, top) = (if bottom == 0.0 { 0.0 } else { bottom - room }, top + room);
        }
        let room = 0.02 * (right - left).max(1e-9);
        let mut svg = String::new();
        self.draw(&mut svg, &lines, level, (left - room, right + room), (bottom, top))
            .map_err(|error| WatchError::Plot { what: self.what, reason: error.to_string() })?;
        if self.lines.len() > 1 {
            svg.push_str("<ul class=\"legend\">");
            for (line, style) in self.lines.iter().zip(Style::ALL) {
                let _ = write!(svg, "<li>{}{}</li>", style.swatch(self.markers), super::page::escape(&line.name));
            }
            svg.push_str("</ul>");
        }
        Ok(Some(svg))
    }

    fn drawable(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let points = points.iter().map(|&(x, y)| (x, if self.magnitudes { y.log10() } else { y }));
        // Magnitudes beyond what a picture can hold are no numbers to compare with.
        points.filter(|(x, y)| x.is_finite() && y.is_finite() && y.abs() < 1e300).collect()
    }

    fn draw(
        &self,
        svg: &mut String,
        lines: &[Vec<(f64, f64)>],
        level: Option<f64>,
        (left, right): (f64, f64),
        (bottom, top): (f64, f64),
    ) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>> {
        let area = SVGBackend::with_string(svg, self.size).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(10)
            .margin_right(18)
            .x_label_area_size(52)
            .y_label_area_size(72)
            .build_cartesian_2d(left..right, bottom..top)?;
        let x_label = |x: &f64| self.x_label(*x, right - left);
        let y_label = |y: &f64| if self.magnitudes { magnitude(*y) } else { number(*y) };
        #[allow(clippy::cast_sign_loss, reason = "the top is above the bottom")]
        let decades = if self.magnitudes { (top - bottom) as usize + 1 } else { 6 };
        let places = if let Labels::Names(names) = self.x_labels { names.len().max(2) } else { 8 };
        chart
            .configure_mesh()
            .x_desc(self.x)
            .y_desc(self.y)
            .label_style(("sans-serif", 17))
            .axis_desc_style(("sans-serif", 18))
            .x_labels(places.min(self.size.0 as usize / 72))
            .y_labels(decades.clamp(2, 8))
            .x_label_formatter(&x_label)
            .y_label_formatter(&y_label)
            .light_line_style(WHITE)
            .bold_line_style(RGBColor(0xDD, 0xDD, 0xDD))
            .axis_style(BLACK)
            .draw()?;
        if let Some(level) = level {
            chart.draw_series(DashedLineSeries::new([(left, level), (right, level)], 2, 5, BLACK.stroke_width(1)))?;
        }
        for (points, style) in lines.iter().zip(Style::ALL) {
            let stroke = style.colour.stroke_width(2);
            match style.dash {
                None => chart.draw_series(LineSeries::new(points.iter().copied(), stroke))?,
                Some((dash, gap)) => {
                    chart.draw_series(DashedLineSeries::new(points.iter().copied(), dash, gap, stroke))?
                }
            };
            if !self.markers && points.len() > 1 {
                continue;
            }
            let some = points.iter().copied().step_by(points.len().div_ceil(24).max(1));
            let filled = style.colour.filled();
            match style.marker {
                Marker::Dot => chart.draw_series(some.map(|at| Circle::new(at, 4, filled)))?,
                Marker::Triangle => chart.draw_series(some.map(|at| TriangleMarker::new(at, 6, filled)))?,
                Marker::Cross => chart.draw_series(some.map(|at| Cross::new(at, 4, stroke)))?,
                Marker::Ring => chart.draw_series(some.map(|at| Circle::new(at, 4, stroke)))?,
                Marker::None => continue,
            };
        }
        area.present()
    }

    fn x_label(&self, x: f64, width: f64) -> String {
        let is_whole = (x - x.round()).abs() < 1e-9;
        match self.x_labels {
            // What the axis has computed as 0.
            Labels::Numbers if x.abs() < 1e-9 * width => "0".into(),
            Labels::Numbers => number(x),
            Labels::Counts if is_whole && x >= 0.0 => format!("{x:.0}"),
            #[allow(clippy::cast_sign_loss, reason = "what is negative is no place")]
            Labels::Names(names) if is_whole && x >= 0.0 => names.get(x as usize).cloned().unwrap_or_default(),
            Labels::Counts | Labels::Names(_) => String::new(),
        }
    }
}

/// A number in as few digits as it needs on an axis.
fn number(x: f64) -> String {
    if x != 0.0 && !(1e-3..1e5).contains(&x.abs()) {
        format!("{x:.0e}")
    } else {
        format!("{}", (x * 1e4).round() / 1e4)
    }
}

/// The power of ten at a whole number.
fn magnitude(exponent: f64) -> String {
    if (exponent - exponent.round()).abs() < 1e-9 { format!("1e{}", exponent.round()) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: &[(f64, f64)], magnitudes: bool) -> Chart<'static> {
        let line = |name: &str| Line { name: name.into(), points: points.to_vec() };
        Chart {
            what: "a test",
            size: (640, 300),
            x: "step",
            y: "‖g‖ (no unit)",
            x_labels: Labels::Counts,
            magnitudes,
            from_zero: true,
            lines: vec![line("a<b"), line("c")],
            level: None,
            markers: true,
        }
    }

    #[test]
    fn a_chart_names_its_axes_and_lines() {
        let html = chart(&[(1.0, 1e-3), (50.0, 1e-2)], true).to_html().expect("a chart").expect("points");
        for text in ["step", "‖g‖ (no unit)", "1e-3", "1e-2", "a&lt;b", "#0072B2", "#D55E00"] {
            assert!(html.contains(text), "`{text}` is missing in {html}");
        }
        assert!(!html.contains("a<b"));
    }

    #[test]
    fn odd_points_are_drawn_or_left_out() {
        for points in [
            [(1.0, 0.0)].as_slice(),
            &[(1.0, 5.0), (1.0, 5.0)],
            &[(1.0, -2.0), (2.0, f64::NAN), (3.0, f64::INFINITY)],
            &[(1.0, 1e-300), (2.0, 1e250)],
        ] {
            assert!(chart(points, false).to_html().expect("a chart").is_some(), "{points:?}");
        }
        assert!(chart(&[(1.0, 1e-300), (2.0, 1e250)], true).to_html().expect("a chart").is_some());
        assert!(chart(&[(1.0, 0.0), (2.0, -1.0)], true).to_html().expect("no chart").is_none());
        assert!(chart(&[(f64::NAN, 1.0)], false).to_html().expect("no chart").is_none());
    }
}
