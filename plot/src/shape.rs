//! The shapes that a figure is made of.

use std::fmt::Write;

use svg::node::element::{Circle, Group, Line, Path, Text};

use crate::Marker;

/// A rectangle on the page, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Frame {
    pub(crate) const fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) const fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Where a point of the unit square stands, whose origin is the lower left corner.
    pub(crate) fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.left + x * self.width, self.bottom() - y * self.height)
    }
}

/// To tenths of a pixel.
pub(crate) fn tenth(value: f64) -> f64 {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Where a text stands beside its place.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text, without what no file of XML may hold.
pub(crate) fn text(content: &str, (x, y): (f64, f64), anchor: Anchor, class: &str, size: f64) -> Text {
    let content: String = content.chars().filter(|character| !character.is_control()).collect();
    let text = Text::new(content).set("x", tenth(x)).set("y", tenth(y)).set("class", class).set("font-size", size);
    match anchor {
        Anchor::Start => text,
        Anchor::Middle => text.set("text-anchor", "middle"),
        Anchor::End => text.set("text-anchor", "end"),
    }
}

/// How wide a text is, about: fonts differ, so it is a little more than the usual ones take.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let of = |character: char| match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' | '[' | ']' | 't' | 'f' | 'r' => {
            0.36
        }
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '→' | '…' => 0.95,
        'A'..='Z' => 0.7,
        '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹' | '⁻' | '·' => 0.42,
        _ => 0.6,
    };
    size * text.chars().map(of).sum::<f64>()
}

/// The words of a text in lines of at most this width.
pub(crate) fn wrapped(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A straight line of the axes or of the grid.
pub(crate) fn rule((x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str) -> Line {
    let line = Line::new().set("x1", tenth(x1)).set("y1", tenth(y1)).set("x2", tenth(x2)).set("y2", tenth(y2));
    line.set("class", class)
}

/// A line in a style.
pub(crate) fn stroke(points: &[(f64, f64)], style: usize) -> Path {
    let mut path = String::new();
    let mut last = None;
    for (x, y) in points {
        let place = (tenth(*x), tenth(*y));
        // Many steps in one place of a picture are one.
        if last != Some(place) || points.len() <= 2 {
            path.push_str(if path.is_empty() { "M" } else { "L" });
            let _ = write!(path, "{} {}", place.0, place.1);
            last = Some(place);
        }
    }
    Path::new().set("d", path).set("class", format!("line s{style} d{style}"))
}

/// A full rectangle; its corners are whole pixels.
pub(crate) fn fill(frame: Frame, style: usize, opacity: f64) -> Path {
    let mut cells = Cells::default();
    cells.add(frame);
    cells.path(style, opacity)
}

/// Full rectangles of one colour as one path; a whisker of room to a neighbour would be seen, so corners are whole pixels.
#[derive(Default)]
pub(crate) struct Cells(String);

impl Cells {
    /// One more.
    pub(crate) fn add(&mut self, frame: Frame) {
        let [left, top, right, bottom] = [frame.left, frame.top, frame.right(), frame.bottom()].map(f64::round);
        let (width, height) = (right - left, bottom - top);
        // Writing to a string does not fail.
        let _ = write!(self.0, "M{left} {top}h{width}v{height}h-{width}z");
    }

    /// All of them.
    pub(crate) fn path(self, style: usize, opacity: f64) -> Path {
        let path = Path::new().set("d", self.0).set("class", format!("f{style}"));
        if opacity < 1.0 { path.set("fill-opacity", (opacity * 1000.0).round() / 1000.0) } else { path }
    }
}

/// A marker in a style, `scale` times its usual size.
pub(crate) fn marker(marker: Marker, (x, y): (f64, f64), style: usize, scale: f64) -> Group {
    let (full, line) = (format!("edged f{style}"), format!("line s{style}"));
    let (x, y) = (tenth(x), tenth(y));
    let circle = |radius: f64, class: &str| {
        Circle::new().set("cx", x).set("cy", y).set("r", tenth(scale * radius)).set("class", class.to_owned())
    };
    // Strokes between corners, from the middle.
    let path = |strokes: &[&[(f64, f64)]], close: &str, class: &str| {
        let mut steps = String::new();
        for corners in strokes {
            for (place, (dx, dy)) in corners.iter().enumerate() {
                let (x, y) = (tenth(x + scale * dx), tenth(y + scale * dy));
                let _ = write!(steps, "{}{x} {y}", if place == 0 { "M" } else { "L" });
            }
            steps.push_str(close);
        }
        Path::new().set("d", steps).set("class", class.to_owned())
    };
    let group = Group::new();
    match marker {
        Marker::Dot => group.add(circle(3.6, &full)),
        Marker::Ring => group.add(circle(3.6, &line)),
        Marker::Halo => group.add(circle(7.5, &line)),
        Marker::Triangle => group.add(path(&[&[(0.0, -5.0), (4.8, 3.4), (-4.8, 3.4)]], "Z", &full)),
        Marker::Square => group.add(path(&[&[(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)]], "Z", &full)),
        Marker::Diamond => group.add(path(&[&[(0.0, -5.2), (4.6, 0.0), (0.0, 5.2), (-4.6, 0.0)]], "Z", &full)),
        Marker::Bar => group.add(path(&[&[(-4.8, -1.8), (4.8, -1.8), (4.8, 1.8), (-4.8, 1.8)]], "Z", &full)),
        Marker::Cross => group.add(path(&[&[(-4.0, -4.0), (4.0, 4.0)], &[(4.0, -4.0), (-4.0, 4.0)]], "", &line)),
        Marker::Plus => group.add(path(&[&[(-4.6, 0.0), (4.6, 0.0)], &[(0.0, -4.6), (0.0, 4.6)]], "", &line)),
        Marker::Stroke => group.add(path(&[&[(0.0, 1.0), (0.0, 11.0)]], "", &line)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 10.0, 1e9), ["one two three"]);
        assert_eq!(wrapped("one two three", 10.0, 45.0), ["one two", "three"]);
        assert_eq!(wrapped("one", 10.0, 1.0), ["one"]);
        assert!(wrapped(" ", 10.0, 1.0).is_empty());
    }

    #[test]
    fn names_cannot_break_the_file() {
        let drawn = text("a<b>&\u{0}\n\"", (1.0, 2.0), Anchor::Start, "text", 13.0).to_string();
        assert!(drawn.contains("a&lt;b&gt;&amp;\"") && !drawn.contains('\u{0}'), "{drawn}");
    }
}
