//! Layers that give what they read as another shape.

use super::rows::ANY;
use crate::table::ParameterKind::Shape;
use crate::table::{Gives, LayerRow, Parameter, Slot};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Flatten",
        ty: "Flatten",
        usage: "Flatten",
        about: "|Flatten|: all elements in one row",
        gives: Gives::Row,
        slots: &[Slot::Given, Slot::Elements],
        ..ANY
    },
    LayerRow {
        name: "Reshape",
        ty: "Reshape",
        usage: "Reshape<[7, 7, 16]>",
        about: "|Reshape|: the same elements in another shape",
        arguments: &[Parameter::new("shape", "the shape", Shape)],
        gives: Gives::Argument("shape"),
        slots: &[Slot::Given, Slot::Gives],
        ..ANY
    },
];
