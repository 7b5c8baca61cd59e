//! Heat maps: what a decision hangs on, beside the image it belongs to.

use typednet_plot::{Chart, Figure, Shades};

use crate::GovernError;

/// An image with how much each pixel counts for a class: [integrated gradients](crate::integrated_gradients), or the
/// plain [gradient](crate::input_gradient).
#[derive(Clone, Copy, Debug)]
pub struct SaliencyPanel<'a> {
    /// What stands above the image, such as `7, taken for 2`.
    pub title: &'a str,
    /// The pixels, row by row: 0 is drawn as the ground, and the largest as text.
    pub image: &'a [f32],
    /// What each pixel counts: for the class where it is above 0, against it where it is below.
    pub attribution: &'a [f32],
}

/// The most panels, rows and columns.
const LARGEST: usize = 1000;

/// How much of the image is seen under the colours.
const FAINT: f64 = 0.18;

/// Images of `rows`×`columns` pixels, and under each what its pixels count, as an SVG picture: vermilion speaks for the
/// class, blue against it. Each has a scale of its own, up to the largest that a pixel counts.
///
/// # Errors
/// If there is no panel, an image or attribution does not have `rows`·`columns` pixels, or one is not finite.
pub fn saliency_svg(panels: &[SaliencyPanel<'_>], rows: usize, columns: usize) -> Result<String, GovernError> {
    let refuse = |reason: String| Err(GovernError::Picture { reason });
    if panels.is_empty() || rows == 0 || columns == 0 {
        return refuse("there is no pixel to draw".into());
    }
    if rows > LARGEST || columns > LARGEST || panels.len() > LARGEST {
        return refuse(format!("{} images of {rows}×{columns} pixels are too many or too large", panels.len()));
    }
    for panel in panels {
        for (name, pixels) in [("image", panel.image), ("attribution", panel.attribution)] {
            // Both are at most `LARGEST`.
            let (wanted, found) = (rows * columns, pixels.len());
            if found != wanted {
                return refuse(format!("an {name} of {rows}×{columns} pixels has {wanted} values, not {found}"));
            }
            if let Some(place) = pixels.iter().position(|pixel| !pixel.is_finite()) {
                return refuse(format!("value {place} of the {name} of `{}` is not finite", panel.title));
            }
        }
    }
    let image = |panel: &SaliencyPanel<'_>| Chart::image(panel.title, columns, &shares(panel.image, 1.0), Shades::Ink);
    let counts = |panel: &SaliencyPanel<'_>| {
        Chart::image("what counts", columns, &shares(panel.image, FAINT), Shades::Ink).layer(
            columns,
            &shares(panel.attribution, 1.0),
            Shades::Signed,
        )
    };
    let charts: Vec<Chart> = panels.iter().map(image).chain(panels.iter().map(counts)).collect();
    let note =
        "Vermilion pixels speak for the class that was found, blue ones against it; the image is faint under them.";
    let figure = Figure::new("What a decision hangs on", panels.len(), charts).note(note);
    // Pixels of six points, as far as that is a picture and not a wall.
    let side = (600 / rows.max(columns)).clamp(1, 6) as u32;
    Ok(figure.panel(columns as u32 * side + 26, rows as u32 * side + 44).to_svg())
}

/// The values as shares of the largest, times `most`.
fn shares(values: &[f32], most: f64) -> Vec<f64> {
    let largest = values.iter().map(|value| f64::from(value.abs())).fold(0.0, f64::max);
    let share = |value: &f32| if largest > 0.0 { most * f64::from(*value) / largest } else { 0.0 };
    values.iter().map(share).collect()
}
