//! Charts as SVG: lines, points, bars, coloured planes and images over axes, side by side under one title.
//!
//! Every picture of typednet is drawn here, so that all have the same palette, the same ticks (1, 2 or 5 times a power of
//! ten) and a legend that stands above its chart and never covers it. A picture follows the reader's system: it is drawn
//! on white, and on a dark ground where the system prefers one.
//!
//! ```
//! use typednet_plot::{Chart, Figure};
//!
//! let losses = [0.9, 0.2, 0.05, 0.03];
//! let points = (1..).map(f64::from).zip(losses);
//! let chart = Chart::new("training", "epoch", "loss (cross-entropy)").whole_x().log_y().line("Adam", points);
//! let svg = Figure::new("Digits", 1, [chart]).to_svg();
//! assert!(svg.starts_with("<svg ") && svg.contains("loss (cross-entropy)"));
//! ```
#![forbid(unsafe_code)]

mod axis;
mod chart;
mod clip;
mod figure;
mod legend;
mod mark;
mod number;
mod palette;
mod panel;
mod shape;
mod ticks;

pub use chart::{Chart, numbered};
pub use figure::Figure;
pub use mark::{Marker, Shades};
pub use number::number;
pub use palette::{STYLES, style};
