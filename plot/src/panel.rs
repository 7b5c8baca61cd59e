//! A chart in its place: title, legend, axes, and what stands between them.

use std::collections::BTreeMap;

use svg::node::element::{Group, Rectangle};

use crate::axis::Scale;
use crate::chart::Chart;
use crate::clip;
use crate::legend;
use crate::mark::{Mark, Plane};
use crate::shape::{self, Anchor, Frame};
use crate::ticks::Tick;

const TITLE: f64 = 15.0;
const TICK: f64 = 12.5;
const NAME: f64 = 13.0;

/// The most markers on one line.
const MARKERS: usize = 12;

/// The most points whose markers are larger.
const FEW: usize = 6;

/// The height of a title's line.
pub(crate) const TITLE_ROW: f64 = 20.0;

/// How high title and legend of a chart are.
#[derive(Clone, Copy, Default)]
pub(crate) struct Head {
    pub(crate) title: f64,
    pub(crate) legend: f64,
}

impl Head {
    /// What a chart of this width takes.
    pub(crate) fn of(chart: &Chart, width: f64, has_legend: bool) -> Self {
        let room = width - 2.0 * MARGIN;
        let rows = if has_legend { legend::rows(legend::entries(&chart.marks), room).len() } else { 0 };
        let lines = shape::wrapped(&chart.title, TITLE, room).len();
        Self { title: TITLE_ROW * lines as f64, legend: legend::ROW * rows as f64 }
    }

    /// The larger of both.
    pub(crate) fn max(self, other: Self) -> Self {
        Self { title: self.title.max(other.title), legend: self.legend.max(other.legend) }
    }
}

/// The space around a chart.
pub(crate) const MARGIN: f64 = 12.0;

/// A chart, with the room that title and legend have in its row of the figure.
pub(crate) fn draw(chart: &Chart, frame: Frame, head: Head, has_legend: bool) -> Group {
    let mut group = Group::new();
    let room = frame.width - 2.0 * MARGIN;
    for (line, text) in (0_u32..).zip(shape::wrapped(&chart.title, TITLE, room)) {
        let y = frame.top + 15.0 + TITLE_ROW * f64::from(line);
        group = group
            .add(shape::text(&text, (frame.left + MARGIN, y), Anchor::Start, "text", TITLE).set("font-weight", 600));
    }
    let top = frame.top + head.title;
    if has_legend {
        group = group.add(legend::draw(&legend::rows(legend::entries(&chart.marks), room), (frame.left + MARGIN, top)));
    }
    let top = top + head.legend + 6.0;
    let body = Frame { top, height: frame.bottom() - top, ..frame };
    if chart.bare { group.add(image(chart, body)) } else { group.add(Plot::new(chart, body).draw()) }
}

/// An image without axes: as large as fits, with square pixels of whole size.
fn image(chart: &Chart, body: Frame) -> Group {
    let scales = (chart.x.scale([].into_iter()), chart.y.scale([].into_iter()));
    let (columns, rows) = (scales.0.ends().1, scales.1.ends().1);
    let side = ((body.width - 2.0 * MARGIN) / columns).min((body.height - 8.0) / rows).floor().max(1.0);
    let frame =
        Frame { left: (body.left + MARGIN).round(), top: body.top.round(), width: side * columns, height: side * rows };
    let mut group = Group::new();
    for mark in &chart.marks {
        if let Mark::Plane(layer) = mark {
            group = group.add(plane(layer, frame, &scales));
        }
    }
    group.add(border(frame))
}

fn border(frame: Frame) -> Rectangle {
    let at = Rectangle::new().set("x", frame.left - 0.5).set("y", frame.top - 0.5).set("class", "axis");
    at.set("width", frame.width + 1.0).set("height", frame.height + 1.0)
}

/// A chart whose axes are laid out.
struct Plot<'a> {
    chart: &'a Chart,
    frame: Frame,
    x: Scale<'a>,
    y: Scale<'a>,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Whether the names below x stand aslant.
    aslant: bool,
    outer: Frame,
}

impl<'a> Plot<'a> {
    fn new(chart: &'a Chart, outer: Frame) -> Self {
        let seen = |(x, y): &(f64, f64)| chart.x.takes(*x) && chart.y.takes(*y);
        let points: Vec<(f64, f64)> = chart.points_of_all().filter(seen).collect();
        let x = chart.x.scale(points.iter().map(|point| point.0));
        let y = chart.y.scale(points.iter().map(|point| point.1).chain(chart.levels()));

        let below = 40.0 - if chart.x.name.is_empty() { 18.0 } else { 0.0 };
        let height = outer.height - below - 4.0;
        let y_ticks = y.ticks(|ticks| apart(&y, ticks, height, |_| 27.0));
        let widest = y_ticks.iter().map(|tick| shape::width(&tick.label, TICK)).fold(0.0, f64::max);
        let beside = if chart.y.name.is_empty() { 0.0 } else { 20.0 };
        let left = outer.left + 6.0 + beside + widest + 8.0;
        let width = outer.right() - MARGIN - 6.0 - left;

        let x_ticks = x.ticks(|ticks| apart(&x, ticks, width, |tick| shape::width(&tick.label, TICK) + 14.0));
        let aslant = x.has_names() && !apart(&x, &x_ticks, width, |tick| shape::width(&tick.label, TICK) + 8.0);
        let longest = x_ticks.iter().map(|tick| shape::width(&tick.label, TICK)).fold(0.0, f64::max);
        let more = if aslant { 0.5 * longest } else { 0.0 };
        let frame = Frame {
            left: left.round(),
            top: outer.top.round(),
            width: width.round().max(1.0),
            height: (height - more).round().max(1.0),
        };
        Self { chart, frame, x, y, x_ticks, y_ticks, aslant, outer }
    }

    /// Where a value stands in the unit square.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        // What an axis does not take is no number there.
        let of = |takes: bool, place: f64| if takes { place } else { f64::NAN };
        (of(self.chart.x.takes(x), self.x.place(x)), of(self.chart.y.takes(y), self.y.place(y)))
    }

    fn draw(&self) -> Group {
        let mut group = Group::new();
        let planes =
            || self.chart.marks.iter().filter_map(|mark| if let Mark::Plane(it) = mark { Some(it) } else { None });
        for it in planes() {
            group = group.add(plane(it, self.frame, &(self.x.clone(), self.y.clone())));
        }
        group = self.axes(group, planes().next().is_none());
        for mark in &self.chart.marks {
            group = self.mark(group, mark);
        }
        group
    }

    fn axes(&self, mut group: Group, has_grid: bool) -> Group {
        let Frame { left, top, .. } = self.frame;
        let (right, bottom) = (self.frame.right(), self.frame.bottom());
        for tick in &self.x_ticks {
            let x = self.frame.at((self.x.place(tick.value), 0.0)).0;
            if has_grid && !self.x.has_names() {
                group = group.add(shape::rule((x, top), (x, bottom), "grid"));
            }
            if tick.label.is_empty() {
                continue;
            }
            group = group.add(shape::rule((x, bottom), (x, bottom + 4.0), "axis"));
            let label = if self.aslant {
                let at = (x + 3.0, bottom + 14.0);
                shape::text(&tick.label, at, Anchor::End, "soft", TICK)
                    .set("transform", format!("rotate(-30 {} {})", shape::tenth(at.0), shape::tenth(at.1)))
            } else {
                shape::text(&tick.label, (x, bottom + 17.0), Anchor::Middle, "soft", TICK)
            };
            group = group.add(label);
        }
        for tick in &self.y_ticks {
            let y = self.frame.at((0.0, self.y.place(tick.value))).1;
            if has_grid {
                group = group.add(shape::rule((left, y), (right, y), "grid"));
            }
            if !tick.label.is_empty() {
                group = group.add(shape::rule((left - 4.0, y), (left, y), "axis"));
                group = group.add(shape::text(&tick.label, (left - 7.0, y + 4.3), Anchor::End, "soft", TICK));
            }
        }
        group = group.add(shape::rule((left, bottom), (right, bottom), "axis"));
        group = group.add(shape::rule((left, top), (left, bottom), "axis"));
        if !has_grid {
            group = group.add(border(self.frame));
        }
        self.names(group)
    }

    /// The names of the axes, smaller where they would be longer than their axis.
    fn names(&self, group: Group) -> Group {
        let size = |name: &str, room: f64| NAME.min(NAME * room / shape::width(name, NAME)).max(9.0);
        let (x, y) = (&self.chart.x.name, &self.chart.y.name);
        let middle = self.frame.left + self.frame.width / 2.0;
        let below =
            shape::text(x, (middle, self.outer.bottom() - 5.0), Anchor::Middle, "text", size(x, self.frame.width));
        let at = (self.outer.left + 15.0, self.frame.top + self.frame.height / 2.0);
        let beside = shape::text(y, at, Anchor::Middle, "text", size(y, self.frame.height + 30.0))
            .set("transform", format!("rotate(-90 {} {})", shape::tenth(at.0), shape::tenth(at.1)));
        let group = if x.is_empty() { group } else { group.add(below) };
        if y.is_empty() { group } else { group.add(beside) }
    }

    fn mark(&self, mut group: Group, mark: &Mark) -> Group {
        let on_page = |points: &[(f64, f64)]| points.iter().map(|point| self.frame.at(*point)).collect::<Vec<_>>();
        match mark {
            Mark::Line { points, style, markers, .. } => {
                let places: Vec<(f64, f64)> = points.iter().map(|point| self.place(*point)).collect();
                for piece in clip::pieces(&places) {
                    group = group.add(shape::stroke(&on_page(&piece), *style));
                }
                // A single point has no line.
                if *markers || places.len() == 1 {
                    let shown = places.len().div_ceil(MARKERS).max(1);
                    for place in places.iter().step_by(shown).filter(|place| clip::holds(**place)) {
                        group = group.add(shape::marker(crate::Marker::of(*style), self.frame.at(*place), *style, 1.0));
                    }
                }
                group
            }
            Mark::Points { points, style, marker, .. } => {
                // A few points are what a chart is about; many would cover each other.
                let scale = if points.len() <= FEW && *marker != crate::Marker::Halo { 1.6 } else { 1.0 };
                let places = points.iter().map(|point| self.place(*point)).filter(|place| clip::holds(*place));
                places
                    .fold(group, |group, place| group.add(shape::marker(*marker, self.frame.at(place), *style, scale)))
            }
            Mark::Bars { bars, style, .. } => {
                for (from, to, height) in bars {
                    let (left, right) = (self.x.place(*from).max(0.0), self.x.place(*to).min(1.0));
                    let (foot, tip) = (self.y.place(0.0).clamp(0.0, 1.0), self.y.place(*height).clamp(0.0, 1.0));
                    if left < right && tip > foot {
                        let ((left, top), (right, bottom)) = (self.frame.at((left, tip)), self.frame.at((right, foot)));
                        let bar = Frame { left, top, width: right - left, height: bottom - top };
                        group = group.add(shape::fill(bar, *style, 0.75));
                    }
                }
                group
            }
            Mark::Text { text, at } => {
                let place = self.place(*at);
                let (x, y) = self.frame.at(place);
                let label = shape::text(text, (x + 8.0, y + 4.5), Anchor::Start, "text", NAME);
                if clip::holds(place) { group.add(label) } else { group }
            }
            Mark::Level { y, .. } => {
                let (from, to) = (self.frame.at((0.0, self.y.place(*y))), self.frame.at((1.0, self.y.place(*y))));
                let line = shape::rule(from, to, "axis").set("stroke-dasharray", "2 3");
                if self.chart.y.takes(*y) && clip::holds((0.0, self.y.place(*y))) { group.add(line) } else { group }
            }
            Mark::Plane(_) | Mark::Scale { .. } => group,
        }
    }
}

/// Whether neighbours have this room between their middles.
fn apart(scale: &Scale<'_>, ticks: &[Tick], length: f64, room: impl Fn(&Tick) -> f64) -> bool {
    let labelled: Vec<&Tick> = ticks.iter().filter(|tick| !tick.label.is_empty()).collect();
    labelled.windows(2).all(|pair| {
        let distance = (scale.place(pair[1].value) - scale.place(pair[0].value)) * length;
        distance >= f64::midpoint(room(pair[0]), room(pair[1]))
    })
}

/// The cells of a plane; neighbours of one colour are one rectangle.
fn plane(plane: &Plane, frame: Frame, (x, y): &(Scale<'_>, Scale<'_>)) -> Group {
    // One path for each colour: an image of many pixels is a small file.
    let mut cells: BTreeMap<i32, shape::Cells> = BTreeMap::new();
    let rows = (plane.values.len() / plane.columns).max(1);
    let edge = |place: usize, of: usize, (from, to): (f64, f64)| from + (to - from) * place as f64 / of as f64;
    for (row, values) in plane.values.chunks(plane.columns).enumerate() {
        let [bottom, top] = [row, row + 1].map(|row| y.place(edge(row, rows, plane.y)).clamp(0.0, 1.0));
        let mut start = 0;
        for end in 1..=values.len() {
            let level = plane.shades.level(values[start]);
            if end < values.len() && plane.shades.level(values[end]) == level {
                continue;
            }
            let [left, right] =
                [start, end].map(|column| x.place(edge(column, plane.columns, plane.x)).clamp(0.0, 1.0));
            let ((left, top), (right, bottom)) = (frame.at((left, top)), frame.at((right, bottom)));
            if level != 0 {
                let cell = Frame { left, top, width: right - left, height: bottom - top };
                cells.entry(level).or_default().add(cell);
            }
            start = end;
        }
    }
    cells.into_iter().fold(Group::new().set("shape-rendering", "crispEdges"), |group, (level, cells)| {
        let (style, opacity) = plane.shades.colour(level);
        group.add(cells.path(style, opacity))
    })
}
