//! The plots of a report.

use super::chart::{Chart, Labels, Line, Style};
use crate::{Histogram, LayerMeasurement, Log, Measurement, WatchError, WatchedLayer};

/// A plot with what it shows.
pub(super) struct Figure {
    pub(super) html: String,
    pub(super) caption: String,
}

type Drawn = Result<Option<Figure>, WatchError>;

fn figure(chart: &Chart<'_>, caption: impl Into<String>) -> Drawn {
    Ok(chart.to_html()?.map(|html| Figure { html, caption: caption.into() }))
}

/// A wide chart over steps or epochs.
fn wide(what: &'static str, x: &'static str, y: &'static str, lines: Vec<Line>) -> Chart<'static> {
    let (size, x_labels) = ((560, 340), Labels::Counts);
    Chart { what, size, x, y, x_labels, magnitudes: false, from_zero: true, lines, level: None, markers: true }
}

fn line(name: &str, points: impl Iterator<Item = (f64, Option<f64>)>) -> Line {
    Line { name: name.into(), points: points.filter_map(|(x, y)| Some((x, y?))).collect() }
}

fn without_empty(lines: impl IntoIterator<Item = Line>) -> Vec<Line> {
    lines.into_iter().filter(|line| !line.points.is_empty()).collect()
}

pub(super) fn loss(log: &Log) -> Drawn {
    let records = || log.records.iter().map(|record| (record.epoch as f64, record));
    let lines = [
        line("training", records().map(|(epoch, record)| (epoch, Some(record.training.loss)))),
        line("validation", records().map(|(epoch, record)| (epoch, record.validation.map(|v| v.loss)))),
    ];
    figure(
        &wide("the loss", "epoch", "loss (mean over the samples)", without_empty(lines)),
        "Loss over the epochs. Training is measured before each step, while the weights change; validation after the epoch.",
    )
}

pub(super) fn accuracy(log: &Log) -> Drawn {
    let records = || log.records.iter().map(|record| (record.epoch as f64, record));
    let percent = |accuracy: Option<f64>| accuracy.map(|share| 100.0 * share);
    let lines = [
        line("training", records().map(|(epoch, record)| (epoch, percent(record.training.accuracy)))),
        line(
            "validation",
            records().map(|(epoch, record)| (epoch, percent(record.validation.and_then(|v| v.accuracy)))),
        ),
    ];
    let chart = wide("the accuracy", "epoch", "accuracy (%)", without_empty(lines));
    figure(&Chart { from_zero: false, ..chart }, "Accuracy over the epochs.")
}

/// The places of at most `most` of `count`, evenly spread, the first and the last among them.
fn spread(count: usize, most: usize) -> Vec<usize> {
    if count <= most { (0..count).collect() } else { (0..most).map(|i| i * (count - 1) / (most - 1)).collect() }
}

/// A line for each of some layers over the steps.
fn over_steps(log: &Log, of: impl Fn(&LayerMeasurement) -> Option<f64>) -> Vec<Line> {
    let points = |index: usize| log.measurements.iter().map(move |m| (m.step as f64, index, m));
    let lines = (0..log.layers.len()).map(|index| {
        line(&log.layers[index].name, points(index).map(|(step, index, m)| (step, m.layers.get(index).and_then(&of))))
    });
    let mut lines: Vec<Option<Line>> = without_empty(lines).into_iter().map(Some).collect();
    spread(lines.len(), Style::ALL.len()).into_iter().filter_map(|index| lines[index].take()).collect()
}

pub(super) fn gradients_over_steps(log: &Log) -> Drawn {
    let lines = over_steps(log, |layer| Some(layer.parameters?.gradient_size));
    let chart = wide("the gradients", "step", "‖g‖/√n (log scale)", lines);
    figure(
        &Chart { magnitudes: true, ..chart },
        "Gradient size of each layer: the root of the mean square of its elements. 1e-6 to 1e-1 is healthy.",
    )
}

/// Names below an axis where there is room for them, else numbers as in the table of layers.
fn names(layers: &[(usize, &WatchedLayer)]) -> Vec<String> {
    let room = 56 / layers.len().max(1);
    let fit = layers.iter().all(|(_, layer)| layer.name.chars().count() <= room);
    layers.iter().map(|(index, layer)| if fit { layer.name.clone() } else { format!("{}", index + 1) }).collect()
}

pub(super) fn gradient_flow(log: &Log) -> Drawn {
    let layers: Vec<(usize, &WatchedLayer)> =
        log.layers.iter().enumerate().filter(|(_, layer)| layer.parameters > 0).collect();
    let at = |measurement: &Measurement| Line {
        name: format!("step {}", measurement.step),
        points: (0_u32..)
            .zip(&layers)
            .filter_map(|(place, (index, _))| {
                Some((f64::from(place), measurement.layers.get(*index)?.parameters?.gradient_size))
            })
            .collect(),
    };
    let lines = spread(log.measurements.len(), 5).into_iter().map(|index| at(&log.measurements[index]));
    let chart = wide("the gradient flow", "layer, from the input to the output", "‖g‖/√n (log scale)", lines.collect());
    let names = names(&layers);
    figure(
        &Chart { magnitudes: true, x_labels: Labels::Names(&names), ..chart },
        "Gradient flow: the size of the gradient from layer to layer, at several steps. A line that falls steeply to the left \
         is a gradient that vanishes on its way back.",
    )
}

pub(super) fn update_ratios(log: &Log) -> Drawn {
    let lines = over_steps(log, |layer| layer.parameters?.update_ratio);
    let chart = wide("the update ratios", "step", "‖ΔW‖/‖W‖ (log scale)", lines);
    figure(
        &Chart { magnitudes: true, level: Some(1e-3), ..chart },
        "Update ratio: how far a step moves the weights, as a share of their norm. About 1e-3, the dotted line, is healthy.",
    )
}

pub(super) fn deviations(log: &Log) -> Drawn {
    let lines = over_steps(log, |layer| Some(layer.activations?.deviation));
    let chart = wide("the activations", "step", "standard deviation of the outputs", lines);
    figure(
        &chart,
        "Spread of what each layer gives, over units and samples. Where it goes to 0, a layer says nothing any more.",
    )
}

/// What is spread: its name, its unit on the axis, and its histogram in a measurement.
type Spread = (&'static str, &'static str, fn(&LayerMeasurement) -> Option<Histogram>);

const SPREADS: [Spread; 3] = [
    ("weights", "weight", |layer| Some(layer.parameters?.weights)),
    ("gradients", "element of the gradient", |layer| Some(layer.parameters?.gradients)),
    ("activations", "output of a unit", |layer| Some(layer.activations?.values)),
];

/// The most layers whose histograms are drawn.
pub(super) const MOST_HISTOGRAMS: usize = 12;

/// For each of some layers, the first and the last histogram of weights, gradients and activations.
pub(super) fn histograms(log: &Log) -> Result<Vec<(String, Vec<Figure>)>, WatchError> {
    let (Some(first), Some(last)) = (log.measurements.first(), log.measurements.last()) else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for index in spread(log.layers.len(), MOST_HISTOGRAMS) {
        let layer = &log.layers[index];
        let mut figures = Vec::new();
        for (name, axis, of) in SPREADS {
            let lines = [first, last].into_iter().rev().filter_map(|measurement| {
                let histogram =
                    of(measurement.layers.get(index)?).filter(|histogram| histogram.high > histogram.low)?;
                Some(Line { name: format!("step {}", measurement.step), points: outline(&histogram) })
            });
            let mut lines: Vec<Line> = lines.collect();
            if first.step == last.step {
                lines.truncate(1);
            }
            let chart = Chart {
                what: "a histogram",
                size: (370, 270),
                x: axis,
                y: "density (share per unit)",
                x_labels: Labels::Numbers,
                magnitudes: false,
                from_zero: true,
                lines,
                level: None,
                markers: false,
            };
            figures.extend(figure(&chart, name)?);
        }
        all.push((format!("{}: {}", layer.name, layer.kind), figures));
    }
    Ok(all)
}

/// The steps of a histogram, from the axis to the axis. The area below them is 1, so that two of different widths can be
/// compared.
fn outline(histogram: &Histogram) -> Vec<(f64, f64)> {
    let area = histogram.total() as f64 * (histogram.edge(1) - histogram.edge(0));
    let mut points = vec![(histogram.edge(0), 0.0)];
    for (bin, count) in histogram.counts.iter().enumerate() {
        let density = f64::from(*count) / area;
        points.extend([(histogram.edge(bin), density), (histogram.edge(bin + 1), density)]);
    }
    points.push((histogram.edge(Histogram::BINS), 0.0));
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_are_among_the_spread() {
        assert_eq!(spread(3, 6), [0, 1, 2]);
        assert_eq!(spread(11, 6), [0, 2, 4, 6, 8, 10]);
        assert_eq!(spread(1_000, 3), [0, 499, 999]);
        assert!(spread(0, 6).is_empty());
    }

    #[test]
    fn an_outline_covers_what_was_counted() {
        let mut histogram = Histogram { low: 0.0, high: 32.0, ..Histogram::EMPTY };
        (histogram.counts[0], histogram.counts[31]) = (1, 3);
        let points = outline(&histogram);
        assert_eq!(points[..3], [(0.0, 0.0), (0.0, 0.25), (1.0, 0.25)]);
        assert_eq!(points[points.len() - 2..], [(32.0, 0.75), (32.0, 0.0)]);
    }
}
