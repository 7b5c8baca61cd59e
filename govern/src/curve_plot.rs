//! Coverage and accuracy as a picture.

use std::path::Path;

use typednet_plot::{Chart, Figure, Marker};

use crate::{Curve, CurvePoint, GovernError};

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
        Ok(figure(&points, chosen).to_svg())
    }

    /// Writes [`to_svg`](Self::to_svg) into a file.
    ///
    /// # Errors
    /// As [`to_svg`](Self::to_svg), or if the file cannot be written.
    pub fn write_svg(&self, chosen: Option<&CurvePoint>, path: impl AsRef<Path>) -> Result<(), GovernError> {
        Ok(typednet_formats::write(path, self.to_svg(chosen)?)?)
    }
}

fn figure(points: &[&CurvePoint], chosen: Option<&CurvePoint>) -> Figure {
    let at = |point: &CurvePoint| (100.0 * point.coverage(), 100.0 * point.accuracy());
    let least = |point: &CurvePoint| (100.0 * point.coverage(), 100.0 * point.least_accuracy());
    // With few decisions the interval is wide, and would leave no room for the curve.
    let many = points.iter().filter(|point| point.coverage() >= 0.3).map(|point| least(point));
    let lowest = many.chain(points.iter().map(|point| at(point))).map(|(_, y)| y).fold(100.0, f64::min);
    let bottom = (lowest - 1.0).max(0.0).floor();
    let chart = Chart::new("", "cases decided (%)", "decisions that are right (%)")
        .x_range(0.0, 101.0)
        .y_range(bottom, 100.0 + 0.04 * (100.0 - bottom))
        .curve("on validation data", points.iter().map(|point| at(point)))
        .style(4)
        .curve("at least (95 % interval)", points.iter().map(|point| least(point)));
    let chart = match chosen {
        Some(point) => {
            let name = format!("chosen: confidence {:.3} or more", point.threshold);
            chart.style(1).marked(name, Marker::Triangle, [at(point)])
        }
        None => chart,
    };
    Figure::new("The more cases go to a human, the more of the others are right", 1, [chart]).panel(720, 440)
}
