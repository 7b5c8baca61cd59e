//! The table in the documentation of `network!`, which is made of the rows.

use std::fmt::Write as _;
use std::path::Path;

use super::{ACTIVATIONS, Axis, Gives, LayerRow, Slot};

/// The rows as the documentation has them.
fn table() -> String {
    let mut text = "| layer | what it is |\n| --- | --- |\n".to_owned();
    for row in LayerRow::all() {
        let parts: Vec<_> = row.about.split('|').collect();
        let [before, name, behind] = &*parts else { panic!("{} names its type once, between two `|`", row.name) };
        writeln!(text, "| `{}` | {before}[`{name}`](layers::{name}){behind} |", row.usage).expect("a string");
    }
    text +=
        "| any other type | a network by its name, or a type of yours that implements [`Layer`](layers::Layer) |\n\n";
    let activation = |row: &super::ActivationRow| match row.number {
        Some(number) => format!("`{0}` and `{0}<{number:?}>`", row.name),
        None => format!("`{}`", row.name),
    };
    let activations: Vec<_> = ACTIVATIONS.iter().map(activation).collect();
    writeln!(
        text,
        "The activations are {}, and types of yours that implement [`Activation`](layers::Activation). Arguments may be \
         written with their names, after those without: `Dense<128, activation = Relu>`. One that is `false` where nothing is written is `true` by its name alone: \
         `Attention<4, causal>`.",
        activations.join(", ")
    )
    .expect("a string");
    text
}

/// With `UPDATE_GOLDENS=1` the file is written instead.
#[test]
fn the_documentation_shows_every_row() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/layers.md");
    let table = table();
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, table).expect("the file can be written");
        return;
    }
    let written = std::fs::read_to_string(&path).expect("the file; UPDATE_GOLDENS=1 makes it");
    assert_eq!(written, table, "UPDATE_GOLDENS=1 writes the file anew");
}

/// A parameter has one name in its row, and a row one name in the table; a row names no argument that it does not have.
#[test]
fn names_are_unique_and_found() {
    let rows: Vec<_> = LayerRow::all().collect();
    for (index, row) in rows.iter().enumerate() {
        assert!(rows[..index].iter().all(|other| other.name != row.name), "{}", row.name);
        let has = |name: &str| row.arguments.iter().any(|parameter| parameter.name == name);
        for (index, parameter) in row.arguments.iter().enumerate() {
            assert!(row.arguments[..index].iter().all(|other| other.name != parameter.name), "{}", row.name);
        }
        let slots = row.slots.iter().chain(row.weights).chain(row.grouped.iter().map(|(_, _, slot)| slot));
        for slot in slots {
            match slot {
                Slot::Argument(name) | Slot::OnAxis(name, _) => assert!(has(name), "{}: {name}", row.name),
                Slot::Bias(name) => assert!(has("bias") && has(name), "{}", row.name),
                Slot::InGroup => assert!(row.grouped.first().is_some_and(|(by, ..)| has(by)), "{}", row.name),
                Slot::AttentionMode => assert!(has("causal") && has("rotary"), "{}", row.name),
                _ => {}
            }
        }
        let axes = if let Gives::Axes(axes) = row.gives { axes } else { &[] };
        for axis in axes {
            let needed: &[&str] = match axis {
                Axis::Input(_) => &[],
                Axis::Argument(name) => &[name],
                Axis::Convolution => &["kernel", "stride", "pad", "dilation"],
                Axis::Transposed => &["kernel", "stride", "pad", "dilation", "output_pad"],
                Axis::Pooling => &["kernel", "stride", "pad", "floor"],
                Axis::Scaled => &["factor"],
                Axis::Padded | Axis::Cropped => &["border"],
            };
            assert!(needed.iter().all(|name| has(name)), "{} lacks one of {needed:?}", row.name);
        }
    }
}
