//! One chart: axes with names, and what stands between them.

use crate::axis::{Axis, Kind};
use crate::mark::{Mark, Marker, Plane, Shades};

/// A chart: a title, two axes with names and units, and what stands between them.
///
/// Series take the styles of the palette in turn. What is not finite, or not above 0 on a logarithmic axis, is left out;
/// lines are cut at the ends of the axes. Names stand in a legend above the chart; a series whose name is empty has no
/// place in it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Chart {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) marks: Vec<Mark>,
    pub(crate) bare: bool,
    next: usize,
}

/// The values with their places from 1, as points of a line: losses with their epochs.
pub fn numbered(values: impl IntoIterator<Item = f64>) -> impl Iterator<Item = (f64, f64)> {
    values.into_iter().enumerate().map(|(i, value)| (i as f64 + 1.0, value))
}

impl Chart {
    /// A chart whose axes have these names, with the unit in brackets where there is one.
    pub fn new(title: impl Into<String>, x: impl Into<String>, y: impl Into<String>) -> Self {
        let (x, y) = (Axis::new(x.into()), Axis::new(y.into()));
        Self { title: title.into(), x, y, marks: Vec::new(), bare: false, next: 0 }
    }

    /// An image of `columns` pixels in a row, the first row on top, with values from 0 to 1, or from −1 to 1 where the
    /// shades say so. It has no axes.
    pub fn image(title: impl Into<String>, columns: usize, values: &[f64], shades: Shades) -> Self {
        Self::new(title, "", "").layer(columns, values, shades)
    }

    /// Another image of the same size over an [`image`](Self::image).
    pub fn layer(mut self, columns: usize, values: &[f64], shades: Shades) -> Self {
        let columns = columns.max(1);
        let rows: Vec<&[f64]> = values.chunks_exact(columns).collect();
        let (x, y) = ((0.0, columns as f64), (0.0, rows.len().max(1) as f64));
        let values = rows.iter().rev().copied().flatten().copied().collect();
        self.bare = true;
        (self.x.range, self.y.range) = (Some(x), Some(y));
        self.marks.push(Mark::Plane(Plane { columns, values, shades, x, y }));
        self
    }

    /// A logarithmic x axis.
    pub fn log_x(mut self) -> Self {
        self.x.kind = Kind::Logarithmic;
        self
    }

    /// A logarithmic y axis.
    pub fn log_y(mut self) -> Self {
        self.y.kind = Kind::Logarithmic;
        self
    }

    /// Numbers at whole places of x only: epochs, steps, layers.
    pub fn whole_x(mut self) -> Self {
        self.x.kind = Kind::Whole;
        self
    }

    /// Numbers at whole places of y only.
    pub fn whole_y(mut self) -> Self {
        self.y.kind = Kind::Whole;
        self
    }

    /// A name at each place of x, from 0.
    pub fn names_x(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.x.kind = Kind::Names(names.into_iter().map(Into::into).collect());
        self
    }

    /// A name at each place of y, from 0, which is below.
    pub fn names_y(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.y.kind = Kind::Names(names.into_iter().map(Into::into).collect());
        self
    }

    /// From where to where x goes.
    pub fn x_range(mut self, from: f64, to: f64) -> Self {
        self.x.range = Some((from, to));
        self
    }

    /// From where to where y goes.
    pub fn y_range(mut self, from: f64, to: f64) -> Self {
        self.y.range = Some((from, to));
        self
    }

    /// 0 is on the y axis in any case.
    pub fn from_zero(mut self) -> Self {
        self.y.from_zero = true;
        self
    }

    /// The next series has this style of the palette, and those after it the following ones.
    pub fn style(mut self, style: usize) -> Self {
        self.next = style;
        self
    }

    fn next(&mut self) -> usize {
        self.next += 1;
        (self.next - 1) % crate::STYLES
    }

    /// A line with a few markers.
    pub fn line(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.lined(name, points, true)
    }

    /// A line without markers.
    pub fn curve(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.lined(name, points, false)
    }

    fn lined(mut self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>, markers: bool) -> Self {
        let style = self.next();
        self.marks.push(Mark::Line { name: name.into(), points: points.into_iter().collect(), style, markers });
        self
    }

    /// Markers without a line.
    pub fn points(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let marker = Marker::of(self.next);
        self.marked(name, marker, points)
    }

    /// Markers of this kind without a line.
    pub fn marked(
        mut self,
        name: impl Into<String>,
        marker: Marker,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        let style = self.next();
        self.marks.push(Mark::Points { name: name.into(), points: points.into_iter().collect(), style, marker });
        self
    }

    /// Bars from 0 to a height: where each begins, where it ends, and how high it is.
    pub fn bars(mut self, name: impl Into<String>, bars: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        let style = self.next();
        self.marks.push(Mark::Bars { name: name.into(), bars: bars.into_iter().collect(), style });
        self
    }

    /// The share of the values in each of `bins` equal parts of the range; what is outside counts at the border.
    pub fn histogram(self, name: impl Into<String>, values: &[f32], bins: usize, (from, to): (f64, f64)) -> Self {
        let bins = bins.max(1);
        let width = (to - from) / bins as f64;
        let mut shares = vec![0.0; bins];
        for value in values {
            #[allow(clippy::cast_sign_loss, reason = "it is clamped to 0 and above")]
            let bin = ((f64::from(*value) - from) / width).floor().clamp(0.0, (bins - 1) as f64) as usize;
            shares[bin] += 1.0 / values.len() as f64;
        }
        let edge = |i: usize| from + width * i as f64;
        self.bars(name, shares.into_iter().enumerate().map(|(i, share)| (edge(i), edge(i + 1), share)))
    }

    /// The plane from `x.0` to `x.1` and from `y.0` to `y.1` in `cells`×`cells` cells, coloured by `f(x, y)`; these are
    /// the ends of the axes too, where they were not set.
    pub fn plane(
        mut self,
        cells: usize,
        (x, y): ((f64, f64), (f64, f64)),
        shades: Shades,
        f: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let middle = |i: usize, (from, to): (f64, f64)| from + (to - from) * (i as f64 + 0.5) / cells as f64;
        let values = (0..cells * cells).map(|i| f(middle(i % cells, x), middle(i / cells, y))).collect();
        self.x.range.get_or_insert(x);
        self.y.range.get_or_insert(y);
        self.marks.push(Mark::Plane(Plane { columns: cells.max(1), values, shades, x, y }));
        self
    }

    /// A table of numbers as colours, with `columns` of them in a row and the first row on top. Each cell stands around a whole place of
    /// both axes, such as those of [`names_x`](Self::names_x) and [`names_y`](Self::names_y).
    pub fn cells(mut self, columns: usize, values: &[f64], shades: Shades) -> Self {
        let columns = columns.max(1);
        let rows: Vec<&[f64]> = values.chunks_exact(columns).collect();
        let [x, y] = [columns, rows.len().max(1)].map(|count| (-0.5, count as f64 - 0.5));
        let values = rows.iter().rev().copied().flatten().copied().collect();
        self.x.range.get_or_insert(x);
        self.y.range.get_or_insert(y);
        self.marks.push(Mark::Plane(Plane { columns, values, shades, x, y }));
        self
    }

    /// What the colours of a plane mean: a name, and the texts at both ends of their scale.
    pub fn colours(
        mut self,
        name: impl Into<String>,
        shades: Shades,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        self.marks.push(Mark::Scale { name: name.into(), shades, ends: (from.into(), to.into()) });
        self
    }

    /// A short text to the right of a point.
    pub fn text(mut self, text: impl Into<String>, x: f64, y: f64) -> Self {
        self.marks.push(Mark::Text { text: text.into(), at: (x, y) });
        self
    }

    /// A level of y to compare with, as a thin line from end to end.
    pub fn level(mut self, name: impl Into<String>, y: f64) -> Self {
        self.marks.push(Mark::Level { name: name.into(), y });
        self
    }

    /// Whether anything can be drawn: whether a point has its place on both axes.
    pub fn has_points(&self) -> bool {
        let on_axes = |(x, y): (f64, f64)| self.x.takes(x) && self.y.takes(y);
        self.marks.iter().any(|mark| matches!(mark, Mark::Plane(_))) || self.points_of_all().any(on_axes)
    }

    /// All points, also those that cannot be drawn.
    pub(crate) fn points_of_all(&self) -> impl Iterator<Item = (f64, f64)> {
        self.marks.iter().flat_map(|mark| match mark {
            Mark::Line { points, .. } | Mark::Points { points, .. } => points.clone(),
            Mark::Bars { bars, .. } => bars.iter().flat_map(|(a, b, height)| [(*a, 0.0), (*b, *height)]).collect(),
            _ => Vec::new(),
        })
    }

    /// The levels of y that must be seen.
    pub(crate) fn levels(&self) -> impl Iterator<Item = f64> {
        self.marks.iter().filter_map(|mark| if let Mark::Level { y, .. } = mark { Some(*y) } else { None })
    }
}
