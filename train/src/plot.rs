//! The loss curve as a picture.

use std::io;
use std::path::Path;

use plotters::prelude::*;

use crate::History;

/// Blue and vermilion of Okabe and Ito's palette, which people without full colour vision tell apart; the second line
/// is dashed and has other markers too.
const TRAINING: RGBColor = RGBColor(0x00, 0x72, 0xB2);
const VALIDATION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);

impl History {
    /// The training and validation loss over the epochs as an SVG picture, on a white ground so that it can stand on
    /// a dark page too.
    ///
    /// # Errors
    /// If there is no finite loss to draw.
    pub fn to_svg(&self) -> io::Result<String> {
        let points = |loss: fn(&crate::Record) -> Option<f64>| -> Vec<(f64, f64)> {
            let point = |record| loss(record).filter(|loss| loss.is_finite()).map(|loss| (record.epoch as f64, loss));
            self.records().iter().filter_map(point).collect()
        };
        let training = points(|record| Some(record.training.loss));
        let validation = points(|record| record.validation.map(|validation| validation.loss));
        let all = || training.iter().chain(&validation);
        let (Some(first), Some(last)) =
            (all().map(|point| point.0).min_by(f64::total_cmp), all().map(|point| point.0).max_by(f64::total_cmp))
        else {
            return Err(io::Error::other("the history holds no finite loss: train for an epoch before drawing it"));
        };
        let lowest = all().map(|point| point.1).fold(0.0, f64::min);
        let highest = all().map(|point| point.1).fold(f64::MIN_POSITIVE, f64::max);
        let room = 0.05 * (highest - lowest);
        let bottom = if lowest < 0.0 { lowest - room } else { 0.0 };

        let mut svg = String::new();
        draw(&mut svg, &training, &validation, (first - 0.25, last + 0.25), (bottom, highest + room))
            .map_err(|error| io::Error::other(error.to_string()))?;
        Ok(svg)
    }

    /// Writes [`to_svg`](History::to_svg) into a file.
    ///
    /// # Errors
    /// If there is no finite loss to draw, or the file cannot be written.
    pub fn write_svg(&self, path: impl AsRef<Path>) -> io::Result<()> {
        std::fs::write(path, self.to_svg()?)
    }
}

/// The marker of the training loss.
fn dot<C>(at: C) -> Circle<C, i32> {
    Circle::new(at, 4, TRAINING.filled())
}

/// The marker of the validation loss.
fn triangle<C>(at: C) -> TriangleMarker<C, i32> {
    TriangleMarker::new(at, 6, VALIDATION.filled())
}

/// The points that get a marker: all of a few, every n-th of many.
fn some(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    points.iter().copied().step_by(points.len().div_ceil(40).max(1))
}

type Drawn = Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

fn draw(
    svg: &mut String,
    training: &[(f64, f64)],
    validation: &[(f64, f64)],
    epochs: (f64, f64),
    losses: (f64, f64),
) -> Drawn {
    let area = SVGBackend::with_string(svg, (720, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(epochs.0..epochs.1, losses.0..losses.1)?;
    chart
        .configure_mesh()
        .x_desc("epoch")
        .y_desc("loss (mean over the samples)")
        .label_style(("sans-serif", 15))
        .axis_desc_style(("sans-serif", 16))
        .x_labels(10)
        .x_label_formatter(&|epoch| if epoch.fract() == 0.0 { format!("{epoch}") } else { String::new() })
        .y_label_formatter(&|loss| format!("{}", (loss * 1e6).round() / 1e6))
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(0xDD, 0xDD, 0xDD))
        .axis_style(BLACK)
        .draw()?;

    let line = TRAINING.stroke_width(2);
    chart
        .draw_series(LineSeries::new(training.iter().copied(), line))?
        .label("training")
        .legend(move |(x, y)| EmptyElement::at((x, y)) + PathElement::new(vec![(0, 0), (28, 0)], line) + dot((14, 0)));
    chart.draw_series(some(training).map(dot))?;

    if !validation.is_empty() {
        let line = VALIDATION.stroke_width(2);
        chart.draw_series(DashedLineSeries::new(validation.iter().copied(), 8, 5, line))?.label("validation").legend(
            move |(x, y)| {
                EmptyElement::at((x, y))
                    + PathElement::new(vec![(0, 0), (9, 0)], line)
                    + PathElement::new(vec![(19, 0), (28, 0)], line)
                    + triangle((14, 0))
            },
        );
        chart.draw_series(some(validation).map(triangle))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .legend_area_size(36)
        .margin(12)
        .label_font(("sans-serif", 16))
        .background_style(WHITE)
        .border_style(RGBColor(0x99, 0x99, 0x99))
        .draw()?;
    area.present()
}

#[cfg(test)]
mod tests {
    use crate::{Evaluation, History, Record};

    fn history(losses: &[(f64, Option<f64>)]) -> History {
        let record = |(i, &(loss, validation)): (usize, &(f64, Option<f64>))| Record {
            epoch: i + 1,
            training: Evaluation { loss, accuracy: None },
            validation: validation.map(|loss| Evaluation { loss, accuracy: None }),
            learning_rate: 0.1,
            seconds: 1.0,
        };
        losses.iter().enumerate().map(record).collect()
    }

    #[test]
    fn the_picture_names_its_axes_and_lines() {
        let svg = history(&[(0.9, Some(0.95)), (0.5, Some(0.6)), (0.4, Some(0.7))]).to_svg().expect("a picture");
        for text in ["epoch", "loss (mean over the samples)", "training", "validation"] {
            assert!(svg.contains(text), "`{text}` is missing");
        }
        assert_eq!(svg.matches("<circle").count(), 4, "a marker for each epoch and one in the legend");
        let svg = history(&[(0.9, None), (0.5, None)]).to_svg().expect("a picture");
        assert!(!svg.contains("validation"));
    }

    #[test]
    fn odd_histories_are_drawn_or_refused() {
        assert!(history(&[]).to_svg().is_err());
        assert!(history(&[(f64::NAN, None)]).to_svg().is_err());
        for losses in [[(0.0, None)].as_slice(), &[(1e-300, None)], &[(-2.0, None), (f64::INFINITY, Some(-3.0))]] {
            assert!(history(losses).to_svg().is_ok(), "{losses:?}");
        }
    }
}
