//! Charts side by side under one title.

use std::io;
use std::path::Path;

use svg::Document;
use svg::node::element::{Description, Rectangle, Style, Title};

use crate::chart::Chart;
use crate::legend;
use crate::palette;
use crate::panel::{self, Head, MARGIN};
use crate::shape::{self, Anchor, Frame};

const TITLE: f64 = 19.0;
const NOTE: f64 = 14.0;

/// A picture: charts in rows and columns under one title.
///
/// Where all charts with named series have the same ones, the figure has one legend for all of them, under its title.
#[derive(Clone, Debug)]
#[must_use]
pub struct Figure {
    title: String,
    note: String,
    columns: usize,
    panel: (f64, f64),
    charts: Vec<Chart>,
}

impl Figure {
    /// These charts, `columns` in a row. Without a title there is no room for one.
    pub fn new(title: impl Into<String>, columns: usize, charts: impl IntoIterator<Item = Chart>) -> Self {
        let charts = charts.into_iter().collect();
        Self { title: title.into(), note: String::new(), columns: columns.max(1), panel: (420.0, 320.0), charts }
    }

    /// The width and height of each chart in pixels, title, legend and axes included.
    pub fn panel(mut self, width: u32, height: u32) -> Self {
        self.panel = (f64::from(width.max(120)), f64::from(height.max(120)));
        self
    }

    /// What the reader should see, in a sentence under the title.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Whether anything can be drawn.
    pub fn has_points(&self) -> bool {
        self.charts.iter().any(Chart::has_points)
    }

    /// The text of an SVG file, with its own [rules](crate::style()) for colours.
    pub fn to_svg(&self) -> String {
        self.draw(true)
    }

    /// The same to stand in a page of HTML that has the [rules](crate::style()) once.
    pub fn to_inline_svg(&self) -> String {
        self.draw(false)
    }

    /// Writes [`to_svg`](Self::to_svg) into a file, whose folder is made where it is missing.
    ///
    /// # Errors
    /// If the folder cannot be made or the file cannot be written; the error names it.
    pub fn write(&self, path: impl AsRef<Path>) -> io::Result<()> {
        Ok(typednet_formats::write(path, self.to_svg())?)
    }

    /// The entries that all charts with named series share.
    fn shared(&self) -> Option<Vec<legend::Entry>> {
        let of_each =
            self.charts.iter().map(|chart| legend::entries(&chart.marks)).filter(|entries| !entries.is_empty());
        let of_each: Vec<Vec<legend::Entry>> = of_each.collect();
        let (first, others) = of_each.split_first()?;
        (!others.is_empty() && others.iter().all(|entries| entries == first)).then(|| first.clone())
    }

    fn draw(&self, has_style: bool) -> String {
        let (panel_width, panel_height) = self.panel;
        let columns = self.columns.min(self.charts.len()).max(1);
        let width = panel_width * columns as f64;
        let room = width - 2.0 * MARGIN;
        let titles = shape::wrapped(&self.title, TITLE, room);
        let notes = shape::wrapped(&self.note, NOTE, room);
        let shared = self.shared();
        let has_own = shared.is_none();
        let shared = legend::rows(shared.unwrap_or_default(), room);
        let title_height = 26.0 * titles.len() as f64;
        let note_height = 20.0 * notes.len() as f64;
        let legend_height = legend::ROW * shared.len() as f64;
        let mut top = 8.0
            + title_height
            + note_height
            + legend_height
            + if titles.is_empty() && notes.is_empty() { 0.0 } else { 10.0 };

        let mut nodes: Vec<svg::node::element::Group> = Vec::new();
        let heading = titles.iter().map(|line| (line, TITLE, 26.0, "text"));
        let mut y = 8.0;
        let mut texts = svg::node::element::Group::new();
        for (line, size, height, class) in heading.chain(notes.iter().map(|line| (line, NOTE, 20.0, "soft"))) {
            let text = shape::text(line, (MARGIN, y + 0.75 * height), Anchor::Start, class, size);
            texts = texts.add(if class == "text" { text.set("font-weight", 600) } else { text });
            y += height;
        }
        nodes.push(texts);
        nodes.push(legend::draw(&shared, (MARGIN, y)));

        for row in self.charts.chunks(columns) {
            let heads = row.iter().map(|chart| Head::of(chart, panel_width, has_own));
            let head = heads.fold(Head::default(), Head::max);
            // Legends and long titles take no room from the charts.
            let height = panel_height + (head.legend - legend::ROW).max(0.0) + (head.title - panel::TITLE_ROW).max(0.0);
            for (place, chart) in row.iter().enumerate() {
                let frame = Frame { left: panel_width * place as f64, top, width: panel_width, height: height - 10.0 };
                nodes.push(panel::draw(chart, frame, head, has_own));
            }
            top += height;
        }
        self.document(has_style, (width, top.ceil()), nodes).to_string()
    }

    fn document(
        &self,
        has_style: bool,
        (width, height): (f64, f64),
        nodes: Vec<svg::node::element::Group>,
    ) -> Document {
        let document = Document::new()
            .set("class", "tn-plot")
            .set("role", "img")
            .set("width", width)
            .set("height", height)
            .set("viewBox", format!("0 0 {width} {height}"));
        let name = if self.title.is_empty() {
            self.charts.first().map_or_else(String::new, |chart| chart.title.clone())
        } else {
            self.title.clone()
        };
        let document = document.add(Title::new(name));
        let document = if self.note.is_empty() {
            document
        } else {
            document.add(Description::new().add(svg::node::Text::new(self.note.clone())))
        };
        let document = if has_style { document.add(Style::new(palette::style())) } else { document };
        let ground = Rectangle::new().set("width", width).set("height", height).set("class", "ground");
        nodes.into_iter().fold(document.add(ground), Document::add)
    }
}
