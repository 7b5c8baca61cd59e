//! The colours, on a light and on a dark ground.

use std::fmt::Write;

/// The number of styles; a series beyond them takes the first again.
pub const STYLES: usize = 8;

/// A colour on a light and on a dark ground, and the dashes of a line in it.
struct Style {
    light: &'static str,
    dark: &'static str,
    dashes: &'static str,
}

/// After Okabe and Ito's palette, which people without full colour vision tell apart, with orange and sky blue darkened
/// so that each has a contrast of 3:1 to its ground. Dashes and markers differ too.
const PALETTE: [Style; STYLES] = [
    Style { light: "#0072b2", dark: "#5ab0ee", dashes: "none" },
    Style { light: "#d55e00", dark: "#ff8f4f", dashes: "9 4" },
    Style { light: "#00875f", dark: "#35cfa3", dashes: "3 3" },
    Style { light: "#b3569a", dark: "#e39acb", dashes: "14 4 3 4" },
    Style { light: "#b07900", dark: "#f2bd3f", dashes: "6 5" },
    Style { light: "#1a1d21", dark: "#e8eaed", dashes: "none" },
    Style { light: "#2b8fc9", dark: "#9ad4f7", dashes: "2 4" },
    Style { light: "#6b737c", dark: "#a9b1ba", dashes: "12 3" },
];

/// Ground, text, softer text, axes, grid, and the edge that parts a marker from what is under it.
const GROUND: [(&str, &str, &str, &str); 6] = [
    ("ground", "fill", "#ffffff", "#1a1e23"),
    ("text", "fill", "#1a1d21", "#e8eaed"),
    ("soft", "fill", "#565d66", "#a9b1ba"),
    ("axis", "stroke", "#4a5058", "#a9b1ba"),
    ("grid", "stroke", "#dfe2e6", "#343a42"),
    ("edged", "stroke", "#ffffff", "#1a1e23"),
];

/// The rules that colour a figure, as they stand in each file; a page with several [inline](crate::Figure::to_inline_svg)
/// figures has them once. Where the reader's system prefers a dark ground the colours are others.
pub fn style() -> String {
    let mut css = String::from(
        ".tn-plot{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px}\
         .tn-plot .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:butt}\
         .tn-plot .edged{stroke-width:1}\
         .tn-plot .axis,.tn-plot .grid{fill:none;stroke-width:1}",
    );
    for (i, Style { dashes, .. }) in PALETTE.iter().enumerate() {
        let _ = write!(css, ".tn-plot .d{i}{{stroke-dasharray:{dashes}}}");
    }
    colours(&mut css, |style| style.light, |ground| ground.2);
    css.push_str("@media(prefers-color-scheme:dark){");
    colours(&mut css, |style| style.dark, |ground| ground.3);
    css.push('}');
    css
}

fn colours(
    css: &mut String,
    of_style: impl Fn(&Style) -> &'static str,
    of_ground: impl Fn(&(&str, &str, &'static str, &'static str)) -> &'static str,
) {
    for ground in &GROUND {
        let (class, property, ..) = ground;
        let _ = write!(css, ".tn-plot .{class}{{{property}:{}}}", of_ground(ground));
    }
    for (i, style) in PALETTE.iter().enumerate() {
        let colour = of_style(style);
        let _ = write!(css, ".tn-plot .f{i}{{fill:{colour}}}.tn-plot .s{i}{{stroke:{colour}}}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("two hexadecimal digits")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_series_is_seen_on_both_grounds() {
        let (_, _, light, dark) = GROUND[0];
        for style in &PALETTE {
            let found = [contrast(style.light, light), contrast(style.dark, dark)];
            assert!(found.iter().all(|contrast| *contrast >= 3.0), "{} and {}: {found:?}", style.light, style.dark);
        }
        for (class, _, on_light, on_dark) in &GROUND[1..3] {
            let found = [contrast(on_light, light), contrast(on_dark, dark)];
            assert!(found.iter().all(|contrast| *contrast >= 4.5), "{class}: {found:?}");
        }
    }

    #[test]
    fn both_grounds_have_all_classes() {
        let css = style();
        let (light, dark) = css.split_once("@media").expect("rules for a dark ground");
        for rules in [light, dark] {
            for class in (0..STYLES).flat_map(|i| [format!(".f{i}{{"), format!(".s{i}{{")]) {
                assert!(rules.contains(&class), "{class}");
            }
        }
    }
}
