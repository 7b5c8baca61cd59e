//! The legend: what each series is called, in rows above the chart, so that it covers nothing.

use svg::node::element::Group;

use crate::mark::{Mark, Marker, Shades};
use crate::shape::{self, Anchor, Frame};

/// The height of a row.
pub(crate) const ROW: f64 = 20.0;

/// The size of the texts.
const SIZE: f64 = 13.0;

/// The length of a line's sample, and the space between it and its name.
const SAMPLE: f64 = 34.0;
const GAP: f64 = 6.0;
const BETWEEN: f64 = 18.0;

/// The length of a scale of colours.
const SCALE: f64 = 96.0;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
enum Sample {
    Line { style: usize, marker: Option<Marker> },
    Marker { style: usize, marker: Marker },
    Bar { style: usize },
    Level,
    Scale { shades: Shades, ends: (String, String) },
}

/// A name with what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    name: String,
    sample: Sample,
}

/// The entries of a chart, in the order of its marks.
pub(crate) fn entries(marks: &[Mark]) -> Vec<Entry> {
    let entry = |mark: &Mark| {
        let (name, sample) = match mark {
            Mark::Line { name, style, markers, .. } => {
                (name, Sample::Line { style: *style, marker: markers.then(|| Marker::of(*style)) })
            }
            Mark::Points { name, style, marker, .. } => (name, Sample::Marker { style: *style, marker: *marker }),
            Mark::Bars { name, style, .. } => (name, Sample::Bar { style: *style }),
            Mark::Level { name, .. } => (name, Sample::Level),
            Mark::Scale { name, shades, ends } => (name, Sample::Scale { shades: *shades, ends: ends.clone() }),
            Mark::Plane(_) | Mark::Text { .. } => return None,
        };
        (!name.is_empty()).then(|| Entry { name: name.clone(), sample })
    };
    let mut entries: Vec<Entry> = Vec::new();
    for entry in marks.iter().filter_map(entry) {
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    entries
}

impl Entry {
    fn width(&self) -> f64 {
        let name = shape::width(&self.name, SIZE);
        match &self.sample {
            Sample::Line { .. } | Sample::Level => SAMPLE + GAP + name,
            Sample::Marker { .. } | Sample::Bar { .. } => 12.0 + GAP + name,
            Sample::Scale { ends: (from, to), .. } => {
                name + shape::width(from, SIZE) + shape::width(to, SIZE) + SCALE + 4.0 * GAP
            }
        }
    }

    fn draw(&self, (x, y): (f64, f64)) -> Group {
        let group = Group::new();
        let label = |at: f64| shape::text(&self.name, (at, y + 4.5), Anchor::Start, "text", SIZE);
        match &self.sample {
            Sample::Line { style, marker } => {
                let group = group.add(shape::stroke(&[(x, y), (x + SAMPLE, y)], *style)).add(label(x + SAMPLE + GAP));
                match marker {
                    Some(marker) => group.add(shape::marker(*marker, (x + SAMPLE / 2.0, y), *style, 1.0)),
                    None => group,
                }
            }
            Sample::Marker { style, marker } => {
                let y = if *marker == Marker::Stroke { y - 6.0 } else { y };
                group.add(shape::marker(*marker, (x + 6.0, y), *style, 1.0)).add(label(x + 12.0 + GAP))
            }
            Sample::Bar { style } => {
                let frame = Frame { left: x, top: y - 5.0, width: 12.0, height: 10.0 };
                group.add(shape::fill(frame, *style, 0.75)).add(label(x + 12.0 + GAP))
            }
            Sample::Level => {
                let line = shape::rule((x, y), (x + SAMPLE, y), "axis").set("stroke-dasharray", "2 3");
                group.add(line).add(label(x + SAMPLE + GAP))
            }
            Sample::Scale { shades, ends } => self.scale(group, (x, y), *shades, ends),
        }
    }

    /// The name, and the colours between their ends.
    fn scale(&self, group: Group, (x, y): (f64, f64), shades: Shades, (from, to): &(String, String)) -> Group {
        let text = |text: &str, x: f64, class: &str| shape::text(text, (x, y + 4.5), Anchor::Start, class, SIZE);
        let from_at = x + shape::width(&self.name, SIZE) + 2.0 * GAP;
        let left = from_at + shape::width(from, SIZE) + GAP;
        let mut group = group.add(text(&self.name, x, "text")).add(text(from, from_at, "soft"));
        let lowest = shades.level(shades.least());
        let count = f64::from(Shades::LEVELS - lowest + 1);
        for level in lowest..=Shades::LEVELS {
            let (style, opacity) = shades.colour(level);
            let width = SCALE / count;
            let left = left + f64::from(level - lowest) * width;
            group = group.add(shape::fill(Frame { left, top: y - 5.0, width, height: 10.0 }, style, opacity));
        }
        let border = svg::node::element::Rectangle::new().set("x", left.round()).set("y", (y - 5.0).round());
        let border = border.set("width", SCALE).set("height", 10).set("class", "axis");
        group.add(border).add(text(to, left + SCALE + GAP, "soft"))
    }
}

/// The entries in rows of at most this width.
pub(crate) fn rows(entries: Vec<Entry>, room: f64) -> Vec<Vec<Entry>> {
    let (mut rows, mut filled): (Vec<Vec<Entry>>, f64) = (Vec::new(), 0.0);
    for entry in entries {
        let width = entry.width();
        match rows.last_mut() {
            Some(row) if filled + BETWEEN + width <= room => {
                row.push(entry);
                filled += BETWEEN + width;
            }
            _ => {
                rows.push(vec![entry]);
                filled = width;
            }
        }
    }
    rows
}

/// The rows, from this place downwards.
pub(crate) fn draw(rows: &[Vec<Entry>], (left, top): (f64, f64)) -> Group {
    let mut group = Group::new();
    for (place, row) in rows.iter().enumerate() {
        let y = top + ROW * (place as f64 + 0.5);
        let mut x = left;
        for entry in row {
            group = group.add(entry.draw((x, y)));
            x += entry.width() + BETWEEN;
        }
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Chart;

    #[test]
    fn entries_are_those_with_a_name_and_each_once() {
        let chart = Chart::new("", "", "").line("a", []).line("", []).points("b", []).level("c", 1.0);
        let chart = chart.style(0).line("a", []);
        let names: Vec<String> = entries(&chart.marks).into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn rows_are_no_wider_than_their_room() {
        let names = ["gradient descent", "momentum", "Nesterov", "Adagrad", "RMSprop", "Adam"];
        let chart = names.iter().fold(Chart::new("", "", ""), |chart, name| chart.line(*name, []));
        let rows = rows(entries(&chart.marks), 300.0);
        assert!(rows.len() >= 3);
        for row in &rows {
            let width: f64 = row.iter().map(Entry::width).sum::<f64>() + BETWEEN * (row.len() - 1) as f64;
            assert!(width <= 300.0 || row.len() == 1);
        }
        assert_eq!(rows.iter().map(Vec::len).sum::<usize>(), names.len());
    }
}
