//! The plots of a report.

use typednet_plot::{Chart, Figure};

use crate::{Histogram, LayerMeasurement, Log, Measurement, WatchedLayer};

/// A plot with what it shows.
pub(super) struct Plot {
    pub(super) figure: Figure,
    pub(super) caption: String,
}

/// The size of a plot of which two stand beside each other, and of one of three.
const WIDE: (u32, u32) = (490, 330);
const SMALL: (u32, u32) = (330, 270);

/// The most lines in a plot, all of which are told apart.
const MOST_LINES: usize = 6;

/// The chart with its caption; `None` if there is no point that can be drawn.
fn plot(chart: Chart, (width, height): (u32, u32), caption: impl Into<String>) -> Option<Plot> {
    chart
        .has_points()
        .then(|| Plot { figure: Figure::new("", 1, [chart]).panel(width, height), caption: caption.into() })
}

/// A name with its points.
type Line = (String, Vec<(f64, f64)>);

fn line(name: &str, points: impl Iterator<Item = (f64, Option<f64>)>) -> Line {
    (name.into(), points.filter_map(|(x, y)| Some((x, y?))).collect())
}

/// The lines that have points; a line that is alone is named by its axis.
fn with_lines(chart: Chart, lines: impl IntoIterator<Item = Line>) -> Chart {
    let lines: Vec<Line> = lines.into_iter().filter(|(_, points)| !points.is_empty()).collect();
    let is_alone = lines.len() == 1;
    lines
        .into_iter()
        .fold(chart, |chart, (name, points)| chart.line(if is_alone { String::new() } else { name }, points))
}

pub(super) fn loss(log: &Log) -> Option<Plot> {
    let records = || log.records.iter().map(|record| (record.epoch as f64, record));
    let lines = [
        line("training", records().map(|(epoch, record)| (epoch, Some(record.training.loss)))),
        line("validation", records().map(|(epoch, record)| (epoch, record.validation.map(|v| v.loss)))),
    ];
    let chart = Chart::new("Loss", "epoch", "loss (mean over the samples)").whole_x().from_zero();
    plot(
        with_lines(chart, lines),
        WIDE,
        "Loss over the epochs. Training is measured before each step, while the weights change; validation after the epoch.",
    )
}

pub(super) fn accuracy(log: &Log) -> Option<Plot> {
    let records = || log.records.iter().map(|record| (record.epoch as f64, record));
    let percent = |accuracy: Option<f64>| accuracy.map(|share| 100.0 * share);
    let lines = [
        line("training", records().map(|(epoch, record)| (epoch, percent(record.training.accuracy)))),
        line(
            "validation",
            records().map(|(epoch, record)| (epoch, percent(record.validation.and_then(|v| v.accuracy)))),
        ),
    ];
    let chart = Chart::new("Accuracy", "epoch", "accuracy (%)").whole_x();
    plot(with_lines(chart, lines), WIDE, "Accuracy over the epochs.")
}

/// The places of at most `most` of `count`, evenly spread, the first and the last among them.
fn spread(count: usize, most: usize) -> Vec<usize> {
    if count <= most { (0..count).collect() } else { (0..most).map(|i| i * (count - 1) / (most - 1)).collect() }
}

/// A line for each of some layers over the steps.
fn over_steps(chart: Chart, log: &Log, of: impl Fn(&LayerMeasurement) -> Option<f64>) -> Chart {
    let points = |index: usize| log.measurements.iter().map(move |m| (m.step as f64, index, m));
    let lines = (0..log.layers.len()).map(|index| {
        line(&log.layers[index].name, points(index).map(|(step, index, m)| (step, m.layers.get(index).and_then(&of))))
    });
    let mut lines: Vec<Option<Line>> = lines.filter(|(_, points)| !points.is_empty()).map(Some).collect();
    let some: Vec<Line> = spread(lines.len(), MOST_LINES).into_iter().filter_map(|index| lines[index].take()).collect();
    with_lines(chart.whole_x(), some)
}

pub(super) fn gradients_over_steps(log: &Log) -> Option<Plot> {
    let chart = Chart::new("Gradient of each layer", "step", "‖g‖/√n (log scale)").log_y();
    plot(
        over_steps(chart, log, |layer| Some(layer.parameters?.gradient_size)),
        WIDE,
        "Gradient size of each layer: the root of the mean square of its elements. 1e-6 to 1e-1 is healthy.",
    )
}

pub(super) fn gradient_flow(log: &Log) -> Option<Plot> {
    let layers: Vec<(usize, &WatchedLayer)> =
        log.layers.iter().enumerate().filter(|(_, layer)| layer.parameters > 0).collect();
    let at = |measurement: &Measurement| {
        let sizes = (0_u32..).zip(&layers).filter_map(|(place, (index, _))| {
            Some((f64::from(place), measurement.layers.get(*index)?.parameters?.gradient_size))
        });
        (format!("step {}", measurement.step), sizes.collect())
    };
    let lines = spread(log.measurements.len(), 5).into_iter().map(|index| at(&log.measurements[index]));
    let chart = Chart::new("Gradient flow", "layer, from the input to the output", "‖g‖/√n (log scale)").log_y();
    plot(
        with_lines(chart.names_x(layers.iter().map(|(_, layer)| layer.name.clone())), lines),
        WIDE,
        "Gradient flow: the size of the gradient from layer to layer, at several steps. A line that falls steeply to the left \
         is a gradient that vanishes on its way back.",
    )
}

pub(super) fn update_ratios(log: &Log) -> Option<Plot> {
    let chart = Chart::new("Update ratio of each layer", "step", "‖ΔW‖/‖W‖ (log scale)").log_y();
    let chart = over_steps(chart, log, |layer| layer.parameters?.update_ratio).level("healthy", 1e-3);
    plot(
        chart,
        WIDE,
        "Update ratio: how far a step moves the weights, as a share of their norm. About 1e-3, the dotted line, is healthy.",
    )
}

pub(super) fn deviations(log: &Log) -> Option<Plot> {
    let chart = Chart::new("Spread of the activations", "step", "standard deviation of the outputs").from_zero();
    plot(
        over_steps(chart, log, |layer| Some(layer.activations?.deviation)),
        WIDE,
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
pub(super) fn histograms(log: &Log) -> Vec<(String, Vec<Plot>)> {
    let (Some(first), Some(last)) = (log.measurements.first(), log.measurements.last()) else { return Vec::new() };
    let mut all = Vec::new();
    for index in spread(log.layers.len(), MOST_HISTOGRAMS) {
        let layer = &log.layers[index];
        let mut plots = Vec::new();
        for (name, axis, of) in SPREADS {
            let outline_of = |measurement: &Measurement| {
                let histogram =
                    of(measurement.layers.get(index)?).filter(|histogram| histogram.high > histogram.low)?;
                Some((format!("step {}", measurement.step), outline(&histogram)))
            };
            let steps = if first.step == last.step { vec![last] } else { vec![first, last] };
            let chart = Chart::new(name, axis, "density (share per unit)").from_zero();
            let chart =
                steps.into_iter().filter_map(outline_of).fold(chart, |chart, (name, points)| chart.curve(name, points));
            plots.extend(plot(chart, SMALL, ""));
        }
        all.push((format!("{}: {}", layer.name, layer.kind), plots));
    }
    all
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
