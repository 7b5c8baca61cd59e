//! The loss curve as a picture.

use std::io;
use std::path::Path;

use typednet_plot::{Chart, Figure};

use crate::{History, Record};

impl History {
    /// The training and validation loss over the epochs as an SVG picture, on a light or a dark ground as the reader's
    /// system has it.
    ///
    /// # Errors
    /// If there is no finite loss to draw.
    pub fn to_svg(&self) -> io::Result<String> {
        self.figure().map(|figure| figure.to_svg())
    }

    /// Writes [`to_svg`](History::to_svg) into a file.
    ///
    /// # Errors
    /// If there is no finite loss to draw, or the file cannot be written.
    pub fn write_svg(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.figure()?.write(path)
    }

    fn figure(&self) -> io::Result<Figure> {
        let points = |loss: fn(&Record) -> Option<f64>| -> Vec<(f64, f64)> {
            self.records().iter().filter_map(|record| Some((record.epoch as f64, loss(record)?))).collect()
        };
        let validation = points(|record| record.validation.map(|validation| validation.loss));
        let chart = Chart::new("", "epoch", "loss (mean over the samples)").whole_x().from_zero();
        let chart = chart.line("training", points(|record| Some(record.training.loss)));
        let chart = if validation.is_empty() { chart } else { chart.line("validation", validation) };
        let figure = Figure::new("Loss over the epochs", 1, [chart]).panel(720, 420);
        if figure.has_points() {
            Ok(figure)
        } else {
            Err(io::Error::other("the history holds no finite loss: train for an epoch before drawing it"))
        }
    }
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
        assert!(svg.contains("prefers-color-scheme:dark"), "it is read on a dark page too");
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
