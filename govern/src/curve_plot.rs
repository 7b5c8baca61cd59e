//! Coverage and accuracy as a picture.

use std::path::Path;

use plotters::prelude::*;

use crate::picture::{Area, BLUE, Drawn, GREY, VERMILION, svg};
use crate::{Curve, CurvePoint, GovernError, file};

impl Curve {
    /// The accuracy of the decisions over the share of the cases that are decided, as an SVG picture: the more cases go
    /// to a human, the more of the others are right. `chosen` is marked.
    ///
    /// The dashed line is [`CurvePoint::least_accuracy`], the lower end of the 95 % interval. Where few cases are decided, it
    /// may leave the picture.
    ///
    /// # Errors
    /// If there are fewer than [`FEWEST`](Self::FEWEST) cases.
    pub fn to_svg(&self, chosen: Option<&CurvePoint>) -> Result<String, GovernError> {
        let points: Vec<&CurvePoint> = self.points().iter().filter(|point| point.decided >= Self::FEWEST).collect();
        if points.is_empty() {
            let found = self.points().last().map_or(0, |point| point.cases);
            return Err(GovernError::TooFew { purpose: "the curve's picture", found, needed: Self::FEWEST });
        }
        svg((720, 440), |area| draw(area, &points, chosen))
    }

    /// Writes [`to_svg`](Self::to_svg) into a file.
    ///
    /// # Errors
    /// As [`to_svg`](Self::to_svg), or if the file cannot be written.
    pub fn write_svg(&self, chosen: Option<&CurvePoint>, path: impl AsRef<Path>) -> Result<(), GovernError> {
        file::write_text(path.as_ref(), &self.to_svg(chosen)?)
    }
}

fn draw(area: &Area<'_>, points: &[&CurvePoint], chosen: Option<&CurvePoint>) -> Drawn {
    let percent = |of: f64| 100.0 * of;
    let at = |point: &CurvePoint| (percent(point.coverage()), percent(point.accuracy()));
    let least = |point: &CurvePoint| (percent(point.coverage()), percent(point.least_accuracy()));
    // With few decisions the interval is wide, and would leave no room for the curve.
    let many = points.iter().filter(|point| point.coverage() >= 0.3).map(|point| least(point));
    let lowest = many.chain(points.iter().map(|point| at(point))).map(|(_, y)| y).fold(100.0, f64::min);
    // The legend stands below the lines.
    let bottom = (lowest - 1.0 - 0.5 * (100.0 - lowest)).max(0.0).floor();
    let mut chart = ChartBuilder::on(area)
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(68)
        .build_cartesian_2d(0.0..101.0, bottom..100.0 + 0.04 * (100.0 - bottom))?;
    chart
        .configure_mesh()
        .x_desc("cases decided, %")
        .y_desc("decisions that are right, %")
        .label_style(("sans-serif", 15))
        .axis_desc_style(("sans-serif", 16))
        .x_label_formatter(&|share| format!("{share}"))
        .y_label_formatter(&|share| format!("{}", (share * 100.0).round() / 100.0))
        .light_line_style(WHITE)
        .bold_line_style(GREY)
        .axis_style(BLACK)
        .draw()?;

    let inside: Vec<(f64, f64)> = points.iter().map(|point| least(point)).filter(|(_, y)| *y >= bottom).collect();
    let line = BLUE.stroke_width(3);
    chart
        .draw_series(LineSeries::new(points.iter().map(|point| at(point)), line))?
        .label("on validation data")
        .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 28, y)], line));
    let dashed = BLACK.stroke_width(1);
    chart.draw_series(DashedLineSeries::new(inside, 6, 4, dashed))?.label("at least (95 % interval)").legend(
        move |(x, y)| {
            EmptyElement::at((x, y))
                + PathElement::new(vec![(0, 0), (8, 0)], dashed)
                + PathElement::new(vec![(12, 0), (20, 0)], dashed)
                + PathElement::new(vec![(24, 0), (28, 0)], dashed)
        },
    );
    if let Some(point) = chosen {
        let label = format!("chosen: confidence {:.3} or more", point.threshold);
        chart
            .draw_series([at(point)].map(|at| TriangleMarker::new(at, 9, VERMILION.filled())))?
            .label(label)
            .legend(|(x, y)| TriangleMarker::new((x + 14, y), 8, VERMILION.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .legend_area_size(36)
        .margin(12)
        .label_font(("sans-serif", 16))
        .background_style(WHITE)
        .border_style(RGBColor(0x99, 0x99, 0x99))
        .draw()
}
