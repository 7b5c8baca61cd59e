//! Marks of a chart: what stands between its axes.

/// The sign of one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// A full circle.
    Dot,
    /// A full triangle.
    Triangle,
    /// A full square.
    Square,
    /// Two strokes across each other.
    Cross,
    /// A full square on its tip.
    Diamond,
    /// A full bar that lies.
    Bar,
    /// An empty circle.
    Ring,
    /// An upright and a lying stroke.
    Plus,
    /// A larger empty circle, around a point of another series.
    Halo,
    /// A short upright stroke that hangs from its place.
    Stroke,
}

impl Marker {
    /// The marker of a style.
    pub(crate) const fn of(style: usize) -> Self {
        const ALL: [Marker; crate::STYLES] = [
            Marker::Dot,
            Marker::Triangle,
            Marker::Square,
            Marker::Cross,
            Marker::Diamond,
            Marker::Bar,
            Marker::Ring,
            Marker::Plus,
        ];
        ALL[style % crate::STYLES]
    }
}

/// How values become colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shades {
    /// From blue for −1 over the ground for 0 to vermilion for 1.
    Diverging,
    /// The same for a plane on which nothing else stands: in full colours, and small values are seen too.
    Signed,
    /// From the ground for 0 to blue for 1.
    Rising,
    /// From the ground for 0 to the colour of text for 1: pixels of an image.
    Ink,
}

impl Shades {
    /// How many colours there are beside the ground, on each side of 0.
    pub(crate) const LEVELS: i32 = 16;

    /// The least value.
    pub(crate) const fn least(self) -> f64 {
        match self {
            Self::Diverging | Self::Signed => -1.0,
            Self::Rising | Self::Ink => 0.0,
        }
    }

    /// The level of a value; 0 is the ground.
    pub(crate) fn level(self, value: f64) -> i32 {
        let least = self.least();
        if value.is_nan() { 0 } else { (value.clamp(least, 1.0) * f64::from(Self::LEVELS)).round() as i32 }
    }

    /// The style and the opacity of a level.
    pub(crate) fn colour(self, level: i32) -> (usize, f64) {
        let share = f64::from(level.abs()) / f64::from(Self::LEVELS);
        match self {
            // Points and lines stand on it and must be seen.
            Self::Diverging => (usize::from(level > 0), 0.6 * share),
            Self::Signed => (usize::from(level > 0), share.powf(0.7)),
            Self::Rising => (0, share),
            Self::Ink => (5, share),
        }
    }
}

/// A grid of values over a part of the plane; the first row is the lowest.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    pub(crate) columns: usize,
    pub(crate) values: Vec<f64>,
    pub(crate) shades: Shades,
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
}

/// Something in a chart.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    Line {
        name: String,
        points: Vec<(f64, f64)>,
        style: usize,
        markers: bool,
    },
    Points {
        name: String,
        points: Vec<(f64, f64)>,
        style: usize,
        marker: Marker,
    },
    /// From, to, and height.
    Bars {
        name: String,
        bars: Vec<(f64, f64, f64)>,
        style: usize,
    },
    Plane(Plane),
    Text {
        text: String,
        at: (f64, f64),
    },
    /// A level of y to compare with.
    Level {
        name: String,
        y: f64,
    },
    /// The scale of colours, in the legend only.
    Scale {
        name: String,
        shades: Shades,
        ends: (String, String),
    },
}
