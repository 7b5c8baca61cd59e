//! Saliency beside the image it belongs to.

use plotters::prelude::*;

use crate::GovernError;
use crate::picture::{Area, BLUE, Drawn, svg};

/// An image with the [gradient](crate::input_gradient) of a class's logit by its pixels.
#[derive(Clone, Copy, Debug)]
pub struct SaliencyPanel<'a> {
    /// What stands above the image, such as `7, taken for 2`.
    pub title: &'a str,
    /// The pixels, row by row: 0 is drawn white and the largest black.
    pub image: &'a [f32],
    /// The gradient by each pixel.
    pub gradient: &'a [f32],
}

/// The colour around an image.
const FRAME: RGBColor = RGBColor(0x99, 0x99, 0x99);

/// The side of a pixel, and the space around an image.
const SIDE: i32 = 6;
const GAP: i32 = 24;
const TITLE: i32 = 34;
const FOOT: i32 = 64;

/// The most panels, rows and columns, so that every place is a small number.
const LARGEST: usize = 1000;

/// The length of so many pixels.
fn points(pixels: usize) -> i32 {
    i32::try_from(pixels).map_or(0, |pixels| pixels * SIDE)
}

/// The nearest level of a colour.
#[allow(clippy::cast_sign_loss, reason = "a number from 0 to 255")]
fn byte(level: f64) -> u8 {
    level.clamp(0.0, 255.0).round() as u8
}

/// Images of `rows`×`columns` pixels, each with its saliency |∂z/∂x| under it, as an SVG picture. Each heat map has a scale
/// of its own, from 0 in white to its largest value in dark blue.
///
/// # Errors
/// If there is no panel, an image or gradient does not have `rows`·`columns` pixels, or one is not finite.
pub fn saliency_svg(panels: &[SaliencyPanel<'_>], rows: usize, columns: usize) -> Result<String, GovernError> {
    let refuse = |reason: String| Err(GovernError::Picture { reason });
    if panels.is_empty() || rows * columns == 0 {
        return refuse("there is no pixel to draw".into());
    }
    for panel in panels {
        for (name, pixels) in [("image", panel.image), ("gradient", panel.gradient)] {
            if pixels.len() != rows * columns {
                let found = pixels.len();
                return refuse(format!(
                    "an {name} of {rows}×{columns} pixels has {} values, not {found}",
                    rows * columns
                ));
            }
            if let Some(place) = pixels.iter().position(|pixel| !pixel.is_finite()) {
                return refuse(format!("value {place} of the {name} of `{}` is not finite", panel.title));
            }
        }
    }
    if rows > LARGEST || columns > LARGEST || panels.len() > LARGEST {
        return refuse(format!("{} images of {rows}×{columns} pixels are too many or too large", panels.len()));
    }
    let (wide, high) = (points(columns), points(rows));
    let width = (panels.iter().map(|_| wide + GAP).sum::<i32>() + GAP).max(480);
    let size = (width.unsigned_abs(), (TITLE + 2 * high + GAP + FOOT).unsigned_abs());
    let picture = svg(size, |area| {
        let mut left = GAP;
        for panel in panels {
            area.draw(&Text::new(panel.title.to_owned(), (left, 10), ("sans-serif", 18).into_font().color(&BLACK)))?;
            let grey = |share: f64| {
                let level = byte(255.0 * (1.0 - share));
                RGBColor(level, level, level)
            };
            let middle = TITLE + high + GAP;
            [TITLE, middle].into_iter().try_for_each(|top| ground(area, (left, top), (wide, high)))?;
            pixels(area, panel.image, columns, (left, TITLE), grey)?;
            pixels(area, panel.gradient, columns, (left, middle), heat)?;
            left += wide + GAP;
        }
        scale(area, TITLE + 2 * high + GAP + 20)
    })?;
    // Else a thin line of the ground shows between two pixels.
    Ok(picture.replacen("<svg ", "<svg shape-rendering=\"crispEdges\" ", 1))
}

/// A white ground with a frame around it, which is drawn as a larger ground, since thin lines may vanish in a small picture.
fn ground(area: &Area<'_>, (left, top): (i32, i32), (wide, high): (i32, i32)) -> Drawn {
    for (edge, colour) in [(2, FRAME), (0, WHITE)] {
        let corners = [(left - edge, top - edge), (left + wide + edge, top + high + edge)];
        area.draw(&Rectangle::new(corners, colour.filled()))?;
    }
    Ok(())
}

/// White at 0, blue in the middle, nearly black at 1: the lightness falls all the way, so that it reads in grey too.
fn heat(share: f64) -> RGBColor {
    let mix = |a: u8, b: u8, t: f64| byte(f64::from(a) + (f64::from(b) - f64::from(a)) * t);
    let RGBColor(red, green, blue) = BLUE;
    if share < 0.5 {
        let t = 2.0 * share;
        RGBColor(mix(255, red, t), mix(255, green, t), mix(255, blue, t))
    } else {
        let t = 2.0 * share - 1.0;
        RGBColor(mix(red, 0, t), mix(green, 10, t), mix(blue, 40, t))
    }
}

/// The absolute values as a share of the largest, one square each; what is white already is left out, and neighbours of
/// one colour are one rectangle.
fn pixels(
    area: &Area<'_>,
    values: &[f32],
    columns: usize,
    (left, top): (i32, i32),
    colour: impl Fn(f64) -> RGBColor,
) -> Drawn {
    let largest = values.iter().map(|value| f64::from(value.abs())).fold(0.0, f64::max);
    let share = |value: f32| if largest > 0.0 { f64::from(value.abs()) / largest } else { 0.0 };
    let mut y = top;
    for values in values.chunks(columns) {
        let mut x = left;
        for equal in values.chunk_by(|a, b| colour(share(*a)) == colour(share(*b))) {
            let end = x + points(equal.len());
            let colour = colour(share(equal[0]));
            if colour != WHITE {
                area.draw(&Rectangle::new([(x, y), (end, y + SIDE)], colour.filled()))?;
            }
            x = end;
        }
        y += SIDE;
    }
    Ok(())
}

/// The scale of colours with its ends.
fn scale(area: &Area<'_>, top: i32) -> Drawn {
    let font = || ("sans-serif", 18).into_font().color(&BLACK);
    area.draw(&Text::new("saliency |∂z/∂x|:  0", (GAP, top), font()))?;
    let left = GAP + 190;
    ground(area, (left, top), (180, 16))?;
    for step in 0..60 {
        let x = left + 3 * step;
        area.draw(&Rectangle::new([(x, top), (x + 3, top + 16)], heat(f64::from(step) / 59.0).filled()))?;
    }
    area.draw(&Text::new("largest of the image", (left + 190, top), font()))
}
