//! What the pictures of this crate share.

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::GovernError;

pub(crate) type Backend<'a> = SVGBackend<'a>;
pub(crate) type Area<'a> = DrawingArea<Backend<'a>, Shift>;
pub(crate) type Drawn = Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

/// Blue, vermilion and black of Okabe and Ito's palette, which people without full colour vision tell apart.
pub(crate) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(crate) const VERMILION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
pub(crate) const GREY: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);

/// An SVG picture on a white ground, which can stand on a dark page too.
pub(crate) fn svg(size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<String, GovernError> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let drawn = area.fill(&WHITE).and_then(|()| draw(&area)).and_then(|()| area.present());
        drawn.map_err(|error| GovernError::Picture { reason: error.to_string() })?;
    }
    Ok(svg)
}
